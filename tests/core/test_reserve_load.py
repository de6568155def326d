"""Which load of a pool counts as reserve: of those that run, rest, and can be seen to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from controller.core.decide import decide
from controller.core.obedience.motions import Orders
from controller.core.planning.reserve import go_in_time, load_permille, load_w
from controller.core.pools.pool import Pinned, Pool
from controller.core.situation import assess
from controller.model.fleet import MinerSeen
from controller.model.seen import State
from tests.core.cases.sites import NOW
from tests.core.sites_at_a_loss import FULL_W, SELLER, STANDBY_W, STEP_W, fleet, seen, site


def pool(running: int, off: int = 0, drawn_w: int = FULL_W, kind: str = "plain") -> Pool:
    """So many that run and draw so much, and so many that are off."""
    miners = fleet("a", kind, 0, off) | {
        name: changed(one, power_w=drawn_w) for name, one in fleet("a", kind, running).items()
    }
    (found,) = assess(seen(site(), miners), State(), Orders(1)).pools
    return found


def beside(one: Pool, rung: int, counted_w: int, *, dispatched: bool) -> Pool:
    """With one more that goes to a rung or rests there."""
    return replace(one, pinned=(Pinned("m", rung, rung, dispatched, counted_w),))


def counted(permille: int) -> State:
    return State(reserve_permille={"a/plain": permille})


def test_load_is_what_those_draw_above_standby_that_run_and_are_on_no_way() -> None:
    two = pool(2, off=3)
    assert load_w(two) == 2 * STEP_W
    assert load_w(beside(two, 1, FULL_W, dispatched=False)) == 3 * STEP_W
    assert load_w(beside(two, 1, FULL_W, dispatched=True)) == 2 * STEP_W
    # One that rests off and still draws something is no load that could go.
    assert load_w(beside(two, 0, 1_000, dispatched=False)) == 2 * STEP_W


def test_those_that_are_off_are_no_load_whatever_they_draw() -> None:
    """Three draw 100 W each, more than the standby that is reckoned with."""
    (held,) = pool(0, off=3).free[0]
    awake = replace(pool(2), free={**pool(2).free, 0: (changed(held, power_w=300),)})
    assert awake.units_w[0] == STANDBY_W
    assert load_w(awake) == 2 * STEP_W


def test_one_that_draws_less_than_standby_takes_nothing_from_the_load_of_others() -> None:
    assert load_w(pool(3, drawn_w=STANDBY_W)) == 0
    assert load_w(pool(3, drawn_w=STANDBY_W - 5)) == 0
    assert load_w(beside(pool(2), 1, 0, dispatched=False)) == 2 * STEP_W


@pytest.mark.parametrize(
    ("above_w", "before", "permille"),
    [
        (STEP_W, 1_000, 1_000),
        (STEP_W + 500, 1_000, 1_000),
        # 2,769 W are the whole: 95 % of it are 2,630.55 W, and 90 % 2,492.1 W.
        (2_631, 1_000, 950),
        (2_630, 1_000, 949),
        # It falls at once,
        (2_631, 951, 950),
        (2_630, 950, 949),
        # stays while no more than the play is drawn beyond it,
        (STEP_W, 950, 950),
        (STEP_W, 951, 951),
        (2_631, 900, 900),
        # and is never further behind, even where they draw more than is nominal.
        (STEP_W, 949, 950),
        (STEP_W + 500, 800, 950),
        (2_631, 899, 900),
        (2_631, 50, 900),
        (100, 1_000, 50),
        (0, 1_000, 50),
        (0, 50, 50),
    ],
)
def test_load_counts_with_what_is_there_and_rises_with_some_play(
    above_w: int, before: int, permille: int
) -> None:
    there = pool(4, off=2, drawn_w=STANDBY_W + above_w)
    assert load_permille(there, counted(before)) == permille


@pytest.mark.parametrize("before", [1_000, 700])
def test_where_nobody_runs_it_counts_as_before(before: int) -> None:
    assert load_permille(pool(0, off=3), counted(before)) == before


def test_those_that_rest_at_a_level_count_in_what_is_nominal_and_those_on_their_way_do_not() -> (
    None
):
    """Two run at the full; a third draws a tenth of its step: 2.1 of 3 are there, 70 %."""
    tenth_w = STANDBY_W + STEP_W // 10 + 1
    assert load_permille(beside(pool(2), 1, tenth_w, dispatched=False), State()) == 700
    assert load_permille(beside(pool(2), 1, tenth_w, dispatched=True), State()) == 1_000


@pytest.mark.parametrize(
    ("units_w", "goes"),
    [
        ((25, 1_414, 2_794), True),
        # Those that are off draw more than at the lower level, and less than at the upper one.
        ((1_500, 1_414, 2_794), True),
        ((2_793, 2_793, 2_794), True),
        # Nothing would show that they stopped.
        ((2_794, 1_414, 2_794), False),
        ((2_800, 1_414, 2_794), False),
    ],
)
def test_what_no_meter_could_show_to_be_gone_does_not_go(
    units_w: tuple[int, ...], *, goes: bool
) -> None:
    snapshot = seen(site(), {})
    one = replace(pool(2, kind="three"), units_w=units_w)
    for seller in (SELLER, changed(SELLER, response_s=3_600)):
        assert go_in_time(one, seller, snapshot, State()) is goes


def hollow(*levels: str) -> dict[str, MinerSeen]:
    """One at each level: at the top they draw what is nominal, in the middle 95 % of it."""
    drawn_w = {"top": 3_100, "mid": 1_900}
    return {
        f"m{number}": MinerSeen(
            group="a", curve="hollow", level=level, power_w=drawn_w[level], at=NOW
        )
        for number, level in enumerate(levels)
    }


def decided(reserve_w: int, levels: Sequence[str], state: State) -> tuple[list[str], State]:
    """What is told, and what is kept in mind; nobody is on any way before."""
    held = site(programs={"ffr": changed(SELLER, reserve_w=reserve_w)})
    plan, after, _ = decide(seen(held, hollow(*levels)), changed(state, motions={}))
    return [command.level for command in plan.commands], after


def test_miners_that_draw_unlike_do_not_change_their_level_for_a_reserve_by_turns() -> None:
    """5,000 W are sold. By what two draw at the top, one of them could stand in the middle: 3,070
    and 1,970 W above standby. There it draws 1,870, which is 4,940 of 5,040 W, 98 %. So it goes
    back, and stays: 98 % of 5,040 W are too few whatever they draw at the top."""
    told, state = decided(5_000, ("top", "top"), State())
    assert told == ["mid"]
    told, state = decided(5_000, ("top", "mid"), state)
    assert told == ["top"]
    assert state.reserve_permille == {"a/hollow": 980}
    told, state = decided(5_000, ("top", "top"), state)
    assert told == []
    assert state.reserve_permille == {"a/hollow": 980}
    assert decided(0, ("top", "top"), state)[1].reserve_permille == {}


def test_who_was_never_seen_to_run_counts_with_what_is_nominal() -> None:
    assert load_permille(pool(0, off=3), State()) == 1_000
    held = site(programs={"ffr": SELLER})
    _, after, _ = decide(seen(held, fleet("a", "plain", 0, 3)), State())
    assert after.reserve_permille == {"a/plain": 1_000}
