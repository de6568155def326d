"""The Clock port: the clock of a site, and the one that tests move."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from controller.clock import ClockSettings, SiteClock, anchored
from controller.ports import Clock
from tests.virtual_clock import VirtualClock

EPOCH = datetime(2023, 9, 6, 17, 35, tzinfo=UTC)
FAST = ClockSettings(epoch=EPOCH, rate=3600)


@pytest.fixture(params=["site", "virtual"])
async def clock(request: pytest.FixtureRequest) -> Clock:
    return SiteClock(FAST) if request.param == "site" else VirtualClock(EPOCH)


async def slept(clock: Clock, seconds: float) -> None:
    """Until a sleeper has woken, moving the clock where it does not move by itself."""
    sleeper = asyncio.ensure_future(clock.sleep(seconds))
    if isinstance(clock, VirtualClock):
        await clock.advance(max(0.0, seconds))
    await sleeper


async def test_says_the_time_in_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.now() >= EPOCH


@pytest.mark.parametrize("seconds", [0.5, 60, 300])
async def test_who_sleeps_wakes_no_earlier(clock: Clock, seconds: float) -> None:
    due = clock.now() + timedelta(seconds=seconds)
    await slept(clock, seconds)
    # A loop's timer may fire a clock tick early: a millisecond at the site's rate.
    assert clock.now() >= due - timedelta(seconds=3.6)


@pytest.mark.parametrize("seconds", [0, -5])
async def test_no_time_is_no_wait(clock: Clock, seconds: float) -> None:
    await slept(clock, seconds)


async def test_never_goes_back(clock: Clock) -> None:
    moments = []
    for _ in range(20):
        moments.append(clock.now())
        await slept(clock, 1)
    assert moments == sorted(moments)


async def test_two_processes_with_one_anchor_agree() -> None:
    shared = anchored(FAST)
    daemon, farm = SiteClock(shared), SiteClock(shared)
    before, between, after = daemon.now(), farm.now(), daemon.now()
    tick = timedelta(seconds=36)  # ten milliseconds, for the two readings of the system's clock
    assert before - tick <= between <= after + tick
