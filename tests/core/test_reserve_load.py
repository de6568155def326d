"""Which load of a pool counts as reserve: of those that run, rest, and can be seen to go."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from controller.core.obedience.motions import Orders
from controller.core.planning.reserve import go_in_time, load_permille, load_w
from controller.core.pools.pool import Pinned, Pool
from controller.core.situation import assess
from controller.model.seen import State
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
    ("above_w", "permille"),
    [
        (STEP_W, 1_000),
        (STEP_W + 500, 1_000),
        # 2,769 W are the whole: 95 % of it are 2,630.55 W, and 90 % 2,492.1 W.
        (2_631, 950),
        (2_630, 900),
        (2_493, 900),
        (2_492, 850),
        (100, 50),
        (0, 50),
    ],
)
def test_what_is_there_counts_in_whole_twentieths(above_w: int, permille: int) -> None:
    assert load_permille(pool(4, off=2, drawn_w=STANDBY_W + above_w)) == permille


def test_where_nobody_runs_the_whole_counts() -> None:
    assert load_permille(pool(0, off=3)) == 1_000


def test_those_that_rest_at_a_level_count_in_what_is_nominal_and_those_on_their_way_do_not() -> (
    None
):
    """Two run at the full; a third draws a tenth of its step: 2.1 of 3 are there, 70 %."""
    tenth_w = STANDBY_W + STEP_W // 10 + 1
    assert load_permille(beside(pool(2), 1, tenth_w, dispatched=False)) == 700
    assert load_permille(beside(pool(2), 1, tenth_w, dispatched=True)) == 1_000


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
