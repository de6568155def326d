"""Which miners may come up and which go down at one look, each with its reason, and what goes on
being asked of fans."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.model.fleet import OFF, MinerSeen, Stage
from controller.model.grid import SITE, ManualOrder
from controller.model.quality import Missing
from controller.model.remembered import CoolingState, Wear
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Group, MeterSilence, Pacing
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.movable import motion
from tests.core.paced_sites import (
    CHEAP,
    DEAR,
    EACH_W,
    OFF_W,
    dispatch,
    hall,
    later,
    looked,
    miner,
    names,
    told,
)

LOW = "340MHz"
FIRST_STEP = Decimal(100)
"""At this price of `three` the first step pays, 119 USD/MWh, and the second, 88, does not."""
HOLD = ManualOrder(
    id="h",
    scope=SITE,
    hold=True,
    person="Ada",
    why="test",
    issued_at=NOW,
    until=NOW + timedelta(hours=1),
)


def told_levels(seen: Snapshot) -> dict[str, tuple[str, Reason]]:
    return {one.miner: (one.level, one.reason) for one in told(seen)[0].commands}


def silent(seen: Snapshot) -> Snapshot:
    site = replace(seen.site, meter_silence=MeterSilence(safe_w=100_000, after_s=60))
    return replace(seen, site=site, meters_w={SITE: Missing(why="never heard")})


def test_a_level_that_is_never_the_best_is_left_where_miners_may_rise() -> None:
    """Of `hollow` the first step pays below 144 USD/MWh and the second below 86."""
    seen = looked({"a0": miner("a", "eco", curve="hollow")}, Pacing(), price=FIRST_STEP)
    assert told_levels(seen) == {"a0": ("mid", Reason.PROFITABLE)}
    assert told_levels(silent(seen)) == {}
    assert told_levels(replace(seen, orders={"h": HOLD})) == {}


@pytest.mark.parametrize(("curve", "level"), [("plain", "default"), ("three", LOW)])
def test_while_a_person_holds_the_site_what_a_floor_asks_for_starts(curve: str, level: str) -> None:
    """1 kW of load above standby: all of `plain`, and of `three` the first step."""
    groups = {"a": Group(floor_w=1_000)}
    miners = hall("a", 1, OFF, curve=curve)
    held = looked(miners, Pacing(), groups=groups, orders={"h": HOLD})
    assert told_levels(held) == {"a0": (level, Reason.COMMITMENT)}


def test_what_starts_because_it_pays_says_so_though_the_next_step_does_not() -> None:
    seen = looked(hall("a", 1, OFF, curve="three"), Pacing(), price=FIRST_STEP)
    assert told_levels(seen) == {"a0": (LOW, Reason.PROFITABLE)}


def test_the_first_go_for_money_and_the_rest_because_of_what_cuts() -> None:
    """One stands higher than pays. The dispatch leaves one of four, at the lower level."""
    miners = hall("a", 4, LOW, curve="three") | {"a0": miner("a", "default", curve="three")}
    limit_w = 1_414 + 3 * OFF_W
    seen = looked(miners, Pacing(), price=FIRST_STEP, dispatches={"ers-1": dispatch(limit_w)})
    found = told_levels(seen)
    assert found.pop("a0") == (OFF, Reason.UNPROFITABLE)
    assert list(found.values()) == [(OFF, Reason.DISPATCH)] * 2


def test_the_pace_of_money_covers_the_largest_that_goes() -> None:
    miners = {"a0": miner("a", LOW, curve="three")} | hall("b", 1, "default")
    plan, after, _ = told(looked(miners, Pacing(lower_w_per_minute=1), price=DEAR))
    assert names(plan) == ["b0"]
    assert after.lower_credit_w == 0


def test_a_pace_that_nobody_draws_on_is_whole() -> None:
    pacing = Pacing(lower_w_per_minute=6_000, restore_w_per_minute=7_000)
    _, after, _ = told(looked(hall("a", 1, "default"), pacing))
    assert (after.lower_credit_w, after.restore_credit_w) == (6_000, 7_000)


def test_one_that_does_not_say_its_level_goes_to_a_lower_one_where_it_could_start() -> None:
    unsure = replace(miner("a", "default", curve="three"), level="")
    seen = looked({"a0": unsure}, Pacing(), price=FIRST_STEP)
    assert told_levels(seen)["a0"][0] == LOW


def test_a_start_wears_and_draws_on_the_pace_and_a_stop_does_neither() -> None:
    pacing = Pacing(restore_w_per_minute=3 * EACH_W)
    _, after, _ = told(looked(hall("a", 1, OFF), pacing))
    assert (after.wear, after.restore_credit_w) == ({"a0": Wear(starts=1)}, 2 * EACH_W)
    _, after, _ = told(looked(hall("a", 1, "default"), pacing, price=DEAR))
    assert (after.wear, after.restore_credit_w) == ({}, 3 * EACH_W)


def test_equals_go_in_the_same_order_however_dispatches_are_listed() -> None:
    both = {name: replace(dispatch(1_000_000), id=name) for name in ("d1", "d2")}
    other = dict(reversed(both.items()))
    one, same = (
        told(looked(hall("a", 12, OFF), Pacing(), dispatches=dispatches))[0]
        for dispatches in (both, other)
    )
    assert names(one) == names(same)


FAILING, SOUND = Cooling(signal="fans"), Cooling()
BLOWING = State(cooling={"a": CoolingState(on_since=later(-60))})
"""For as long as fans may take to be seen to run."""
RESTS = {"a0": miner("a", OFF)}


def cooled(cooling: Cooling, miners: dict[str, MinerSeen] = RESTS, **more: Any) -> Snapshot:
    pacing = Pacing(starts_per_hour=1)
    return looked(miners, pacing, groups={"a": Group(cooling=cooling)}, **more)


def blow_on(seen: Snapshot, state: State = BLOWING) -> bool:
    """Whether the fans of a group where nobody runs go on being asked for."""
    return told(seen, state)[0].cooling["a"]


def test_fans_that_fail_are_asked_for_where_miners_would_run() -> None:
    assert blow_on(cooled(FAILING, price=CHEAP))
    assert not blow_on(cooled(FAILING, price=DEAR))
    assert not blow_on(replace(cooled(FAILING), price_per_mwh=Missing(why="never heard")))


def test_fans_rest_while_those_that_would_run_may_not_start_yet() -> None:
    resting = motion(Stage.CONFIRMED, OFF, "default", rest_s=60)
    moving = replace(BLOWING, motions={"m": resting})
    assert not blow_on(cooled(FAILING, {}, moving={"m": miner("a", OFF)}), moving)
    tired = replace(BLOWING, wear={"a0": Wear(starts=1, recent=(later(-60),))})
    assert not blow_on(cooled(SOUND), tired)


def test_fans_rest_where_limits_let_nobody_run() -> None:
    assert not blow_on(cooled(SOUND, dispatches={"ers-1": dispatch(OFF_W)}))
