"""What other programs have taken off the meter when a reference is frozen: claimed, shown by the
meter, and kept off by the last decision."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.dispatches.acceptance import judge
from controller.core.limits.claims import claims_of, kept_off_w, stacked
from controller.core.obedience.learned import BEYOND_S
from controller.model.grid import Dispatch
from controller.model.plan import Curtailed, Mode, Plan
from controller.model.quality import Fresh
from controller.reasons import Reason
from tests.core.dispatches import NOW, SITE, at, by_kw, sent
from tests.core.test_dispatch_targets import OUT

TWO = replace(SITE, programs={**SITE.programs, "other": SITE.programs["ers"]})


def taken(
    shown_w: int, kept_off_w: int | None, *known: Dispatch, program: str = "other"
) -> Dispatch:
    """'15 kW less than now', sent while the meter shows this."""
    found = judge(
        sent(id="o-1", program=program, start=at(0), target=by_kw(15)),
        "grid",
        site=TWO,
        known={one.id: one for one in known},
        now=NOW,
        power_w=Fresh(value=shown_w, at=NOW),
        kept_off_w=kept_off_w,
    )
    assert isinstance(found, Dispatch), found
    return found


def test_what_a_plan_keeps_off_is_what_is_proven_and_what_is_on_its_way_down() -> None:
    """Of 100 kW counted 88 are the target: 12 go. 30 and 5 are off by dispatches; what money keeps
    off is none of theirs."""
    off = {Reason.DISPATCH: 30_000, Reason.EMERGENCY: 5_000, Reason.UNPROFITABLE: 7_000}
    plan = Plan(
        at=NOW,
        mode=Mode.NORMAL,
        target_w=88_000,
        expected_w=100_000,
        limit_w=90_000,
        curtailed={why: Curtailed(power_w=w, hashrate_ths=Decimal(0)) for why, w in off.items()},
    )
    assert kept_off_w(plan) == 47_000
    rising = replace(plan, target_w=100_001)
    assert kept_off_w(rising) == 35_000
    assert kept_off_w(replace(rising, curtailed={})) == 0


def reduction(start_minute: float = -1, reference: str = "contract") -> Dispatch:
    """20 kW off 180 by contract, or off what is shown."""
    found = judge(
        sent(start=at(start_minute), target=by_kw(20, reference)),
        "grid",
        site=TWO,
        known={},
        now=NOW,
        power_w=Fresh(value=93_000, at=NOW),
    )
    assert isinstance(found, Dispatch), found
    return found


def test_a_claim_above_what_runs_has_taken_nothing() -> None:
    """20 kW off 180 leaves 160 to a site that draws 93: "15 less than now" is 78, not 98."""
    found = taken(93_000, 0, reduction())
    assert (found.reference_w, found.limit_w) == (93_000, 78_000)


@pytest.mark.parametrize(
    ("shown_w", "kept_off_w", "reference_w"),
    [
        (160_000, 10_000, 170_000),  # 170 would run
        (160_000, 9_999, 169_999),
        (160_000, 25_000, 180_000),  # no more than is claimed
        (175_000, 20_000, 180_000),  # no more than the meter has come down
        (160_000, None, 180_000),  # nothing was decided yet
    ],
)
def test_the_least_of_claim_meter_and_what_is_kept_off_is_added(
    shown_w: int, kept_off_w: int | None, reference_w: int
) -> None:
    assert taken(shown_w, kept_off_w, reduction()).reference_w == reference_w


@pytest.mark.parametrize(("minutes", "reference_w"), [(2, 92_000), (BEYOND_S / 60, 92_000)])
def test_what_went_ahead_of_a_start_is_added(minutes: float, reference_w: int) -> None:
    """20 kW off 93 from 19:02 on, told ahead; the meter shows 72. Together they leave 58."""
    ahead = reduction(minutes, "now")
    found = taken(72_000, 21_000, ahead)
    assert found.reference_w == reference_w
    stack = stacked(claims_of([ahead, found]))
    assert stack is not None
    assert stack.limit_w == 58_000
    assert taken(72_000, 21_000, ahead, program="ers").reference_w == 72_000


@pytest.mark.parametrize("minutes", [2, BEYOND_S / 60 + 1])
@pytest.mark.parametrize("change", [{"opted_out": OUT}, {"cancelled": True}, {}])
def test_nothing_is_ahead_of_what_is_far_off_or_asks_for_nothing(
    minutes: float, change: dict[str, Any]
) -> None:
    one = replace(reduction(minutes, "now"), **change)
    known = minutes > 2 or bool(change)
    assert taken(72_000, 21_000 if known else None, one).reference_w == 72_000
