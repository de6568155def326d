"""What is remembered of each level: what those drew that last ran there."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from controller.core.pools.shown_levels import level_permille
from controller.model.fleet import OFF, EvidenceGrade, Stage
from tests.core.test_pooling import KEY, LOW, LOW_W, TOP, TOP_W, at, mover, pools, says_off


def shown(*held: object, before: dict[str, dict[str, int]] | None = None) -> object:
    return level_permille(pools(*held).values(), before or {})  # type: ignore[arg-type]


def test_each_level_by_those_that_run_there() -> None:
    assert shown(at(LOW, 4, LOW_W * 11 // 10), at(TOP, 1, TOP_W + 1)) == {
        KEY: {LOW: 1_100, TOP: 1_001}
    }


def test_those_under_a_ceiling_are_the_same_machines() -> None:
    """Three draw a tenth more and one draws two tenths more."""
    held = at(LOW, 3, LOW_W * 11 // 10), at(LOW, 1, LOW_W * 12 // 10, ceiling=TOP)
    assert shown(*held) == {KEY: {LOW: 1_125}}


def test_a_level_that_all_have_left_is_remembered_and_one_where_some_run_is_known_anew() -> None:
    before = {KEY: {LOW: 1_050, TOP: 1_020}, "elsewhere/three": {TOP: 1_030}}
    assert shown(at(TOP, 1), at(OFF, 3), before=before) == {
        KEY: {LOW: 1_050, TOP: 1_000},
        "elsewhere/three": {TOP: 1_030},
    }
    assert shown(at(OFF, 3), before=before) == before


def test_who_is_off_shows_nothing_of_it() -> None:
    assert shown(at(OFF, 3, 500)) == {}
    unproven = pools(movers={"m": says_off()}).values()
    assert level_permille(unproven, {}) == {}


@pytest.mark.parametrize(("proven_w", "found"), [(LOW_W, {KEY: {LOW: 1_000}}), (TOP_W, {})])
def test_who_only_says_that_it_came_down_shows_nothing_of_it(
    proven_w: int, found: dict[str, dict[str, int]]
) -> None:
    """It counts in full, which is not what is drawn at that level."""
    stage = Stage.FAILED if proven_w == TOP_W else Stage.CONFIRMED
    one = mover(LOW, TOP, stage, shows=LOW, grade=EvidenceGrade.INFERRED)
    one = one._replace(motion=replace(one.motion, proven_w=proven_w))
    assert level_permille(pools(movers={"m": one}).values(), {}) == found


def test_who_draws_less_than_its_level_says_is_reckoned_with_as_much() -> None:
    assert shown(at(TOP, 2, TOP_W // 2)) == {KEY: {TOP: 1_000}}
