"""A meter over HTTP, and the clocks of meters."""

from __future__ import annotations

import json
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from controller.errors import TemporaryError
from controller.model.samples import MeterSample
from controller.signals.meters.http import MeterHttpSettings, MeterHttpSource
from controller.signals.meters.own_clock import OwnClock
from controller.signals.polled.feed import PolledFeed
from tests.signals.documents import Server, documents
from tests.signals.market_pages import recorded
from tests.virtual_clock import VirtualClock

NOW = VirtualClock().now()
SHELLY = json.dumps(json.loads(recorded("meters/shelly_pro3em_status.json"))["status"]).encode()
OWN = b'{"kw": 180.5, "mwh": "7.25", "at": "2023-09-06T16:58:00Z"}'


def feed(server: Server, folder: Path, **settings: Any) -> PolledFeed:
    said = {"url": f"{server.url}/status", "value": "kw", "unit": "kw", **settings}
    checked = MeterHttpSettings(adapter="meter_http", **said)
    return PolledFeed("meter", checked, VirtualClock(), folder, MeterHttpSource(checked))


async def reading(body: bytes, folder: Path, **settings: Any) -> MeterSample:
    async with documents(bodies={"status": body}) as server:
        samples = feed(server, folder, **settings).samples()
        async with aclosing(samples):
            sample = await anext(samples)
    assert isinstance(sample, MeterSample)
    return sample


async def test_a_recorded_shelly_pro_3em(tmp_path: Path) -> None:
    paths = {"value": "em:0.total_act_power", "unit": "w", "energy": "emdata:0.total_act"}
    sample = await reading(SHELLY, tmp_path, **paths)
    assert sample == MeterSample(scope="site", at=NOW, power_w=2413.825, energy_wh=5_415_414)


async def test_units_factors_and_a_time_of_its_own(tmp_path: Path) -> None:
    counted = {"energy": "mwh", "energy_unit": "mwh"}
    sample = await reading(OWN, tmp_path, scope="hall-a", at="at", factor="2", **counted)
    assert sample == MeterSample(
        scope="hall-a",
        at=NOW - timedelta(seconds=120),
        power_w=361_000.0,
        energy_wh=14_500_000,
    )


async def test_a_clock_that_is_off_is_moved_as_far_as_it_may_be(tmp_path: Path) -> None:
    sample = await reading(OWN, tmp_path, at="at", clock_tolerance_s=180)
    assert sample.at == NOW
    with pytest.raises(TemporaryError, match="its clock is 120 s behind ours: set it"):
        await reading(OWN, tmp_path / "other", at="at", clock_tolerance_s=60)


def test_a_clock_that_drifts_is_followed_and_a_stamp_that_stands_still_grows_old() -> None:
    clock, second = OwnClock(60), timedelta(seconds=1)
    for number in range(200):
        arrived = NOW + number * 5 * second
        # ten seconds behind, and a second more every hundred
        stamp = arrived - 10 * second - number * second / 20
        assert arrived - clock.moved(stamp, arrived) <= 4 * second
    assert clock.off_s == pytest.approx(10 + 140 / 20, abs=0.1)
    late = arrived + 100 * second
    assert late - clock.moved(stamp, late) >= 99 * second


def test_a_clock_ahead_is_moved_back_and_never_beyond_now() -> None:
    clock = OwnClock(60)
    assert clock.moved(NOW + timedelta(seconds=30), NOW) == NOW
    assert clock.off_s == -30
    with pytest.raises(ValueError, match="its clock is -90 s behind ours"):
        OwnClock(60).moved(NOW + timedelta(seconds=90), NOW)


def test_without_a_tolerance_its_times_count_as_they_are() -> None:
    stamp = NOW - timedelta(hours=1)
    assert OwnClock(0).moved(stamp, NOW) == stamp


@pytest.mark.parametrize(
    ("body", "settings", "why"),
    [
        (b'{"kw": "high"}', {}, "has 'high' where a number belongs"),
        (b'{"kw": null}', {}, "has 'None' where a number belongs"),
        (b'{"kw": 1e400}', {}, "where a number belongs"),
        (b'{"kw": -1e999999999}', {}, "where a number belongs"),
        (b'{"w": 1}', {}, "there is no 'kw'; there is w"),
        (b'{"kw": 1, "e": -1}', {"energy": "e"}, "-1 Wh is no counter"),
        (b'{"kw": 1, "at": "noon"}', {"at": "at"}, "path at: 'noon' is not a time"),
        (b"<html>", {}, "is not JSON"),
    ],
)
async def test_what_is_no_reading_is_named(
    body: bytes, settings: dict[str, Any], why: str, tmp_path: Path
) -> None:
    with pytest.raises(TemporaryError, match=why):
        await reading(body, tmp_path, **settings)
