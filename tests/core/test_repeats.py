"""What is told once more now, and what has to wait for others, for its fans or for a lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace as with_
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from controller.core.obedience.motions import Orders
from controller.core.pacing.repeats import Turns, held_repeats
from controller.core.pacing.staging import SITE_DOWN, SITE_UP, Stage
from controller.core.pools.cooling import Fans
from controller.core.situation import Situation, assess
from controller.model.fleet import CUT, INTENDED, OFF, SENT, Command, MinerSeen, Motion
from controller.model.quality import Fresh
from controller.model.remembered import CoolingState
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

LOW, TOP = "340MHz", "default"
OFF_W, LOW_W, TOP_W = (CURVES["three"].level(name).power_w for name in (OFF, LOW, TOP))
WHOLE_W, HALF_W, REST_W = TOP_W - OFF_W, LOW_W - OFF_W, TOP_W - LOW_W
"""From off to the top, and in the two steps in which that may be done."""
AGO = NOW - timedelta(seconds=5)
SITE = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=90_000,
    groups={"a": Group(breaker="main"), "b": Group()},
    breakers={"main": Breaker()},
)


class Told(NamedTuple):
    """One miner: what it draws, and what it was told. Without a command id it is to be told that
    once more."""

    level: str
    from_level: str
    id: str = ""
    at: datetime = NOW
    group: str = "a"
    power_w: int | None = None
    """None: as at the level it comes from."""
    locked: bool = False

    @property
    def drawn_w(self) -> int:
        nominal_w = 0 if self.from_level == CUT else CURVES["three"].level(self.from_level).power_w
        return nominal_w if self.power_w is None else self.power_w

    @property
    def seen(self) -> MinerSeen:
        return MinerSeen(
            group=self.group,
            curve="three",
            level=self.from_level,
            power_w=self.drawn_w,
            locked=self.locked,
        )

    def motion(self, name: str) -> Motion:
        return Motion(
            command=Command(
                id=self.id, miner=name, level=self.level, reason=Reason.DISPATCH, at=self.at
            ),
            stage=SENT if self.id else INTENDED,
            group=self.group,
            curve="three",
            from_level=self.from_level,
            proven_w=self.drawn_w,
            deadline=NOW + timedelta(seconds=30),
        )


STOP, START, RISE = Told(OFF, TOP), Told(TOP, OFF), Told(TOP, LOW)


def situation(miners: Mapping[str, Told]) -> Situation:
    """With their motions in this order."""
    seen = Snapshot(
        now=NOW,
        site=SITE,
        price_per_mwh=Fresh(value=Decimal(1), at=NOW),
        hashprice_per_ph_day=Fresh(value=Decimal("56.67"), at=NOW),
        curves=CURVES,
        moving={name: one.seen for name, one in miners.items()},
        fleet_known=True,
    )
    motions = {name: one.motion(name) for name, one in miners.items()}
    now = assess(seen, State(motions=motions), Orders(1))
    return with_(now, motions=motions)


def used(key: str, left_w: int) -> Stage:
    """A stage that an earlier move has drawn upon."""
    return Stage(key, 10, left_w, 1_000, AGO)


def held(
    miners: Mapping[str, Told],
    *,
    down_w: int | None = None,
    up_w: int | None = None,
    main_w: int | None = None,
    fans: Mapping[str, Fans] | None = None,
    lowered: Collection[str] = (),
) -> set[str]:
    """Who waits, where so much is left of the site's steps and behind the breaker of `a`, and these
    are to be lowered."""
    down = None if down_w is None else used(SITE_DOWN, down_w)
    up = None if up_w is None else used(SITE_UP, up_w)
    main = {} if main_w is None else {"main": used("main", main_w)}
    return {*held_repeats(situation(miners), Turns(down, up, main, fans or {}), lowered)}


def since(seconds: float) -> Mapping[str, Fans]:
    """Fans of `a` that have to run for 60 s before anything rises, and have run for so long."""
    on_since = NOW - timedelta(seconds=seconds)
    return {"a": Fans(Cooling(power_w=500, before_s=60), CoolingState(on_since=on_since))}


def test_what_is_to_be_lowered_is_not_told_to_rise_while_its_turn_has_not_come() -> None:
    everybody = {"m1": STOP, "m2": START, "m3": RISE}
    assert held(everybody, lowered=everybody) == {"m2", "m3"}
    assert held(everybody, lowered={"m3"}) == {"m3"}


@pytest.mark.parametrize(("power_w", "waits"), [(TOP_W, True), (TOP_W + 1, False)])
def test_nor_is_it_told_once_more_to_go_where_it_is(power_w: int, waits: bool) -> None:
    """Which may be above what a person has allowed since."""
    there = {"m": START._replace(power_w=power_w)}
    assert held(there, lowered=there) == ({"m"} if waits else set())


def test_where_no_pace_is_declared_everybody_is_told_at_once() -> None:
    assert held({"m1": STOP, "m2": START, "m3": RISE}) == set()


@pytest.mark.parametrize(("left_w", "waits"), [(WHOLE_W, False), (WHOLE_W - 1, True)])
def test_a_repeat_fits_into_the_step_of_its_own_direction(left_w: int, waits: bool) -> None:
    assert held({"m": STOP}, down_w=left_w) == ({"m"} if waits else set())
    assert held({"m": START}, up_w=left_w) == ({"m"} if waits else set())
    assert held({"m": STOP}, down_w=left_w, up_w=0) == ({"m"} if waits else set())
    assert held({"m": START}, down_w=0, up_w=left_w) == ({"m"} if waits else set())


@pytest.mark.parametrize(("left_w", "waits"), [(WHOLE_W, False), (WHOLE_W - 1, True)])
@pytest.mark.parametrize("from_level", [OFF, CUT])
def test_a_start_fits_into_the_stage_behind_its_breaker_too(
    from_level: str, left_w: int, waits: bool
) -> None:
    starting = {"m": Told(TOP, from_level, power_w=OFF_W)}
    assert held(starting, main_w=left_w) == ({"m"} if waits else set())
    assert held(starting, up_w=WHOLE_W, main_w=left_w) == ({"m"} if waits else set())
    assert held(starting, up_w=WHOLE_W - 1, main_w=WHOLE_W) == {"m"}


def test_only_starts_behind_the_breaker_are_staggered() -> None:
    """Neither a higher level, nor a stop, nor a start of a group that hangs on no breaker."""
    others = {"m1": RISE, "m2": STOP, "m3": START._replace(group="b")}
    assert held(others, main_w=0) == set()


def test_a_switch_that_is_told_to_open_takes_the_standby_off_too() -> None:
    opening = {"m": Told(CUT, OFF)}
    assert held(opening, down_w=OFF_W) == set()
    assert held(opening, down_w=OFF_W - 1) == {"m"}


def test_those_that_go_leave_the_rest_of_a_step_to_others_by_name() -> None:
    """Room for one of three, and the others wait, in whichever order they are remembered."""
    three = {"m3": STOP, "m1": STOP, "m2": STOP}
    assert held(three, down_w=2 * WHOLE_W - 1) == {"m2", "m3"}
    assert held(dict.fromkeys(three, START), up_w=2 * WHOLE_W - 1) == {"m2", "m3"}


def test_who_waits_leaves_its_room_to_those_that_fit() -> None:
    assert held({"m1": START, "m2": RISE}, up_w=WHOLE_W - 1) == {"m1"}


def test_who_was_told_at_this_very_look_has_drawn_upon_the_step() -> None:
    """Though it is more than the step had left: it was told, and cannot wait any more."""
    told = {"m1": STOP._replace(id="c1"), "m2": Told(LOW, TOP)}
    assert held(told, down_w=WHOLE_W - 1) == {"m2"}
    assert held(told, down_w=WHOLE_W + REST_W) == set()


def test_who_was_told_before_has_drawn_upon_the_step_then() -> None:
    told = {"m1": STOP._replace(id="c1", at=AGO), "m2": STOP, "m3": STOP}
    assert held(told, down_w=WHOLE_W) == {"m3"}


def test_who_was_told_before_the_clock_was_set_back_takes_nothing_either() -> None:
    told = STOP._replace(id="c1", at=NOW + timedelta(hours=1))
    assert held({"m1": told, "m2": STOP}, down_w=WHOLE_W) == set()


def test_a_repeat_goes_on_waiting_at_later_looks() -> None:
    assert held({"m": STOP._replace(at=AGO)}, down_w=WHOLE_W - 1) == {"m"}


@pytest.mark.parametrize(("seconds", "waits"), [(59, True), (60, False)])
def test_what_rises_waits_until_the_fans_of_its_group_have_run(seconds: int, waits: bool) -> None:
    everyone = {"m1": START, "m2": RISE, "m3": STOP, "m4": START._replace(group="b")}
    assert held(everyone, fans=since(seconds)) == ({"m1", "m2"} if waits else set())


@pytest.mark.parametrize(("power_w", "waits"), [(TOP_W, False), (TOP_W - 1, True)])
def test_who_draws_already_what_it_was_told_to_waits_for_no_fans(power_w: int, waits: bool) -> None:
    arrived = {"m": START._replace(power_w=power_w)}
    assert held(arrived, fans=since(0)) == ({"m"} if waits else set())


def test_at_a_locked_place_nothing_is_told_any_more_but_to_go_off() -> None:
    """And what waits for its stop there draws upon no step."""
    locked = {"m1": START._replace(locked=True), "m2": STOP._replace(locked=True), "m3": START}
    assert held(locked, up_w=WHOLE_W) == {"m1"}
