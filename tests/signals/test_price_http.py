"""Prices from a JSON document: what is said, when it is asked for, what a restart keeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from controller.app.board import Board, BoardSettings
from controller.errors import TemporaryError
from controller.model.quality import Fresh, Stale
from controller.model.samples import PriceSample
from tests.signals.price_sources import (
    START,
    document,
    first,
    price_feed,
    serving,
    told,
    until_it_fails,
)
from tests.virtual_clock import VirtualClock


async def next_said(
    samples: AsyncGenerator[PriceSample, None], clock: VirtualClock, wait_s: float
) -> PriceSample:
    """What a feed says after it slept for this long."""
    following = asyncio.ensure_future(anext(samples))
    await clock.until_asleep()
    await clock.advance(wait_s)
    async with asyncio.timeout(30):
        return await following


async def test_what_is_not_over_is_said_in_order_of_time(tmp_path: Path) -> None:
    body = document(10, 20, 30.5, start=START - timedelta(minutes=20))
    async with serving(body=body) as source:
        said = await first(price_feed(source.url, tmp_path), 2)
    assert told(said) == [("16:55", "20"), ("17:10", "30.5")]
    assert said[0].end == START + timedelta(minutes=10)


async def test_the_board_takes_them(tmp_path: Path) -> None:
    board, clock = Board(BoardSettings(meter_max_w=1)), VirtualClock()
    async with serving() as source:
        for sample in await first(price_feed(source.url, tmp_path, clock), 2):
            assert board.offer("price", sample, clock.now()) is None
    assert isinstance(board.price(START).observed, Fresh)


async def test_only_what_is_new_is_said(tmp_path: Path) -> None:
    clock = VirtualClock()
    async with serving() as source:
        feed = price_feed(source.url, tmp_path, clock, poll_s=60)
        async with aclosing(feed.samples()) as samples:
            assert told([await anext(samples), await anext(samples)])[1] == ("17:15", "51")
            source.body = document(48.2, 51, 70)
            assert told([await next_said(samples, clock, 66)]) == [("17:30", "70")]
            source.body = document(48.2, 55, 70)
            assert told([await next_said(samples, clock, 66)]) == [("17:15", "55")]


async def test_settled_prices_are_said_when_they_are_over_and_once(tmp_path: Path) -> None:
    """Those of 16:45 and 17:00 are known by 17:16; the one of 16:15 says nothing of now."""
    half_past = START - timedelta(minutes=45)
    clock = VirtualClock(START + timedelta(minutes=16))
    board = Board(BoardSettings(meter_max_w=1, price_late_s=15 * 60 + 120))
    async with serving(body=document(10, 20, 30, 40, start=half_past)) as source:
        feed = price_feed(source.url, tmp_path, clock, poll_s=60, known_at="end")
        async with aclosing(feed.samples()) as samples:
            said = [await anext(samples), await anext(samples)]
            assert told(said) == [("16:45", "30"), ("17:00", "40")]
            for sample in said:
                assert board.offer("price", sample, clock.now()) is None
            acted_upon = board.price(clock.now()).observed
            assert isinstance(acted_upon, Fresh)
            assert acted_upon.value == 40
            source.body = document(10, 20, 30, 40, 50, start=half_past)
            assert told([await next_said(samples, clock, 66)]) == [("17:15", "50")]
    assert board.refused == {}


async def test_a_source_of_settled_prices_that_publishes_no_more_fails(tmp_path: Path) -> None:
    """17:30 is the end of the last one, 17:45 that of the next, and 17:47 two polls after it."""
    async with serving(body=document(10, 20)) as source:
        in_time = VirtualClock(START + timedelta(minutes=46))
        feed = price_feed(source.url, tmp_path / "one", in_time, poll_s=60, known_at="end")
        assert told(await first(feed)) == [("17:15", "20")]
        late = VirtualClock(START + timedelta(minutes=47))
        feed = price_feed(source.url, tmp_path / "other", late, poll_s=60, known_at="end")
        said, error = await until_it_fails(feed)
        assert said == []
        assert "all its 2 prices are over, the last at 2023-09-06T17:30Z" in str(error)


async def test_a_revision_replaces_what_the_board_knows(tmp_path: Path) -> None:
    board, clock = Board(BoardSettings(meter_max_w=1)), VirtualClock()
    async with serving() as source:
        feed = price_feed(source.url, tmp_path, clock, poll_s=60)
        async with aclosing(feed.samples()) as samples:
            board.offer("price", await anext(samples), clock.now())
            await anext(samples)
            source.body = document(900, 51)
            revised = await next_said(samples, clock, 66)
            assert board.offer("price", revised, clock.now()) is None
    assert board.price(clock.now()).observed.value == 900  # type: ignore[union-attr]


async def test_an_unchanged_document_is_not_sent_again(tmp_path: Path) -> None:
    clock = VirtualClock()
    stamps = {"ETag": '"one"', "Last-Modified": "Wed, 06 Sep 2023 16:30:00 GMT"}
    async with serving(headers=stamps) as source:
        feed = price_feed(source.url, tmp_path, clock, poll_s=60)
        async with aclosing(feed.samples()) as samples:
            await anext(samples)
            await anext(samples)
            following = asyncio.ensure_future(anext(samples))
            await clock.until_asleep()
            await clock.advance(66)
            await source.until_asked(2)
            source.body, source.headers = document(48.2, 51, 70), {"ETag": '"two"'}
            await clock.until_asleep()
            await clock.advance(66)
            assert (await following).price_per_mwh == "70"
    assert "If-None-Match" not in source.asked[0]
    assert source.asked[1]["If-None-Match"] == '"one"'
    assert source.asked[1]["If-Modified-Since"] == stamps["Last-Modified"]


async def test_the_pauses_are_uneven_and_near_to_poll_s(tmp_path: Path) -> None:
    clock, pauses = VirtualClock(), []
    sleep = clock.sleep

    async def noting(seconds: float) -> None:
        if seconds:
            pauses.append(seconds)
        await sleep(seconds)

    clock.sleep = noting  # type: ignore[method-assign]
    async with serving() as source:
        feed = price_feed(source.url, tmp_path, clock, poll_s=100)
        async with aclosing(feed.samples()) as samples:
            await anext(samples)
            await anext(samples)
            following = asyncio.ensure_future(anext(samples))
            for _ in range(4):
                await clock.until_asleep()
                await clock.advance(110)
            await source.until_asked(5)
            following.cancel()
            await asyncio.wait({following})
    assert all(90 <= pause_s <= 110 for pause_s in pauses)
    assert len(set(pauses)) > 2


@pytest.mark.parametrize(
    ("headers", "settings", "published_at"),
    [
        ({}, {}, START),
        ({"Last-Modified": "Wed, 06 Sep 2023 16:30:00 GMT"}, {}, START - timedelta(minutes=30)),
        # a server's clock that runs ahead does not make a price come from the future
        ({"Last-Modified": "Wed, 06 Sep 2023 23:00:00 GMT"}, {}, START),
        ({"Last-Modified": "yesterday"}, {}, START),
        (
            {"Last-Modified": "Wed, 06 Sep 2023 16:30:00 GMT"},
            {"published_at": "$.issued"},
            datetime(2023, 9, 6, 11, 42, tzinfo=UTC),
        ),
    ],
)
async def test_when_it_was_published(
    tmp_path: Path,
    headers: dict[str, str],
    settings: dict[str, Any],
    published_at: datetime,
) -> None:
    body = document(48.2, issued="2023-09-06T13:42:00+02:00")
    async with serving(body=body, headers=headers) as source:
        [said] = await first(price_feed(source.url, tmp_path, **settings))
    assert said.published_at == published_at
    assert said.start == START


async def test_the_last_good_answer_outlives_the_process_and_its_source(tmp_path: Path) -> None:
    async with serving(headers={"ETag": '"one"'}) as source:
        before = await first(price_feed(source.url, tmp_path), 2)
        # the answer is kept before it is said
        url = source.url
    clock = VirtualClock(START + timedelta(minutes=5))
    feed = price_feed(url, tmp_path, clock)
    async with aclosing(feed.samples()) as samples, asyncio.timeout(30):
        assert [await anext(samples), await anext(samples)] == before
        with pytest.raises(TemporaryError, match="no connection: check url and the network"):
            await anext(samples)


async def test_after_a_restart_its_stamp_is_sent_with_the_kept_answer(tmp_path: Path) -> None:
    async with serving(headers={"ETag": '"one"'}) as source:
        await first(price_feed(source.url, tmp_path), 2)
        clock = VirtualClock()
        async with aclosing(price_feed(source.url, tmp_path, clock).samples()) as samples:
            assert told([await anext(samples), await anext(samples)])[0] == ("17:00", "48.2")
            following = asyncio.ensure_future(anext(samples))
            await source.until_asked(2)
            following.cancel()
            await asyncio.wait({following})
    assert source.asked[1]["If-None-Match"] == '"one"'


async def test_what_is_over_is_asked_for_without_a_stamp(tmp_path: Path) -> None:
    """Nobody is to be told for ever that nothing has changed."""
    async with serving(headers={"ETag": '"one"'}) as source:
        await first(price_feed(source.url, tmp_path), 2)
        clock = VirtualClock(START + timedelta(hours=3))
        with pytest.raises(TemporaryError, match=r"all its 2 prices are over, the last at 2023-09"):
            await first(price_feed(source.url, tmp_path, clock))
    assert "If-None-Match" not in source.asked[1]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[: len(raw) // 2],
        lambda raw: b"",
        lambda raw: raw.replace(b'"digest":"', b'"digest":"0'),
        lambda raw: raw.replace(b'"fetched_at":"2023', b'"fetched_at":"2123'),
        lambda raw: b"[" * 100_000,
    ],
)
async def test_a_spoilt_kept_answer_is_not_used_and_neither_is_its_stamp(
    tmp_path: Path, spoil: object
) -> None:
    async with serving(headers={"ETag": '"one"'}) as source:
        await first(price_feed(source.url, tmp_path))
        file = tmp_path / "feeds" / "price.json"
        file.write_bytes(spoil(file.read_bytes()))  # type: ignore[operator]
        assert told(await first(price_feed(source.url, tmp_path))) == [("17:00", "48.2")]
    assert len(source.asked) == 2
    assert "If-None-Match" not in source.asked[1]


async def test_the_answer_of_another_address_is_not_used(tmp_path: Path) -> None:
    async with serving(headers={"ETag": '"one"'}) as source:
        await first(price_feed(source.url, tmp_path))
        source.body = document(77)
        assert told(await first(price_feed(source.url + "/other", tmp_path)))[0][1] == "77"
    assert "If-None-Match" not in source.asked[1]


async def test_the_kept_answer_is_for_its_owner_only(tmp_path: Path) -> None:
    async with serving() as source:
        await first(price_feed(source.url, tmp_path))
    assert (tmp_path / "feeds" / "price.json").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "feeds").iterdir()] == ["price.json"]


async def test_a_folder_that_cannot_be_written_does_not_stop_the_prices(tmp_path: Path) -> None:
    (tmp_path / "feeds").write_text("in the way")
    async with serving() as source:
        assert len(await first(price_feed(source.url, tmp_path), 2)) == 2


async def test_a_source_that_falls_silent_leaves_its_prices_to_age(tmp_path: Path) -> None:
    board, clock = Board(BoardSettings(meter_max_w=1)), VirtualClock()
    async with serving() as source:
        feed = price_feed(source.url, tmp_path, clock)
        for sample in await first(feed, 2):
            board.offer("price", sample, clock.now())
        source.status = 500
        said, error = await until_it_fails(feed)
        assert "500, the source has a fault of its own" in str(error)
        for sample in said:
            board.offer("price", sample, clock.now())
    assert isinstance(board.price(START + timedelta(minutes=20)).observed, Fresh)
    assert isinstance(board.price(START + timedelta(minutes=31)).observed, Stale)


async def test_after_a_failure_nothing_is_said_twice(tmp_path: Path) -> None:
    clock = VirtualClock()
    async with serving() as source:
        feed = price_feed(source.url, tmp_path, clock, poll_s=60)
        async with aclosing(feed.samples()) as samples:
            assert told([await anext(samples), await anext(samples)])
            source.status = 502
            with pytest.raises(TemporaryError):
                await next_said(samples, clock, 66)
        source.status, source.body = 200, document(48.2, 51, 70)
        assert told(await first(feed)) == [("17:30", "70")]
