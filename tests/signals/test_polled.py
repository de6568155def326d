"""What is the same for every source: several documents, listings, hosts, keys, what is kept."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from typing import Any, ClassVar

import pytest
from structlog.testing import capture_logs

from controller.errors import TemporaryError
from controller.model.samples import PriceSample
from controller.signals.polled.feed import PolledFeed
from controller.signals.polled.source import Ask
from tests.signals.documents import LinesSettings, Server, documents, line, lines_feed


def both(base: str) -> list[Ask]:
    return [Ask(f"{base}/today"), Ask(f"{base}/tomorrow", nothing=frozenset({204}))]


def listing(base: str) -> list[Ask]:
    return [Ask(f"{base}/list", listing=True)]


async def said(feed: PolledFeed, count: int) -> list[str]:
    """The first prices that a feed says."""
    async with aclosing(feed.samples()) as samples:
        found = [await anext(samples) for _ in range(count)]
    return [one.price_per_mwh for one in found if isinstance(one, PriceSample)]


async def until_it_fails(feed: PolledFeed) -> tuple[list[str], TemporaryError]:
    found: list[str] = []
    try:
        async with aclosing(feed.samples()) as samples:
            async for one in samples:
                assert isinstance(one, PriceSample)
                found.append(one.price_per_mwh)
    except TemporaryError as error:
        return found, error
    raise AssertionError("it ended without an error")


async def test_documents_are_read_in_the_order_in_which_they_are_asked_for(tmp_path: Path) -> None:
    async with documents(bodies={"today": line(17, 48), "tomorrow": line(18, 51)}) as server:
        assert await said(lines_feed(server, tmp_path, both), 2) == ["48", "51"]


async def test_a_document_that_is_not_there_yet_is_no_error(tmp_path: Path) -> None:
    async with documents(bodies={"today": line(17, 48)}, statuses={"tomorrow": 204}) as server:
        assert await said(lines_feed(server, tmp_path, both), 1) == ["48"]


async def test_where_nothing_is_there_yet_it_is_said(tmp_path: Path) -> None:
    async with documents(statuses={"today": 200, "tomorrow": 204}, bodies={"today": b""}) as server:
        found, error = await until_it_fails(lines_feed(server, tmp_path, both))
    assert found == []
    assert "says that there is nothing yet" in str(error)
    assert error.delay_s == 300


async def test_of_what_is_half_there_the_half_is_used(tmp_path: Path) -> None:
    async with documents(bodies={"today": line(17, 48)}, statuses={"tomorrow": 500}) as server:
        feed = lines_feed(server, tmp_path, both)
        found, error = await until_it_fails(feed)
        again, _ = await until_it_fails(feed)
    assert found == ["48"]
    assert again == []
    assert "/tomorrow: 500" in str(error)


async def test_a_document_that_cannot_be_read_spoils_no_other(tmp_path: Path) -> None:
    async with documents(bodies={"today": b"<html>", "tomorrow": line(18, 51)}) as server:
        found, error = await until_it_fails(lines_feed(server, tmp_path, both))
    assert found == ["51"]
    assert "/today: the answer" in str(error)


async def test_documents_of_a_listing_are_fetched_and_lasting_ones_only_once(
    tmp_path: Path,
) -> None:
    bodies = {"list": b"=old now", "old": line(17, 48), "now": line(18, 51)}
    async with documents(bodies=bodies) as server:
        assert await said(lines_feed(server, tmp_path, listing), 2) == ["48", "51"]
        assert server.asked == ["GET /list", "GET /old", "GET /now"]
        server.asked.clear()
        server.bodies["list"] = b"=old now later"
        server.bodies["later"] = line(19, 60)
        assert await said(lines_feed(server, tmp_path, listing), 3) == ["48", "51", "60"]
        assert server.asked == ["GET /list", "GET /now", "GET /later"]


async def test_a_listing_that_is_none_is_said(tmp_path: Path) -> None:
    async with documents(bodies={"list": b""}) as server:
        _, error = await until_it_fails(lines_feed(server, tmp_path, listing))
    assert "/list: the answer lists nothing" in str(error)


async def test_a_listing_without_end_is_refused(tmp_path: Path) -> None:
    bodies = {"list": b" ".join(b"d" for _ in range(100)), "d": line(17, 48)}
    async with documents(bodies=bodies) as server:
        _, error = await until_it_fails(lines_feed(server, tmp_path, listing))
    assert "more than 32 documents" in str(error)
    assert len(server.asked) == 32


async def test_a_listing_leads_to_no_other_host(tmp_path: Path) -> None:
    async with documents(bodies={"list": b"http://127.0.0.2:9/secret"}) as server:
        _, error = await until_it_fails(lines_feed(server, tmp_path, listing))
    assert "127.0.0.2 is not among the hosts that may be asked: see outbound.hosts" in str(error)


@pytest.mark.parametrize(("allowed", "fails"), [({"127.0.0.1"}, False), ({"other"}, True)])
async def test_one_list_of_hosts_holds_for_all(
    tmp_path: Path, allowed: set[str], *, fails: bool
) -> None:
    async with documents(bodies={"today": line(17, 48), "tomorrow": line(18, 51)}) as server:
        feed = lines_feed(server, tmp_path, both, allowed=frozenset(allowed))
        if fails:
            _, error = await until_it_fails(feed)
            assert "127.0.0.1 is not among the hosts" in str(error)
            assert server.asked == []
        else:
            assert await said(feed, 2) == ["48", "51"]


async def test_what_was_kept_of_several_is_said_at_the_start(tmp_path: Path) -> None:
    async with documents(bodies={"today": line(17, 48), "tomorrow": line(18, 51)}) as server:
        await said(lines_feed(server, tmp_path, both), 2)
        server.statuses = {"today": 503, "tomorrow": 503}
        found, error = await until_it_fails(lines_feed(server, tmp_path, both))
    assert found == ["48", "51"]
    assert "503" in str(error)


async def test_a_question_is_posted_and_answers_are_kept_by_question(tmp_path: Path) -> None:
    def questions(base: str) -> list[Ask]:
        return [Ask(f"{base}/rpc", body=b'{"a": 1}'), Ask(f"{base}/rpc", body=b'{"b": 2}')]

    async with documents(bodies={"rpc": line(17, 48)}) as server:
        await said(lines_feed(server, tmp_path, questions), 1)
    assert server.asked == ["POST /rpc", "POST /rpc"]
    assert server.sent == [b'{"a": 1}', b'{"b": 2}']


async def test_a_key_of_the_query_goes_to_the_source_and_nowhere_else(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("a-long-secret")
    key.chmod(0o600)
    async with documents(statuses={"today": 403}, bodies={"today": b""}) as server:
        settings = {"query_files": {"securityToken": key}}
        feed = lines_feed(server, tmp_path, both, settings=settings)
        _, error = await until_it_fails(feed)
    assert server.asked == ["GET /today?securityToken=a-long-secret"]
    assert "a-long-secret" not in str(error)
    assert "check the files" in str(error)


async def test_an_unverified_format_is_said_in_the_log_once(tmp_path: Path) -> None:
    class Doubtful(LinesSettings):
        unverified: ClassVar[str] = "the third column"

    def feed_of(server: Server) -> PolledFeed:
        feed = lines_feed(server, tmp_path, both)
        feed._settings = Doubtful(base_url=server.url)
        return feed

    bodies = {"today": line(17, 48), "tomorrow": line(18, 51)}
    async with documents(bodies=bodies) as server:
        with capture_logs() as logs:
            await said(feed_of(server), 2)
    told = [one for one in logs if one["event"] == "format_unverified"]
    assert [(one["feed"], one["what"]) for one in told] == [("lines", "the third column")]


async def test_prices_that_are_over_are_not_kept(tmp_path: Path) -> None:
    async with documents(bodies={"today": line(10, 48), "tomorrow": line(18, 51)}) as server:
        assert await said(lines_feed(server, tmp_path, both), 1) == ["51"]
        server.bodies["tomorrow"] = line(19, 7)
        assert await said(lines_feed(server, tmp_path, both), 2) == ["51", "7"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"query_files": {"k": "f"}, "base_url": "http://prices.example"}, "query_files over http"),
        ({"base_url": "https://prices.example", "max_age_s": 1}, "greater than or equal to 60"),
        ({"base_url": "https://prices.example", "cadence_s": 0}, "greater than 0"),
    ],
)
def test_settings_that_cannot_be_meant(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LinesSettings(**wrong)
