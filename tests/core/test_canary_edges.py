"""What is held against a canary and what is not, at the edges of what it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.core.canary.judging import judged
from controller.core.canary.proven import barred
from controller.model.fleet import OFF, Stage
from controller.model.remembered import CanaryStage
from controller.model.seen import Snapshot, State
from tests.core.cases.sites import CURVES, NOW
from tests.core.test_canary_judged import (
    BACK_SHOWN,
    FIRMWARE,
    OFF_SHOWN,
    RETURNS,
    RUNS,
    SITE_OF,
    STANDS,
    WAIVER,
    after,
    motion,
    stage_after,
)

LATE = replace(RETURNS, told_at=NOW - timedelta(seconds=201))
STOOD_OFF = replace(RETURNS, level=OFF, power_w=25)
STOOD_LOW = replace(RETURNS, level="340MHz", power_w=1_414)


def test_what_could_not_wait_is_of_no_interest_once_a_person_vouches() -> None:
    vouched = replace(SITE_OF, pacing=replace(SITE_OF.pacing, known_firmware=(FIRMWARE,)))
    look = Snapshot(now=NOW, site=vouched, fleet_known=True)
    assert judged(look, State(waivers={FIRMWARE: WAIVER}), {}).waivers == {}


def test_what_is_proven_is_kept_in_order() -> None:
    known = tuple(f"0.{number}" for number in range(9))
    state = State(canaries={FIRMWARE: RETURNS}, proven_firmware=known)
    look = Snapshot(now=NOW, site=SITE_OF, curves=CURVES, canaries={"a1": RUNS}, fleet_known=True)
    assert judged(look, state, {"a1": BACK_SHOWN}).proven_firmware == (*known, FIRMWARE)


def test_a_stop_that_it_ignores_on_its_way_back_does_not_bar_its_firmware() -> None:
    assert after(RETURNS, RUNS, motion(OFF, Stage.FAILED)).canaries == {FIRMWARE: RETURNS}


def test_of_one_that_stood_still_its_watts_say_nothing() -> None:
    found = after(STOOD_OFF, replace(STANDS, power_w=40), OFF_SHOWN)
    assert found.proven_firmware == (FIRMWARE,)


@pytest.mark.parametrize(("before_w", "after_w"), [(2_000, 2_240), (2_240, 2_000)])
def test_its_power_may_be_off_by_twelve_percent_and_no_watt_more(
    before_w: int, after_w: int
) -> None:
    canary = replace(LATE, power_w=before_w)
    assert after(canary, replace(RUNS, power_w=after_w), BACK_SHOWN).canaries == {}
    further_w = after_w + (1 if after_w > before_w else -1)
    assert barred(after(canary, replace(RUNS, power_w=further_w), BACK_SHOWN)) == {FIRMWARE}


def test_one_that_woke_by_itself_has_still_to_be_told_before_its_power_bars_it() -> None:
    untold = replace(RETURNS, told_at=None)
    assert stage_after(untold, replace(RUNS, power_w=2_400)) is CanaryStage.RETURNING


def test_a_higher_level_that_a_person_allows_is_not_where_it_returns_to() -> None:
    low = replace(RUNS, level="340MHz", power_w=1_414, ceiling="default")
    shown = motion("340MHz", Stage.CONFIRMED)
    assert after(STOOD_LOW, low, shown).proven_firmware == (FIRMWARE,)


def test_one_that_stood_still_is_back_though_a_person_allows_no_more() -> None:
    capped = replace(STANDS, ceiling=OFF)
    assert after(STOOD_OFF, capped, OFF_SHOWN).proven_firmware == (FIRMWARE,)


def test_where_a_curve_is_not_known_any_more_it_is_back_where_it_stood() -> None:
    strange = replace(RUNS, curve="none", ceiling="340MHz")
    assert after(RETURNS, strange, BACK_SHOWN).proven_firmware == (FIRMWARE,)
