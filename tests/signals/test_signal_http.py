"""A number or a word from a JSON document, fetched from a real server."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from controller.errors import TemporaryError
from controller.model.samples import ConditionSample, SignalSample
from tests.signals.price_sources import serving
from tests.signals.signal_feeds import document_feed, said
from tests.virtual_clock import VirtualClock

MEASURED = datetime(2023, 9, 6, 16, 59, 30, tzinfo=UTC)


def body(value: object, at: str = "2023-09-06T16:59:30Z") -> bytes:
    return json.dumps({"unit": "kW", "now": {"kw": value, "at": at}}).encode()


async def test_the_number_is_taken_as_it_is_written(tmp_path: Path) -> None:
    async with serving(body=body(412.25)) as source:
        sample = await said(document_feed(source.url, tmp_path))
    assert sample == SignalSample(name="available", at=VirtualClock().now(), value="412.25")


async def test_its_own_time_counts_where_it_says_one(tmp_path: Path) -> None:
    async with serving(body=body("7")) as source:
        sample = await said(document_feed(source.url, tmp_path, at="now.at"))
    assert sample.at == MEASURED


async def test_the_factor_makes_kw_of_mw(tmp_path: Path) -> None:
    async with serving(body=body(1.25)) as source:
        sample = await said(document_feed(source.url, tmp_path, factor=1000))
    assert isinstance(sample, SignalSample)
    assert Decimal(sample.value) == 1250


async def test_a_condition_is_a_word(tmp_path: Path) -> None:
    async with serving(body=body("Watch")) as source:
        sample = await said(document_feed(source.url, tmp_path, signal="ercot", condition=True))
    assert sample == ConditionSample(name="ercot", at=VirtualClock().now(), text="Watch")


async def test_what_is_measured_at_the_same_time_is_no_news(tmp_path: Path) -> None:
    clock = VirtualClock()
    async with serving(body=body(5)) as source:
        feed = document_feed(source.url, tmp_path, clock, at="now.at", poll_s=10)
        async with aclosing(feed.samples()) as samples:
            sample = await anext(samples)
            assert isinstance(sample, SignalSample)
            assert sample.at == MEASURED
            following = asyncio.ensure_future(anext(samples))
            await clock.until_asleep()
            await clock.advance(12)
            await source.until_asked(2)
            await clock.until_asleep()
            assert not following.done()
            source.body = body(6, at="2023-09-06T17:00:20Z")
            await clock.advance(12)
            other = await following
    assert isinstance(other, SignalSample)
    assert other.value == "6"


@pytest.mark.parametrize(
    ("answer", "settings", "why"),
    [
        ({"body": b"<html>"}, {}, "the answer is not JSON"),
        ({"body": body(None)}, {}, "path now.kw: is null: there is no value now"),
        ({"body": body(5)}, {"value": "now.mw"}, "path now.mw: there is no 'mw'; there is kw, at"),
        ({"body": body(5)}, {"expect": {"unit": "MW"}}, "unit is not 'MW', as expect says"),
        ({"body": body(5, at="noon")}, {"at": "now.at"}, "path now.at: 'noon'"),
        ({"body": body([5])}, {"condition": True}, "path now.kw: there is no word"),
        ({"status": 503}, {}, "503, the source is out of service"),
        ({"status": 302, "headers": {"Location": "http://elsewhere/"}}, {}, "is not followed"),
        ({"body": b" " * 2000}, {"reply_limit_bytes": 1024}, "more than 1024 bytes"),
    ],
)
async def test_what_is_wrong_is_said(
    answer: dict[str, Any], settings: dict[str, Any], why: str, tmp_path: Path
) -> None:
    async with serving(**answer) as source:
        with pytest.raises(TemporaryError) as caught:
            await said(document_feed(source.url, tmp_path, **settings))
    assert why in str(caught.value)


async def test_what_is_no_number_goes_on_to_be_refused(tmp_path: Path) -> None:
    async with serving(body=body("n/a")) as source:
        sample = await said(document_feed(source.url, tmp_path))
    assert isinstance(sample, SignalSample)
    assert sample.value == "n/a"


async def test_a_key_that_the_source_says_back_is_not_shown(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("correct-horse-battery", encoding="utf-8")
    key.chmod(0o600)
    async with serving(body=body("hello correct-horse-battery")) as source:
        feed = document_feed(source.url, tmp_path, condition=True, header_files={"X-Api-Key": key})
        sample = await said(feed)
    assert source.asked[0]["X-Api-Key"] == "correct-horse-battery"
    assert sample == ConditionSample(name="available", at=sample.at, text="hello ***")


async def test_failures_in_a_row_wait_longer(tmp_path: Path) -> None:
    delays = []
    async with serving(status=500) as source:
        feed = document_feed(source.url, tmp_path, poll_s=60, max_age_s=120)
        for _ in range(4):
            with pytest.raises(TemporaryError) as caught:
                await said(feed)
            delays.append(caught.value.delay_s)
    assert delays[-1] > delays[0]
    assert max(delays) <= 60


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"least": None}, "give least and most"),
        ({"least": 10_000}, "least has to be below most"),
        ({"condition": True, "most": 1}, "a condition is a word: drop least and most"),
        ({"max_age_s": 30}, "max_age_s has to be above poll_s"),
        ({"zone": "Mars/Base"}, "is not a time zone"),
        ({"value": "now..kw"}, "has an empty key"),
        ({"headers": {"X-Token": "1"}}, "looks like a secret"),
    ],
)
def test_settings_that_cannot_be_meant(settings: dict[str, Any], why: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=why):
        document_feed("https://grid.example/now.json", tmp_path, **settings)
