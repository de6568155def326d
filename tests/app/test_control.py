"""The loop: what is decided is written down, then sent; news wake it; watchers see it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from functools import partial

import pytest
import structlog

from controller.app.board import BoardSettings
from controller.app.control import Parts
from controller.core.observations.heard import SignalBounds
from controller.core.observations.quality import Range
from controller.model.fleet import Stage
from controller.model.records import CommandRecorded, CycleRecorded, SampleArrived
from controller.model.samples import SignalSample
from tests.app.loop import CHEAP, DEAR, Loop


@pytest.fixture
async def loop() -> Loop:
    """Heard, with a price that lets all run."""
    loop = Loop()
    loop.hashprice()
    loop.meter()
    return loop


@pytest.fixture
async def running(loop: Loop) -> AsyncIterator[Loop]:
    """One cycle is over, and it rests."""
    loop.price(CHEAP)
    task = asyncio.create_task(loop.control.run())
    await loop.clock.advance(1)
    yield loop
    task.cancel()


def stages(loop: Loop) -> list[Stage]:
    return [one.event.stage for one in loop.ledger.records if isinstance(one, CommandRecorded)]


def cycles(loop: Loop) -> int:
    view = loop.control.view()
    return 0 if view is None else view.cycles


async def test_what_is_intended_is_on_disk_before_it_is_sent(loop: Loop) -> None:
    on_disk: list[Stage] = []
    loop.fleet.on_send = lambda: on_disk.extend(stages(loop))
    loop.price(DEAR)
    await loop.control.cycle()
    assert {(one.miner, one.level) for one in loop.fleet.sent} == {
        ("m-1", "off"),
        ("m-2", "off"),
        ("m-3", "off"),
    }
    assert on_disk == [Stage.INTENDED] * 3


async def test_power_confirms_in_a_later_cycle(loop: Loop) -> None:
    loop.price(DEAR)
    await loop.control.cycle()
    assert set(loop.fleet.watched) == {"m-1", "m-2", "m-3"}
    await loop.clock.advance(5)
    await loop.control.cycle()
    assert stages(loop)[3:] == [Stage.CONFIRMED] * 3


async def test_a_ledger_that_cannot_write_stops_no_command(loop: Loop) -> None:
    loop.ledger.broken = "no space"
    loop.price(DEAR)
    await loop.control.cycle()
    assert len(loop.fleet.sent) == 3
    view = loop.control.view()
    assert view is not None
    assert not view.ledger.writable
    assert view.ledger.last_error == "no space"


async def test_news_wake_it(running: Loop) -> None:
    before = cycles(running)
    running.price(DEAR)  # for an interval that is known: refused, and news all the same
    await running.clock.advance(1)
    assert cycles(running) == before + 1


@pytest.mark.parametrize(("value", "woken"), [("21", 1), ("121", 0)])
async def test_a_signal_wakes_it_when_it_is_believed(running: Loop, value: str, woken: int) -> None:
    inlet = SignalBounds(range=Range(low=Decimal(-40), high=Decimal(120)), max_age_s=30)
    running.board.adopt(BoardSettings(meter_max_w=1_000_000, signals={"inlet": inlet}))
    before = cycles(running)
    sample = SignalSample(name="inlet", at=running.clock.now(), value=value)
    running.control.take("sensor", sample)
    await running.clock.advance(1)
    assert cycles(running) == before + woken


async def test_it_looks_again_without_news(running: Loop) -> None:
    before = cycles(running)
    await running.clock.advance(10)
    assert cycles(running) == before + 1


async def test_an_outcome_of_the_fleet_wakes_it(running: Loop) -> None:
    before = cycles(running)
    running.fleet.wake()
    await running.clock.advance(1)
    assert cycles(running) == before + 1


async def test_watchers_get_the_newest_view(running: Loop) -> None:
    views = running.control.changes()
    first = asyncio.ensure_future(anext(views))
    await running.clock.advance(40)
    slow = await first
    assert slow.cycles < cycles(running)
    assert (await anext(views)).cycles == cycles(running)


@pytest.mark.looptime
async def test_it_is_dead_when_no_cycle_completes(loop: Loop) -> None:
    await loop.control.cycle()
    await asyncio.sleep(60)
    await loop.clock.advance(40)
    assert loop.control.alive()
    await loop.clock.advance(1)
    assert not loop.control.alive()
    await loop.control.cycle()
    assert loop.control.alive()


async def test_a_refused_sample_is_kept_and_counted(loop: Loop) -> None:
    loop.price("NaN")
    await loop.control.cycle()
    prices = [one for one in loop.ledger.records if isinstance(one, SampleArrived)]
    assert [(one.feed, one.refused) for one in prices] == [
        ("hashprice", ""),
        ("price", "not_a_number"),
    ]
    assert loop.board.refused == {"price": {"not_a_number": 1}}


async def test_a_refusal_is_said_once_for_as_long_as_it_lasts(loop: Loop) -> None:
    with structlog.testing.capture_logs() as logs:
        for price in ("NaN", "NaN", "inf", "NaN"):
            loop.price(price)
    said = [one["why"] for one in logs if one["event"] == "sample_refused"]
    assert said == ["not_a_number", "infinite", "not_a_number"]


async def test_meter_readings_are_not_recorded_one_by_one(loop: Loop) -> None:
    await loop.control.cycle()
    kinds = {type(one) for one in loop.ledger.records}
    assert kinds == {SampleArrived, CycleRecorded}


async def test_changes_that_are_wanted_together_are_all_made(running: Loop) -> None:
    """A reload while a file of the revenue meter comes in, for instance."""
    made: list[str] = []

    async def change(name: str, parts: Parts) -> Parts:
        made.append(name)
        return parts

    names = ("first", "gone", "last")
    wanted = [
        asyncio.create_task(running.control.between_cycles(partial(change, name))) for name in names
    ]
    await asyncio.sleep(0)
    wanted[1].cancel()
    await running.clock.advance(0)
    await asyncio.gather(wanted[0], wanted[2])
    assert made == ["first", "last"]


@pytest.fixture
async def busy(loop: Loop) -> AsyncIterator[Loop]:
    """A large site, whose cycles take a second of the ten that may lie between two."""
    loop.fleet.on_look = lambda: loop.clock.work(1)
    loop.price(CHEAP)
    task = asyncio.create_task(loop.control.run())
    await loop.clock.advance(0)
    assert cycles(loop) == 1
    yield loop
    task.cancel()


async def test_of_a_large_site_news_of_miners_gather_before_a_cycle(busy: Loop) -> None:
    busy.fleet.wake()
    await busy.clock.advance(0.9)
    assert cycles(busy) == 1
    await busy.clock.advance(0.2)
    assert cycles(busy) == 2


async def test_other_news_do_not_wait_for_that(busy: Loop) -> None:
    busy.fleet.wake()
    await busy.clock.advance(0.5)
    busy.price(DEAR)
    await busy.clock.advance(0)
    assert cycles(busy) == 2


async def test_news_right_after_a_cycle_do_not_wait(running: Loop) -> None:
    before = cycles(running)
    for price in (DEAR, CHEAP):
        running.price(price)
        await running.clock.advance(0)
    assert cycles(running) == before + 1 + 1


async def test_a_flood_of_news_is_gathered(running: Loop) -> None:
    """Of ten seconds that may lie between two cycles it is a tenth of one."""
    before = cycles(running)
    for price in (DEAR, CHEAP) * 5:
        running.price(price)
        await running.clock.advance(0)
    assert cycles(running) == before + 2
    await running.clock.advance(0.1)
    assert cycles(running) == before + 3
