"""What the plots are drawn from: which days, which order, and how many marks."""

from __future__ import annotations

from array import array
from dataclasses import replace
from datetime import date, timedelta

from controller.backtest.report.page.drawing import POINTS, thinned
from controller.backtest.report.page.duration import by_price
from controller.backtest.report.page.marks import marks
from controller.backtest.report.page.months import cut_at
from controller.backtest.report.page.single_days import best_days, worst_days
from controller.backtest.report.result import Result
from tests.backtest.report.made import accounts, days_from, result_of

DAYS = days_from(date(2022, 1, 1), 10)


def result() -> Result:
    """Always on earns 100 a day; curtaild as many more as the day of the month, and on the second
    falls 500 short of foresight, elsewhere 10."""

    def profit(name: str, day: date) -> float:
        own = 100.0 + day.day * (name in {"curtaild", "perfect"})
        return own + (name == "perfect") * (500.0 if day.day == 2 else 10.0)

    return result_of(accounts(DAYS, profit))


def test_the_best_days_are_those_gained_most_on() -> None:
    svg = best_days(result()).svg
    places = [svg.index(f"2022-01-{day:02}: +{day}.00 $") for day in (10, 9, 8)]
    assert places == sorted(places)
    assert "2022-01-07" not in svg


def test_the_worst_days_are_those_furthest_from_foresight() -> None:
    svg = worst_days(result()).svg
    assert "2022-01-02: −500 $" in svg
    assert "2022-01-01: −10.00 $" in svg
    assert "2022-01-03: −10.00 $" in svg
    assert "2022-01-04" not in svg


def test_a_day_without_prices_is_not_drawn() -> None:
    whole = result()
    cut = replace(whole, price=whole.price.part(0, 9 * 24), load_kw=whole.load_kw[: 9 * 24])
    assert "2022-01-10" not in best_days(cut).svg


def test_a_local_day_has_as_many_hours_as_it_has() -> None:
    days = days_from(date(2022, 3, 12), 3)
    found = result_of(accounts(days, lambda *_: 0.0))
    assert [len(found.intervals(day)) for day in days] == [24, 23, 24]
    assert found.intervals(days[1]) == range(24, 47)


def test_load_goes_along_with_its_price() -> None:
    whole = result()
    price = replace(whole.price, values=array("f", [20, -5, 900]))
    ranked = by_price(replace(whole, price=price, load_kw=array("f", [1, 2, 0])))
    assert list(ranked.prices) == [900, 20, -5]
    assert list(ranked.loads_kw) == [0, 1, 2]
    assert list(ranked.dearest(0.01).prices) == [900]


def test_a_bar_that_would_flatten_all_others_is_cut() -> None:
    usual = [float(each) for each in range(81, 101)]
    assert cut_at(usual) == 100
    assert cut_at([*usual, -250.0]) == 250
    assert 100 < cut_at([*usual, -9_000.0]) < 200
    assert cut_at([0.0, 0.0]) == 0


def test_long_lines_are_thinned_and_keep_their_ends() -> None:
    assert thinned(3) == [0, 1, 2]
    places = thinned(100_000)
    assert len(places) == POINTS
    assert (places[0], places[-1]) == (0, 99_999)


def test_marks_are_few_and_name_their_year() -> None:
    for count in (1, 2, 30, 101, 102, 365, 1_095, 9_000):
        days = (DAYS[0], DAYS[0] + timedelta(days=count - 1))
        places, labels = marks(days)
        assert 2 <= len(places) <= 14, count
        assert len(places) == len(labels)
        assert labels[0].endswith("\n2022")
        assert DAYS[0].toordinal() <= places[0] < places[-1] <= DAYS[0].toordinal() + count
