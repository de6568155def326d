"""Each dispatch in force is a limit of its own, and together they count no kW twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from controller.core.limits.by_dispatch import dispatch_limits, limits_of
from controller.model.grid import SITE, Dispatch, Limit, OptOut
from controller.model.seen import Snapshot
from controller.model.site import Group, Program, Site
from controller.reasons import Reason
from tests.core.contracts import NOW, dispatch, program, weighed

KEPT = {"a": program(), "b": program(), "sos": program(emergency=True)}


def kw(*dispatches: Dispatch, **programs: Program) -> dict[str, int]:
    found = limits_of(list(dispatches), KEPT | programs)
    return {one.source: one.limit_w for one in found}


def costs(*dispatches: Dispatch, **programs: Program) -> dict[str, tuple[int, Any]]:
    found = limits_of(list(dispatches), KEPT | programs)
    return {one.source: (one.limit_w, one.surcharge_per_mwh) for one in found}


def test_a_limit_says_of_which_dispatch_it_comes_and_until_when() -> None:
    end = NOW + timedelta(hours=1)
    (limit,) = limits_of([dispatch("e-1", 40_000)], KEPT)
    assert limit == Limit(
        scope=SITE,
        limit_w=40_000,
        source="e-1",
        reason=Reason.DISPATCH,
        until=end,
        dispatch="e-1",
    )


def test_of_an_emergency_program_it_is_an_emergency() -> None:
    found = limits_of([dispatch("e-1", 1, program="sos"), dispatch("e-2", 2)], KEPT)
    assert [one.reason for one in found] == [Reason.EMERGENCY, Reason.DISPATCH]


def test_reductions_of_two_programs_lie_below_each_other() -> None:
    both = (dispatch("e-2", 80, 100), dispatch("e-1", 70, 100, "b"))
    assert kw(*both) == {"e-2": 80, "e-1": 50}
    assert kw(*both[::-1]) == {"e-2": 80, "e-1": 50}


def test_of_one_program_each_limits_by_itself() -> None:
    assert kw(dispatch("e-1", 80, 100), dispatch("e-2", 70, 100)) == {"e-1": 80, "e-2": 70}


def test_a_cap_limits_by_itself() -> None:
    assert kw(dispatch("e-1", 80, 100), dispatch("e-2", 60, program="b")) == {"e-1": 80, "e-2": 60}


def test_a_cap_that_is_counted_from_a_reference_is_a_reduction() -> None:
    found = kw(dispatch("e-1", 80, 100), dispatch("e-2", 60, 100, "b"))
    assert found == {"e-1": 80, "e-2": 40}


def test_one_of_a_program_that_is_gone_is_kept() -> None:
    found = limits_of([dispatch("e-1", 80, 100, "gone")], KEPT)
    assert [(one.limit_w, one.surcharge_per_mwh) for one in found] == [(80, None)]


def test_what_is_weighed_bears_its_penalty() -> None:
    assert costs(dispatch("e-1", 40, program="f"), f=weighed(90)) == {"e-1": (40, Decimal(90))}


def test_what_is_kept_is_laid_down_first_so_that_it_holds_where_the_other_does_not() -> None:
    kept, money = dispatch("e-1", 80, 100), dispatch("e-2", 70, 110, "f")
    assert costs(kept, money, f=weighed(90)) == {"e-1": (80, None), "e-2": (50, Decimal(90))}


@pytest.mark.parametrize(("first", "second"), ["fg", "gf"])
def test_beyond_two_claims_only_the_dearest_penalty_is_due(first: str, second: str) -> None:
    dear, cheap = dispatch("e-1", 80, 100, first), dispatch("e-2", 70, 100, second)
    found = costs(dear, cheap, **{first: weighed(90), second: weighed(60)})
    assert found == {"e-1": (80, Decimal(30)), "e-2": (50, Decimal(60))}


def test_equal_penalties_are_due_once() -> None:
    one, other = dispatch("e-1", 80, 100, "g"), dispatch("e-2", 70, 100, "f")
    found = costs(one, other, f=weighed(60), g=weighed(60))
    assert found == {"e-2": (70, Decimal(0)), "e-1": (50, Decimal(60))}


def test_caps_that_are_weighed_each_bear_their_own() -> None:
    one, other = dispatch("e-1", 80, program="f"), dispatch("e-2", 70, program="g")
    found = costs(one, other, f=weighed(90), g=weighed(60))
    assert found == {"e-1": (80, Decimal(90)), "e-2": (70, Decimal(60))}


def test_of_a_cap_and_a_claim_that_come_to_the_same_the_claim_bears_it() -> None:
    """Whatever they are called. So above both programs' claims the dearest penalty is due once."""
    for cap, claim in (("e-1", "e-2"), ("e-2", "e-1")):
        dear = dispatch(cap, 80, program="f"), dispatch(claim, 80, 100, "f")
        cheap = dispatch("e-3", 70, 100, "g")
        assert costs(*dear, cheap, f=weighed(90), g=weighed(60)) == {
            cap: (80, Decimal(0)),
            claim: (80, Decimal(30)),
            "e-3": (50, Decimal(60)),
        }


def test_of_equal_caps_of_a_program_the_first_by_name_bears_it() -> None:
    two = dispatch("e-2", 80, program="f"), dispatch("e-1", 80, program="f")
    bearing = {"e-1": (80, Decimal(90)), "e-2": (80, Decimal(0))}
    assert costs(*two, f=weighed(90)) == costs(*two[::-1], f=weighed(90)) == bearing


@pytest.mark.parametrize("lower", [dispatch("e-2", 60, program="f"), dispatch("e-2", 60, 99, "f")])
def test_a_program_bears_its_penalty_once(lower: Dispatch) -> None:
    found = costs(dispatch("e-1", 80, 100, "f"), lower, f=weighed(90))
    assert found == {"e-1": (80, Decimal(0)), "e-2": (60, Decimal(90))}


OUT = OptOut(person="Ada", why="a reason", penalty=Decimal(1), at=NOW)


@pytest.mark.parametrize(
    ("changes", "limits"),
    [
        ({}, 1),
        ({"start": NOW + timedelta(seconds=1)}, 0),
        ({"end": NOW + timedelta(seconds=1)}, 1),
        ({"end": NOW}, 0),
        ({"end": None}, 1),
        ({"cancelled": True}, 0),
        ({"opted_out": OUT}, 0),
        ({"asks_nothing": True}, 0),
    ],
)
def test_only_what_is_in_force_limits(changes: dict[str, Any], limits: int) -> None:
    site = Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=1000,
        groups={"north": Group()},
        programs={"a": program()},
    )
    start = {"start": NOW - timedelta(hours=1)} | changes
    known = {"e": dispatch("e", 40, **start)}
    assert len(dispatch_limits(Snapshot(now=NOW, site=site, dispatches=known))) == limits
