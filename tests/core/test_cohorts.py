"""Who is alike stands in one cohort, and can be taken out of it again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from controller.core.pools.cohorts import cohorts, without
from controller.model.fleet import CUT, OFF, Cohort, EvidenceGrade, MinerSeen, Standing

OUTLET, METER = EvidenceGrade.OUTLET, EvidenceGrade.GROUP_METER
REPORT, INFERRED = EvidenceGrade.SELF_REPORT, EvidenceGrade.INFERRED
ONE = MinerSeen(group="a", curve="three", level="default", power_w=2_800)


def of(power_w: int, *members: str) -> Cohort:
    return Cohort(
        group="a",
        curve="three",
        level="default",
        standing=Standing.PRESENT,
        members=members,
        power_w=power_w,
    )


def test_a_cohort_names_its_members_sorted_and_counts_them_together() -> None:
    found = cohorts({"m2": ONE, "m1": replace(ONE, power_w=2_790)})
    assert found == {"a/three/default/present": of(5_590, "m1", "m2")}


def test_who_is_allowed_less_stands_apart() -> None:
    found = cohorts({"m1": ONE, "m2": replace(ONE, ceiling="340MHz"), "m3": ONE})
    assert found == {
        "a/three/default/present": of(5_600, "m1", "m3"),
        "a/three/default/present/at most 340MHz": replace(of(2_800, "m2"), ceiling="340MHz"),
    }


@pytest.mark.parametrize(
    ("grades", "worst"),
    [
        ((OUTLET, METER), METER),
        ((REPORT, METER), REPORT),
        ((OUTLET, INFERRED, REPORT), INFERRED),
    ],
)
def test_a_cohort_is_known_as_badly_as_the_worst_of_it(
    grades: tuple[EvidenceGrade, ...], worst: EvidenceGrade
) -> None:
    miners = {f"m{n}": replace(ONE, grade=grade) for n, grade in enumerate(grades)}
    assert [one.grade for one in cohorts(miners).values()] == [worst]


@pytest.mark.parametrize(
    ("power_w", "taken", "each_w", "left_w"),
    [
        (100, ("m1",), 25, 75),
        (101, ("m1", "m4"), 26, 49),
        # 3 × 2 W are more than there is
        (5, ("m1", "m2", "m3"), 2, 0),
    ],
)
def test_who_is_taken_out_takes_the_mean_rounded_up(
    power_w: int, taken: tuple[str, ...], each_w: int, left_w: int
) -> None:
    everyone, others = ("m1", "m2", "m3", "m4"), {"other": of(2_800, "o1")}
    left, apart = without({"it": of(power_w, *everyone), **others}, taken)
    assert apart == {name: replace(ONE, power_w=each_w) for name in taken}
    kept = tuple(name for name in everyone if name not in taken)
    assert left == {"it": of(left_w, *kept), **others}


@pytest.mark.parametrize(
    "miner",
    [
        ONE,
        replace(ONE, locked=True),
        replace(ONE, reachable=False, level=""),
        replace(ONE, level=OFF, power_w=25, ceiling="340MHz"),
        replace(ONE, level=CUT, power_w=0, grade=OUTLET),
    ],
)
def test_a_cohort_all_of_whom_are_taken_out_is_gone_and_they_are_as_they_were(
    miner: MinerSeen,
) -> None:
    everyone = {"m1": miner, "m2": miner}
    assert without(cohorts(everyone), everyone) == ({}, everyone)
