"""What opting out costs, by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from controller.core.dispatches.penalty import Penalty, not_shed_w, penalty
from controller.model.grid import Dispatch
from controller.model.site import Group, Program, Site
from tests.core.contracts import NOW, dispatch, program

SITE = Site(id="s", currency="USD", zone="UTC", import_limit_w=200_000, groups={"north": Group()})
TERMS: dict[str, Any] = {
    "penalty_per_mwh": Decimal(400),
    "penalty_per_dispatch": Decimal(250),
    "may_opt_out": True,
}
BY_50_KW = dispatch("e-1", 100_000, 150_000)


def shown(
    one: Dispatch = BY_50_KW, contract: Program | None = None, now: datetime = NOW
) -> Penalty:
    return penalty(one, contract or program(**TERMS), SITE, now)


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_it_is_the_dispatch_and_the_power_for_the_hours_that_are_left() -> None:
    """250 + 400 x 0.05 MW x 1 h = 270."""
    assert shown() == Penalty(
        dispatch="e-1",
        version=1,
        currency="USD",
        amount=Decimal("270.00"),
        per_dispatch=Decimal(250),
        per_mwh=Decimal(400),
        not_shed_w=50_000,
        per_hour=Decimal("20.00"),
        hours=Decimal(1),
        until=after(60),
        stands_until=after(15),
    )


@pytest.mark.parametrize(
    ("minutes", "amount", "stands"),
    [
        (-30, 270, 15),
        (0.1, 270, 15),
        (15, 265, 30),
        (44.9, 260, 45),
        (45, 255, 60),
        (59.9, 255, 60),
    ],
)
def test_it_falls_with_every_quarter_that_is_over(
    minutes: float, amount: int, stands: float
) -> None:
    found = shown(now=after(minutes))
    assert (found.amount, found.stands_until) == (Decimal(amount), after(stands))


def test_money_is_in_started_cents() -> None:
    """0.01 x 0.05 MW x 1 h = 0.0005."""
    found = shown(contract=program(penalty_per_mwh=Decimal("0.01")))
    assert found.amount == Decimal("0.01")


def test_the_price_is_for_a_whole_megawatt_hour() -> None:
    """1,000 x 100 MW x 1 h = 100,000."""
    found = shown(dispatch("e-1", 0, 100_000_000), program(penalty_per_mwh=Decimal(1_000)))
    assert (found.per_hour, found.amount) == (Decimal(100_000), Decimal(100_000))


def test_its_own_end_counts_before_the_longest_that_its_program_may_ask() -> None:
    found = shown(contract=program(**TERMS, longest_s=4 * 3600))
    assert (found.amount, found.until) == (Decimal(270), after(60))


def test_an_open_dispatch_lasts_as_long_as_its_program_may_ask() -> None:
    """250 + 400 x 0.05 x 4 = 330."""
    one = dispatch("e-1", 100_000, 150_000, end=None)
    found = shown(one, program(**TERMS, longest_s=4 * 3600))
    assert (found.amount, found.until, found.hours) == (Decimal(330), after(240), Decimal(4))
    late = shown(one, program(**TERMS, longest_s=4 * 3600), after(300))
    assert (late.amount, late.hours, late.stands_until) == (Decimal(250), Decimal(0), None)


def test_an_open_one_without_a_longest_duration_has_no_whole_penalty() -> None:
    found = shown(dispatch("e-1", 100_000, 150_000, end=None))
    assert (found.amount, found.per_hour, found.hours) == (None, Decimal(20), None)
    assert (found.until, found.stands_until) == (None, None)


def test_where_power_costs_nothing_it_is_the_dispatch_alone() -> None:
    terms = {"penalty_per_dispatch": Decimal(250)}
    for end in (None, after(60)):
        found = shown(dispatch("e-1", 1, 2, end=end), program(**terms))
        assert (found.amount, found.stands_until) == (Decimal(250), None)


@pytest.mark.parametrize(
    ("one", "missing_w"),
    [
        (dispatch("e", 100_000, 150_000), 50_000),
        (dispatch("e", 150_000, 100_000), 0),
        (dispatch("e", 40_000), 160_000),
        (dispatch("e", 250_000), 0),
        (dispatch("e", 40_000, floor_w=40_000), 160_000),
        (dispatch("e", 150_000, floor_w=150_000), 150_000),
    ],
)
def test_what_may_be_missing(one: Dispatch, missing_w: int) -> None:
    assert not_shed_w(one, SITE) == missing_w
