"""Figures of a part, their intervals, and the year of the storm with and without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

import pytest

from controller.backtest.report.result import Result
from controller.backtest.report.summary import Figure, Part, monthly, summarise
from tests.backtest.report.made import accounts, days_from, result_of

FIRST = date(2022, 1, 1)
STORM = days_from(date(2021, 2, 13), 8)


def by_chance(count: int, seed: int = 1) -> Result:
    """Independent days: always on earns about 100 each, curtaild 30 more, foresight 40 more."""
    chance = Random(seed)
    floor = {day: chance.gauss(100, 30) for day in days_from(FIRST, count)}
    gains = {day: chance.gauss(30, 10) for day in floor}
    more: dict[str, Callable[[date], float]] = {
        "curtaild": lambda day: gains[day],
        "perfect": lambda day: gains[day] + 10,
    }
    none: Callable[[date], float] = lambda _: 0.0  # noqa: E731
    return result_of(accounts(floor, lambda name, day: floor[day] + more.get(name, none)(day)))


def even(**profits: float) -> Result:
    """Four weeks in which each account earns the same every day; those not named, nothing."""
    days = days_from(FIRST, 28)
    return result_of(accounts(days, lambda name, _: profits.get(name, 0.0)))


def width(figure: Figure) -> float:
    assert figure.low is not None
    assert figure.high is not None
    return figure.high - figure.low


def named(result: Result) -> dict[str, Part]:
    return {part.name: part for part in summarise(result)}


def profit(part: Part, name: str = "curtaild") -> Figure:
    return part.accounts[name].profit


def test_sums_and_share() -> None:
    (whole,) = summarise(even(curtaild=13, always_on=10, off=0, perfect=14))
    own = whole.accounts["curtaild"]
    assert own.profit == Figure(13 * 28, 13 * 28, 13 * 28)
    assert own.energy_mwh.value == own.hours.value == own.starts.value == 28
    shares = {name: each.share for name, each in whole.accounts.items()}
    assert shares["curtaild"] == Figure(0.75, 0.75, 0.75)
    assert shares["always_on"] == Figure(0, 0, 0)
    assert shares["off"] == Figure(-2.5, -2.5, -2.5)
    assert shares["perfect"] == Figure(1, 1, 1)


def test_where_foresight_gains_nothing_there_is_no_share() -> None:
    (whole,) = summarise(even(curtaild=9, always_on=10, perfect=10))
    assert {each.share for each in whole.accounts.values()} == {None}


def test_a_resample_without_a_gain_to_share_is_left_out() -> None:
    """One week in four has all the gain: a third of the resamples do not have it."""
    days = days_from(FIRST, 28)
    gain = {"curtaild": 3.0, "perfect": 4.0}
    result = result_of(accounts(days, lambda name, day: gain.get(name, 0.0) * (day < days[7])))
    share = summarise(result)[0].accounts["curtaild"].share
    assert share == Figure(0.75, 0.75, 0.75)


def test_an_interval_lies_around_its_value_and_shrinks_with_more_weeks() -> None:
    short, long = (summarise(by_chance(7 * weeks))[0] for weeks in (13, 104))
    for part in (short, long):
        own = profit(part)
        assert own.low is not None
        assert own.high is not None
        assert own.low < own.value < own.high
    per_day = [width(profit(part)) / len(part.span.days) for part in (short, long)]
    assert per_day[1] < per_day[0] / 2
    shares = [part.accounts["curtaild"].share for part in (short, long)]
    assert shares[0] is not None
    assert shares[1] is not None
    assert width(shares[1]) < width(shares[0])


def test_an_interval_is_as_wide_as_theory_has_it() -> None:
    """728 independent days of standard deviation s: the sum's is s·√728, and 90 % lie within
    1.645 of it to either side."""
    result = by_chance(728)
    days = [day.profit for day in result.accounts["always_on"].days.values()]
    mean = sum(days) / len(days)
    deviation = (sum((each - mean) ** 2 for each in days)) ** 0.5
    found = width(profit(summarise(result)[0], "always_on"))
    assert found == pytest.approx(2 * 1.645 * deviation, rel=0.25)


def test_all_accounts_are_drawn_by_the_same_weeks() -> None:
    """Profits swing by far more than the share, which compares within the same weeks."""
    days = days_from(FIRST, 182)
    chance = Random(3)
    swing = {day: chance.gauss(0, 10_000) for day in days}
    more = {"curtaild": 3.0, "perfect": 4.0}
    result = result_of(accounts(days, lambda name, day: swing[day] + more.get(name, 0.0)))
    own = summarise(result)[0].accounts["curtaild"]
    assert width(own.profit) > 100_000
    assert own.share is not None
    assert (own.share.low, own.share.high) == pytest.approx((0.75, 0.75))


def test_the_same_history_gives_the_same_intervals() -> None:
    assert summarise(by_chance(100)) == summarise(by_chance(100))
    assert summarise(by_chance(100)) != summarise(by_chance(100, seed=2))


def test_a_short_last_week_counts_by_its_days() -> None:
    """365 equal days: whichever weeks are drawn, the year comes to the same."""
    result = result_of(accounts(days_from(FIRST, 365), lambda *_: 10.0))
    own = profit(summarise(result)[0])
    assert (own.low, own.high) == pytest.approx((3650, 3650))


def test_a_week_is_too_short_for_an_interval() -> None:
    result = result_of(accounts(days_from(FIRST, 7), lambda *_: 10.0))
    assert profit(summarise(result)[0]) == Figure(70, None, None)


def test_the_parts_of_one_year_and_of_several() -> None:
    def names(first: date, count: int) -> list[str]:
        return [
            part.name
            for part in summarise(result_of(accounts(days_from(first, count), lambda *_: 1.0)))
        ]

    assert names(FIRST, 30) == ["2022"]
    assert names(date(2021, 1, 1), 365) == ["2021", "2021 without 13–20 Feb"]
    assert names(date(2020, 12, 1), 426) == [
        "2020 to 2022",
        "2020 to 2022 without 13–20 Feb 2021",
        "2020",
        "2021",
        "2021 without 13–20 Feb",
        "2022",
    ]
    assert names(STORM[0], 8) == ["2021"]


def test_the_year_of_the_storm_stands_with_and_without_exactly_its_days() -> None:
    days = days_from(date(2021, 1, 1), 365)
    result = result_of(accounts(days, lambda _, day: float(day.toordinal())))
    parts = named(result)
    with_it, without = parts["2021"], parts["2021 without 13–20 Feb"]
    assert set(with_it.span.days) - set(without.span.days) == set(STORM)
    assert set(without.span.days) < set(with_it.span.days)
    assert not with_it.span.without_storm
    assert without.span.without_storm
    missing = profit(with_it).value - profit(without).value
    assert missing == sum(day.toordinal() for day in STORM)


def test_months_are_those_of_local_days() -> None:
    result = result_of(accounts(days_from(date(2022, 1, 30), 4), lambda _, day: float(day.day)))
    found = monthly(result.accounts["curtaild"])
    assert {month: day.profit for month, day in found.items()} == {"2022-01": 61, "2022-02": 3}
