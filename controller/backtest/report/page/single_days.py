"""Price and load through the days that went best and worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from controller.backtest.report.cells import number
from controller.backtest.report.page.colours import POWER, PRICE, SOFT
from controller.backtest.report.page.drawing import drawn, in_thousands
from controller.backtest.report.page.plot import Plot
from controller.backtest.report.result import CEILING, FLOOR, HOUSE, Result

SHOWN = 3


def best_days(result: Result) -> Plot:
    """Those on which most was gained over always on."""
    gains = differences(result, HOUSE, FLOOR)
    days = largest(gains, result)
    titles = [f"{day}: {_signed(gains[day])} {result.currency}" for day in days]
    return Plot(
        "The best days",
        _drawn("best", "Price and load on the best days", result, days, titles),
        "The days on which curtaild earned most more than always on, with that difference: look "
        "for load that goes where the price is high, and comes back after it.",
    )


def worst_days(result: Result) -> Plot:
    """Those on which perfect foresight would have gained most over what was done."""
    misses = differences(result, CEILING, HOUSE)
    days = largest(misses, result)
    titles = [f"{day}: {_signed(-misses[day])} {result.currency}" for day in days]
    return Plot(
        "The worst days",
        _drawn("worst", "Price and load on the worst days", result, days, titles),
        "The days on which curtaild fell furthest short of perfect foresight, with that "
        "difference: look for load that ran at a high price, or stayed off at a low one.",
    )


def differences(result: Result, above: str, below: str) -> dict[date, float]:
    """How much more one account earned than another, by day."""
    one, other = result.accounts[above].days, result.accounts[below].days
    return {day: one[day].profit - other[day].profit for day in result.days}


def largest(values: Mapping[date, float], result: Result) -> list[date]:
    """The days of the largest values, the largest first; of equal ones the earlier."""
    known = [day for day in values if result.intervals(day)]
    return sorted(known, key=lambda day: (-values[day], day))[:SHOWN]


def _signed(value: float) -> str:
    sign = "+" if value >= 0 else "−"
    return f"{sign}{number(abs(value), 0 if abs(value) >= 100 else 2)}"


def _drawn(
    name: str, label: str, result: Result, days: Sequence[date], titles: Sequence[str]
) -> str:
    most_kw = max(result.load_kw, default=0.0)

    def draw(figure: Figure) -> None:
        grid = figure.add_gridspec(2, SHOWN, height_ratios=(3, 2))
        for column, (day, title) in enumerate(zip(days, titles, strict=True)):
            upper = figure.add_subplot(grid[0, column])
            lower = figure.add_subplot(grid[1, column], sharex=upper)
            _price(upper, result, day, title)
            _load(lower, result, day, most_kw)
            if column == 0:
                upper.set_ylabel(f"price, {result.currency}/MWh")
                lower.set_ylabel("mean load, kW")

    return drawn(name, label, 3.9, draw)


def _price(axes: Axes, result: Result, day: date, title: str) -> None:
    places = result.intervals(day)
    values = result.price.values[places.start : places.stop]
    axes.stairs(values, _hours(result, places), baseline=None, color=PRICE, linewidth=1.5)
    axes.axhline(0, color=SOFT, linewidth=0.8)
    axes.set_title(title)
    axes.tick_params(labelbottom=False)
    in_thousands(axes)


def _load(axes: Axes, result: Result, day: date, most_kw: float) -> None:
    places = result.intervals(day)
    values = result.load_kw[places.start : places.stop]
    axes.stairs(values, _hours(result, places), fill=True, color=POWER, alpha=0.75, linewidth=0)
    axes.set_ylim(0, most_kw * 1.08 or 1)
    axes.set_xticks(range(0, 25, 6))
    axes.set_xlabel("hours since local midnight")
    in_thousands(axes)


def _hours(result: Result, places: range) -> list[float]:
    """The edges of a day's intervals: hours that have passed since its first."""
    return [place * result.price.minutes / 60 for place in range(len(places) + 1)]
