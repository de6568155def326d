"""Shadow mode: nothing reaches the miners, and the site is seen as if it had."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.model.fleet import CUT, Command, EvidenceGrade, Stage
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.records import CommandRecorded
from controller.model.site import Group
from controller.reasons import Reason
from tests.app.loop import CHEAP, DEAR, Loop
from tests.core.bounded import site
from tests.core.dispatches import NOW


@pytest.fixture
async def loop() -> Loop:
    loop = Loop(shadow=True)
    loop.hashprice()
    loop.meter(9_500)
    return loop


def off(loop: Loop, miner: str) -> Command:
    return Command(
        id="c-1", miner=miner, level="off", reason=Reason.UNPROFITABLE, at=loop.clock.now()
    )


async def test_nothing_is_sent(loop: Loop) -> None:
    loop.price(DEAR)
    for _ in range(3):
        await loop.control.cycle()
        await loop.clock.advance(5)
    assert loop.fleet.sent == []
    assert set(loop.fleet.levels.values()) == {"full"}
    view = loop.control.view()
    assert view is not None
    assert (view.shadow, view.shadow_commands) == (True, 3)
    assert view.plan.expected_w == 500 + 3 * 25


async def test_each_command_is_withheld_and_then_only_inferred(loop: Loop) -> None:
    loop.price(DEAR)
    for _ in range(3):
        await loop.control.cycle()
        await loop.clock.advance(5)
    events = [one.event for one in loop.ledger.records if isinstance(one, CommandRecorded)]
    assert [one.stage for one in events] == (
        [Stage.INTENDED] * 3 + [Stage.WITHHELD] * 3 + [Stage.CONFIRMED] * 3
    )
    assert {one.grade for one in events[6:]} == {EvidenceGrade.INFERRED}


async def test_it_says_what_would_be_earned(loop: Loop) -> None:
    loop.price(DEAR)
    for _ in range(12):
        await loop.control.cycle()
        await loop.clock.advance(10)
        loop.meter(9_500)
    view = loop.control.view()
    assert view is not None
    assert view.totals.avoided_cost > view.totals.foregone_revenue > 0


async def test_miners_obey_once_it_is_known_that_they_were_not_told(loop: Loop) -> None:
    shadow = loop.shadow
    assert shadow is not None
    woken: list[bool] = []
    await shadow.start(lambda: woken.append(True))
    shadow.send([off(loop, "m-1")])
    assert woken
    assert shadow.readings()["m-1"].level == "full"
    (outcome,) = shadow.outcomes()
    assert (outcome.stage, outcome.miner) == (Stage.WITHHELD, "m-1")
    assert shadow.readings()["m-1"].level == "off"
    assert shadow.readings()["m-2"].level == "full"
    assert not shadow.outcomes()


async def test_behind_an_open_switch_nothing_would_be_drawn(loop: Loop) -> None:
    assert loop.shadow is not None
    loop.shadow.send([replace(off(loop, "m-1"), level=CUT)])
    loop.shadow.outcomes()
    reading = loop.shadow.readings()["m-1"]
    assert (reading.level, reading.power_w, reading.hashrate_ths) == (CUT, 0, Decimal(0))


async def test_meters_show_what_would_be_left(loop: Loop) -> None:
    shadow = loop.shadow
    assert shadow is not None
    shadow.send([off(loop, "m-1"), off(loop, "m-2")])
    shadow.outcomes()
    observed = {
        "site": Fresh(value=9_500, at=NOW),
        "north": Fresh(value=9_000, at=NOW),
        "south": Fresh(value=4_000, at=NOW),
        "b1": Fresh(value=9_200, at=NOW),
        "b2": Fresh(value=4_100, at=NOW),
    }
    groups = {"north": Group(breaker="b1"), "south": Group(breaker="b2")}
    shown = shadow.meters(observed, site(groups=groups))
    assert shown == {
        "site": Fresh(value=9_500 - 2 * 2_975, at=NOW),
        "north": Fresh(value=9_000 - 2 * 2_975, at=NOW),
        "south": Fresh(value=4_000, at=NOW),
        "b1": Fresh(value=9_200 - 2 * 2_975, at=NOW),
        "b2": Fresh(value=4_100, at=NOW),
    }


async def test_a_meter_read_before_miners_obey_shows_it_from_then_on(loop: Loop) -> None:
    """Or else it would have shown their step before they were told, and none afterwards."""
    shadow = loop.shadow
    assert shadow is not None
    await loop.clock.advance(7)
    shadow.send([off(loop, "m-1")])
    shadow.outcomes()
    shown = shadow.meters({"site": Fresh(value=9_500, at=NOW)}, site(groups={"north": Group()}))
    assert shown == {"site": Fresh(value=9_500 - 2_975, at=NOW + timedelta(seconds=7))}
    read = NOW + timedelta(seconds=9)
    shown = shadow.meters({"site": Fresh(value=9_500, at=read)}, site(groups={"north": Group()}))
    assert shown == {"site": Fresh(value=9_500 - 2_975, at=read)}


async def test_a_meter_that_is_not_fresh_stays_as_it_is(loop: Loop) -> None:
    shadow = loop.shadow
    assert shadow is not None
    shadow.send([off(loop, "m-1")])
    shadow.outcomes()
    observed: dict[str, Observed[int]] = {
        "site": Stale(value=9_000, at=NOW),
        "north": Missing(why="test"),
    }
    assert shadow.meters(observed, site()) == observed


async def test_the_return_is_assumed_too(loop: Loop) -> None:
    loop.price(DEAR)
    for _ in range(3):
        await loop.control.cycle()
        await loop.clock.advance(5)
    await loop.clock.advance(3_600)
    loop.meter(9_500)
    loop.price(CHEAP)
    for _ in range(3):
        await loop.control.cycle()
        await loop.clock.advance(5)
    view = loop.control.view()
    assert view is not None
    assert view.shadow_commands == 6
    assert view.plan.expected_w == 9_500
    assert view.seen.now - NOW > timedelta(hours=1)
