"""Levels, set-points, caps that are counted, and references while other programs reduce."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.dispatches.acceptance import Refused, Repeated
from controller.model.grid import (
    Dispatch,
    Follow,
    OptOut,
    ReduceBy,
    ReduceTo,
    Reference,
    ReferenceKind,
    Target,
)
from controller.model.quality import Fresh, Missing, Observed
from controller.model.site import Program
from tests.core import dispatches
from tests.core.dispatches import NOW, at, by_kw, sent

REFERENCES = {
    "contract": Reference(kind=ReferenceKind.CONTRACTED, contracted_w=180_000),
    "now": Reference(kind=ReferenceKind.POWER_AT_ACCEPTANCE),
}
LEVELS: dict[str, Target] = {
    "1": ReduceBy(kw=Decimal(30), reference="contract"),
    "2": ReduceTo(kw=Decimal(60)),
    "3": Follow(kw=Decimal(10)),
    "4": ReduceBy(kw=Decimal(30), reference="now"),
}
GRADED = Program(
    authority="grid",
    allowed=("level", "follow_kw", "reduce_by_kw"),
    references=REFERENCES,
    levels=LEVELS,
    normal_levels=("0",),
)
COUNTED = Program(
    authority="grid", allowed=("reduce_to_kw",), references=REFERENCES, counted_from="contract"
)
SITE = replace(
    dispatches.SITE,
    programs={
        "ers": GRADED,
        "other": replace(GRADED, levels={}),
        "counted": COUNTED,
        "metered": replace(COUNTED, counted_from="now"),
    },
)


def judged(body: dict[str, Any], *known: Dispatch, **how: Any) -> Any:
    return dispatches.judged(body, *known, site=SITE, **how)


def accepted(body: dict[str, Any], *known: Dispatch, **how: Any) -> Dispatch:
    judgement = judged(body, *known, **how)
    assert isinstance(judgement, Dispatch), judgement
    return judgement


def level(name: str, **changes: Any) -> dict[str, Any]:
    return sent(target={"kind": "level", "level": name}, **changes)


def running(**changes: Any) -> dict[str, Any]:
    return sent(start=at(-1), end=at(60), **changes)


@pytest.mark.parametrize(
    ("name", "limit_w", "reference_w", "reference", "floor_w"),
    [
        ("1", 150_000, 180_000, "contract", None),
        ("2", 60_000, None, "", None),
        ("3", 10_000, None, "", 10_000),
        ("4", 170_000, 200_000, "now", None),
    ],
)
def test_a_level_asks_for_what_its_program_says(
    name: str, limit_w: int, reference_w: int | None, reference: str, floor_w: int | None
) -> None:
    found = accepted(level(name))
    assert (found.limit_w, found.reference_w, found.reference) == (limit_w, reference_w, reference)
    assert (found.floor_w, found.asks_nothing) == (floor_w, False)


def test_a_normal_level_asks_for_nothing_and_is_remembered() -> None:
    found = accepted(level("0", start=at(-1)))
    assert found.asks_nothing
    assert not found.in_force(NOW)
    assert not found.over(NOW)
    assert judged(level("0", start=at(-1)), found) == Repeated(dispatch=found)
    assert not accepted(level("2", version=2), found).asks_nothing


def test_an_unknown_level_is_refused_with_those_that_there_are() -> None:
    refused = judged(level("5"))
    assert isinstance(refused, Refused)
    assert refused.code == "not_allowed"
    assert "it has: 0, 1, 2, 3, 4" in refused.problem


def test_a_level_is_refused_where_the_program_has_none_to_ask_by() -> None:
    refused = judged(level("1", program="counted"))
    assert isinstance(refused, Refused)
    assert refused.code == "not_allowed"
    assert "it allows: reduce_to_kw" in refused.problem


def test_a_level_frozen_from_a_reference_keeps_it() -> None:
    first = accepted(level("4"))
    lower = Fresh(value=120_000, at=NOW)
    assert accepted(level("4", version=2), first, power_w=lower).reference_w == 200_000
    by_name = sent(version=2, target=by_kw(10, "now"))
    assert accepted(by_name, first, power_w=lower).limit_w == 190_000
    assert accepted(level("1", version=2), first, power_w=lower).reference_w == 180_000


def test_a_set_point_is_a_limit_and_a_floor() -> None:
    found = accepted(sent(target={"kind": "follow_kw", "kw": 90.5}))
    assert (found.limit_w, found.floor_w, found.reference_w) == (90_500, 90_500, None)
    moved = accepted(sent(version=2, target={"kind": "follow_kw", "kw": 110}), found)
    assert (moved.limit_w, moved.floor_w) == (110_000, 110_000)


@pytest.mark.parametrize("kw", [-1, "NaN", 10_000_001])
def test_a_set_point_has_to_be_a_power(kw: Any) -> None:
    refused = judged(sent(target={"kind": "follow_kw", "kw": kw}))
    assert isinstance(refused, Refused)
    assert refused.code == "malformed"


def test_a_counted_cap_keeps_what_it_is_counted_from() -> None:
    found = accepted(sent(program="counted"))
    assert (found.limit_w, found.reference_w, found.reference) == (40_000, 180_000, "contract")
    first = accepted(sent(program="metered"))
    lower = Fresh(value=40_000, at=NOW)
    again = accepted(sent(program="metered", version=2), first, power_w=lower)
    assert (again.limit_w, again.reference_w) == (40_000, 200_000)


def test_a_counted_cap_is_obeyed_without_a_meter_and_counts_none_then() -> None:
    found = accepted(sent(program="metered"), power_w=Missing(why="silent"))
    assert (found.limit_w, found.reference_w, found.reference) == (40_000, None, "")
    first = accepted(sent(program="metered"))
    again = accepted(sent(program="metered", version=2), first, power_w=Missing(why="silent"))
    assert again.reference_w == 200_000


def test_a_cap_that_is_counted_from_a_contract_needs_no_meter() -> None:
    found = accepted(sent(program="counted"), power_w=Missing(why="silent"))
    assert (found.limit_w, found.reference_w, found.reference) == (40_000, 180_000, "contract")


@pytest.mark.parametrize(
    ("shown_w", "reference_w"),
    [
        (200_000, 200_000),
        (180_000, 180_000),
        (170_000, 180_000),
        (150_000, 180_000),
        (90_000, 120_000),
    ],
)
def test_a_reference_is_what_the_meter_would_show_without_other_programs(
    shown_w: int, reference_w: int
) -> None:
    """Another program takes 30 kW off 180: at 150 kW the site would draw 180 without it."""
    other = accepted(running(id="o-1", program="other", target=by_kw(30, "contract")))
    power = Fresh(value=shown_w, at=NOW)
    found = accepted(sent(target=by_kw(20)), other, power_w=power)
    assert (found.reference_w, found.limit_w) == (reference_w, reference_w - 20_000)
    assert accepted(sent(target=by_kw(20, "contract")), other, power_w=power).limit_w == 160_000


OUT = OptOut(person="Ada", why="a reason", penalty=Decimal(0), at=NOW)


@pytest.mark.parametrize(
    "changes",
    [{"program": "ers"}, {"start": NOW + timedelta(seconds=1)}, {"opted_out": OUT}],
)
def test_its_own_program_and_what_is_not_in_force_take_nothing_off_it(
    changes: dict[str, Any],
) -> None:
    other = accepted(running(id="o-1", program="other", target=by_kw(30, "contract")))
    power = Fresh(value=150_000, at=NOW)
    found = accepted(sent(target=by_kw(20)), replace(other, **changes), power_w=power)
    assert found.reference_w == 150_000


@pytest.mark.parametrize("power_w", [Missing(why="silent")])
def test_a_silent_meter_is_still_refused(power_w: Observed[int]) -> None:
    refused = judged(level("4"), power_w=power_w)
    assert isinstance(refused, Refused)
    assert refused.code == "unknown_reference"


def test_a_cap_of_another_program_takes_nothing_off_a_reference() -> None:
    cap = accepted(running(id="o-1", target={"kind": "level", "level": "2"}))
    found = accepted(
        sent(program="other", target=by_kw(20)), cap, power_w=Fresh(value=60_000, at=NOW)
    )
    assert found.reference_w == 60_000


def test_a_newer_version_of_what_somebody_opted_out_of_is_obeyed_again() -> None:
    first = accepted(running(target=by_kw(5)))
    out = replace(first, opted_out=OUT)
    assert not out.in_force(NOW)
    assert judged(running(target=by_kw(5)), out) == Repeated(dispatch=out)
    again = accepted(running(version=2, target=by_kw(5)), out)
    assert again.in_force(NOW)
    assert again.opted_out is None
