"""Where a gain comes from, worked out by hand on a MW that breaks even at 100."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from controller.backtest.report.spans import Span
from controller.backtest.study.gains import Gain, Gains, Past, gains
from controller.backtest.yardsticks.fixed import always_on
from controller.backtest.yardsticks.machine import Start
from controller.backtest.yardsticks.settlement import account, settle
from tests.backtest.yardsticks.histories import machine, market

FIRST, SECOND = date(2022, 3, 1), date(2022, 3, 2)
HALVES = [50.0, 1_300, 200, 140, 90, 90, 90, 90]
"""Half hours of two days, four of each."""
ON_OFF = bytes([1, 0, 0, 0, 0, 1, 1, 1])
"""It stands still for a half hour too long."""


def worked_out(path: Sequence[int] = ON_OFF) -> dict[str, Gains]:
    """A start loses a quarter of an hour of hash, and 2 by wear."""
    at = machine(start=Start(lost_h=0.25, wear_per_mw=2))
    paid, days = market(HALVES), [FIRST] * 4 + [SECOND] * 4
    past = Past(at, paid, days, hours=[0, 0, 1, 1, 2, 2, 3, 3])
    flows, on = settle(at, paid, path), settle(at, paid, always_on(at, paid))
    accounts = {name: account(name, each, on, days) for name, each in (("me", flows), ("on", on))}
    accounts["always_on"] = accounts["on"]
    spans = [Span("both", (FIRST, SECOND), whole=True), Span("first", (FIRST,), whole=False)]
    return gains(past, {"me": flows.energy_mwh}, accounts, spans)


def mine(name: str = "both") -> Gain:
    return worked_out()[name].ways["me"]


def test_gain_is_split_by_price_over_break_even() -> None:
    """Off saves half a MWh a half hour: 600 at 1,300, 50 at 200, 20 at 140, and loses 5 at 90."""
    assert mine().by_class == pytest.approx((-5, 20, 50, 0, 600))
    assert mine("first").by_class == pytest.approx((0, 20, 50, 0, 600))


def test_what_starts_cost_is_what_is_missing_in_the_profit() -> None:
    """The hash of a quarter of an hour is worth 25, and one MW is started."""
    assert mine().starts == 1
    assert mine().wear == pytest.approx(2)
    assert mine().starting == pytest.approx(25 + 2)
    assert mine().net == pytest.approx(665 - 27)


def test_no_start_costs_nothing() -> None:
    assert mine("first").starting == pytest.approx(0)


def test_the_best_hours_and_the_best_week_are_found() -> None:
    """Hours gain 600, 70, −5 and 0, the two days 670 and −5; a week holds them both."""
    assert mine().best_hours == pytest.approx((665, 665))
    assert mine().best_week == pytest.approx(665)


def test_what_was_there_is_what_foresight_gains_without_starts() -> None:
    both = worked_out()["both"]
    assert both.there == pytest.approx((0, 20, 50, 0, 600))
    assert both.hours == pytest.approx((2.5, 0.5, 0.5, 0, 0.5))


def test_prices_and_break_even_are_means_of_the_days() -> None:
    found = worked_out()["first"]
    assert found.price == pytest.approx((50 + 1_300 + 200 + 140) / 4)
    assert found.break_even == pytest.approx(100)


def test_always_on_gains_nothing() -> None:
    own = worked_out(bytes([1]) * 8)["both"].ways["me"]
    assert (own.gross, own.net, own.starting) == pytest.approx((0, 0, 0))
