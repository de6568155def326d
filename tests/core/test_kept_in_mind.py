"""What a decision keeps in mind for the next: what economics let run, how much more than nominal
was drawn, who has come up, and what other load there is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.model.fleet import OFF, SENT, Command, MinerSeen, Motion
from controller.model.grid import SITE, ManualOrder
from controller.model.plan import Plan
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.remembered import CoolingState
from controller.model.rules import Cooling, SignalRule
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group, MeterSilence, Pacing
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.paced_sites import (
    DEAR,
    FULL_W,
    OFF_W,
    dispatch,
    hall,
    later,
    looked,
    miner,
    told,
)
from tests.core.test_unproven import site_of, state_of

RUNS, RESTS = hall("a", 1, "default"), hall("a", 1, OFF)
PAYS, WITHIN = Decimal(90), Decimal(100)
"""`plain` breaks even at 103.86 $/MWh, and is to start below 93.86: it pays to start, or only to
run on."""
SILENT: Mapping[str, Observed[Decimal]] = {}
HOLD = ManualOrder(
    id="h", scope=SITE, hold=True, person="Ada", why="a test", issued_at=NOW, until=later(86_400)
)


def decided(*looks: Snapshot) -> Plan:
    """The last of the plans that follow one another, ten minutes apart."""
    state = State()
    for number, seen in enumerate(looks):
        now = later(600 * number)
        meters = {scope: _at(meter, now) for scope, meter in seen.meters_w.items()}
        signals = {name: _at(signal, now) for name, signal in seen.signals.items()}
        plan, state, _ = told(replace(seen, now=now, meters_w=meters, signals=signals), state)
    return plan


def _at(word: Observed[Any], now: datetime) -> Observed[Any]:
    return replace(word, at=now) if isinstance(word, Fresh) else word


def levels(plan: Plan) -> list[str]:
    return [command.level for command in plan.commands]


# What economics let run.


def margined(price: Decimal, miners: Mapping[str, MinerSeen], **more: Any) -> Snapshot:
    """A start has to beat the price by 10, and a thermometer has to speak for a start in a."""
    hot = SignalRule(
        scope="a",
        signal="inlet",
        reason=Reason.TEMPERATURE,
        safe_w=100_000,
        silent_after_s=86_400,
    )
    seen = looked(miners, Pacing(), price=price)
    site = replace(
        seen.site,
        economics=Economics(start_margin_per_mwh=Decimal(10)),
        rules={"hot": hot},
        meter_silence=MeterSilence(safe_w=100_000, after_s=86_400),
    )
    inlet = Fresh(value=Decimal(20), at=NOW)
    return replace(seen, **({"site": site, "signals": {"inlet": inlet}} | more))


STOPS = margined(DEAR, RUNS)
AT_REST = margined(WITHIN, RESTS)


def test_what_was_stopped_for_money_starts_with_the_margin_and_runs_on_without() -> None:
    assert levels(decided(STOPS)) == [OFF]
    assert levels(decided(STOPS, AT_REST)) == []
    starts = margined(PAYS, RESTS)
    assert levels(decided(STOPS, starts)) == ["default"]
    assert levels(decided(STOPS, starts, margined(WITHIN, RUNS))) == []
    assert levels(decided(STOPS, starts, AT_REST)) == ["default"]


UNDECIDED = {
    "nobody is heard yet": margined(PAYS, {}, fleet_known=False),
    "nobody is there while a person holds the site": margined(PAYS, {}, orders={"h": HOLD}),
    "a person holds the site": margined(PAYS, RESTS, orders={"h": HOLD}),
    "there is no price": margined(PAYS, RESTS, price_per_mwh=Missing(why="silent")),
    "the thermometer is silent": margined(PAYS, RESTS, signals=SILENT),
    "the meter is silent": margined(PAYS, RESTS, meters_w={SITE: Missing(why="silent")}),
}


@pytest.mark.parametrize("undecided", UNDECIDED.values(), ids=UNDECIDED.keys())
def test_it_starts_with_the_margin_though_nothing_could_start_in_between(
    undecided: Snapshot,
) -> None:
    assert levels(decided(STOPS, undecided)) == []
    assert levels(decided(STOPS, undecided, AT_REST)) == []


@pytest.mark.parametrize("undecided", UNDECIDED.values(), ids=UNDECIDED.keys())
def test_what_was_let_run_is_spared_the_margin_still(undecided: Snapshot) -> None:
    assert levels(decided(margined(PAYS, RUNS), undecided, AT_REST)) == ["default"]


@pytest.mark.parametrize(
    "silent", [{"signals": SILENT}, {"meters_w": {SITE: Missing(why="silent")}}]
)
def test_what_stops_for_money_in_a_silence_starts_with_the_margin_when_it_ends(
    silent: dict[str, Any],
) -> None:
    stops = margined(DEAR, RUNS, **silent)
    assert levels(decided(margined(PAYS, RUNS), stops)) == [OFF]
    assert levels(decided(margined(PAYS, RUNS), stops, AT_REST)) == []


def test_who_was_gone_while_it_was_decided_is_as_if_found_for_the_first_time() -> None:
    assert levels(decided(AT_REST)) == ["default"]
    assert levels(decided(STOPS, margined(PAYS, {}), AT_REST)) == ["default"]


# How much more than nominal was drawn.


def test_what_draws_a_tenth_more_takes_up_that_much_room_when_it_starts_again() -> None:
    """Of three, 3,074 W each, 8.5 kW have room for two; nominal they would all have."""
    much = {name: replace(one, power_w=3_073) for name, one in hall("a", 3, "default").items()}
    running, resting = looked(much, Pacing(), price=DEAR), hall("a", 3, OFF)
    off = looked(resting, Pacing(), price=DEAR)
    room = looked(resting, Pacing(), limit_w=8_500)
    assert levels(decided(running, room)) == ["default"] * 2
    assert levels(decided(running, off, room)) == ["default"] * 2
    assert levels(decided(off, room)) == ["default"] * 3


def test_a_level_takes_up_the_room_that_it_was_last_seen_to_take_up() -> None:
    """At 340 MHz they draw a fifth more than their curve says, at the top what it says: four of
    them at 340 MHz do not fit beside what the limit leaves, though nobody stands there now."""
    few, many = hall("a", 4, "340MHz", curve="three"), hall("a", 4, "default", curve="three")
    low_w = next(iter(few.values())).power_w
    greedy = {name: replace(one, power_w=low_w * 6 // 5) for name, one in few.items()}
    ran, runs = looked(greedy, Pacing()), looked(many, Pacing())
    room = looked(many, Pacing(), limit_w=4 * low_w)
    assert levels(decided(runs, room)) == ["340MHz"] * 4
    assert sorted(levels(decided(ran, runs, room))) == ["340MHz"] * 3 + [OFF]


def test_who_only_says_that_it_is_off_shows_nothing_of_that() -> None:
    """Else one more figure would be kept for every watt that one of them may count with."""
    _, after, _ = told(site_of(), state_of())
    assert after.excess_permille == {}
    assert after.level_permille == {}


# Who has come up.

BEFORE = later(-600)


def way(name: str, level: str) -> Motion:
    """Of a miner whose time ends now and that is told once only."""
    starts = level != OFF
    return Motion(
        command=Command(
            id=f"c-{name}", miner=name, level=level, reason=Reason.PROFITABLE, at=later(-60)
        ),
        stage=SENT,
        group="a",
        curve="plain",
        from_level=OFF if starts else "default",
        proven_w=OFF_W if starts else FULL_W,
        deadline=NOW,
    )


UP, DOWN = way("m1", "default"), way("m2", OFF)
HAS_COME_UP, IS_DOWN, IS_STILL_OFF = (
    ("m1", miner("a", "default")),
    ("m2", miner("a", OFF)),
    ("m1", miner("a", OFF)),
)


@pytest.mark.parametrize(
    ("motions", "moving", "rose_at"),
    [
        ((UP,), (HAS_COME_UP,), NOW),
        ((UP, DOWN), (HAS_COME_UP, IS_DOWN), NOW),
        ((DOWN,), (IS_DOWN,), BEFORE),
        ((UP,), (IS_STILL_OFF,), BEFORE),
        ((), (), BEFORE),
    ],
)
def test_the_last_that_came_up_is_the_last_that_power_showed_to_run(
    motions: tuple[Motion, ...], moving: tuple[tuple[str, MinerSeen], ...], rose_at: datetime
) -> None:
    seen = replace(looked({}, Pacing(attempts=1)), moving=dict(moving))
    state = State(motions={one.command.miner: one for one in motions}, rose_at=BEFORE)
    _, after, _ = told(seen, state)
    assert after.rose_at == rose_at


def test_who_is_only_told_to_start_has_not_come_up() -> None:
    plan, after, _ = told(looked(RESTS, Pacing()), State(rose_at=BEFORE))
    assert levels(plan) == ["default"]
    assert after.rose_at == BEFORE


# What other load there is.

METER_W = 10_000


def heard(count: int, meter: Observed[int]) -> Snapshot:
    """So many of three, at the start of a process."""
    seen = looked(hall("a", count, "default"), Pacing())
    return replace(seen, meters_w={SITE: meter}, fleet_known=False)


def test_while_miners_are_heard_what_is_theirs_is_other_load_no_more() -> None:
    speaks = Fresh(value=METER_W, at=NOW)
    assert decided(heard(1, speaks)).expected_w == METER_W
    assert decided(heard(1, speaks), heard(3, speaks)).expected_w == METER_W


def test_behind_a_silent_meter_it_stays_what_it_was_taken_for() -> None:
    """7,206 W were other load beside the first; nothing says whether the others are in them."""
    silent = Stale(value=METER_W, at=NOW)
    assert decided(heard(1, silent)).expected_w == METER_W
    assert decided(heard(1, silent), heard(3, silent)).expected_w == METER_W + 2 * FULL_W


def test_when_fans_come_to_rest_their_meter_is_given_time_to_show_it() -> None:
    """It still shows them after 5 s. The dispatch keeps everybody off."""
    cooling = Cooling(power_w=400, after_s=120)
    seen = looked(RESTS, Pacing(), groups={"a": Group(cooling=cooling)})
    shown_w = OFF_W + 400
    seen = replace(
        seen,
        site=replace(seen.site, settle_s=30),
        dispatches={"ers-1": dispatch(0)},
        meters_w={SITE: Fresh(value=shown_w, at=NOW)},
    )
    fans = CoolingState(on_since=later(-3_600), idle_since=later(-120))
    plan, after, next_s = told(seen, State(other_w={SITE: 400}, cooling={"a": fans}))
    assert plan.cooling == {"a": False}
    assert (after.other_w, next_s) == ({SITE: 0}, 30)
    soon = replace(seen, now=later(5), meters_w={SITE: Fresh(value=shown_w, at=later(4))})
    _, after, next_s = told(soon, after)
    assert (after.other_w, next_s) == ({SITE: 0}, 25)
