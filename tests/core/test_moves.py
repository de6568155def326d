"""Who of equal miners moves: the same ones however they were gathered into cohorts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.core.decide import decide
from controller.model.fleet import CUT, OFF, Cohort, Command, Standing
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Site
from tests.core.cases.sites import CURVES, NOW

FULL_W, OFF_W = 2_794, 25
NAMES = tuple(f"m{number:02}" for number in range(20))


def cohort(level: str, members: tuple[str, ...], each_w: int) -> Cohort:
    return Cohort(
        group="a",
        curve="plain",
        level=level,
        standing=Standing.PRESENT,
        members=members,
        power_w=len(members) * each_w,
    )


def told(limit_w: int, *cohorts: Cohort) -> tuple[Command, ...]:
    """By a site that may draw so much, at a price at which all would run."""
    seen = Snapshot(
        now=NOW,
        site=Site(
            id="s",
            currency="USD",
            zone="UTC",
            import_limit_w=limit_w,
            headroom=Decimal(0),
            groups={"a": Group()},
        ),
        price_per_mwh=Fresh(value=Decimal(30), at=NOW),
        hashprice_per_ph_day=Fresh(value=Decimal(60), at=NOW),
        meters_w={SITE: Fresh(value=0, at=NOW)},
        curves=CURVES,
        cohorts={f"a/{number}": one for number, one in enumerate(cohorts)},
        fleet_known=True,
    )
    return decide(seen, State())[0].commands


@pytest.mark.parametrize(("level", "each_w"), [("default", FULL_W), (OFF, OFF_W)])
@given(first=st.sets(st.sampled_from(NAMES)), many=st.integers(0, 20))
def test_splitting_a_cohort_picks_the_same_miners(
    level: str, each_w: int, first: set[str], many: int
) -> None:
    limit_w = many * FULL_W + (20 - many) * OFF_W
    parts = (tuple(sorted(first)), tuple(sorted({*NAMES} - first)))
    split = [cohort(level, members, each_w) for members in parts if members]
    assert told(limit_w, *split) == told(limit_w, cohort(level, NAMES, each_w))


def test_equals_count_with_what_they_draw_on_average_however_they_were_gathered() -> None:
    """Five that draw 3,000 W and five of 2,800: 2,900 each, whoever is told."""
    split = (cohort("default", NAMES[:5], 3_000), cohort("default", NAMES[5:10], 2_800))
    whole = cohort("default", NAMES[:10], 2_900)
    assert told(20_000, *split) == told(20_000, whole)


def test_who_is_off_starts_and_whose_switch_is_open_starts_too() -> None:
    commands = told(1_000_000, cohort(CUT, NAMES[:2], 0), cohort(OFF, NAMES[2:4], OFF_W))
    assert {one.miner for one in commands} == {*NAMES[:4]}
    assert {one.level for one in commands} == {"default"}
