"""Profit by month of every way to run the site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from controller.backtest.report.cells import number
from controller.backtest.report.page.colours import OF_ACCOUNT, SOFT
from controller.backtest.report.page.drawing import drawn, in_thousands
from controller.backtest.report.page.marks import MONTHS
from controller.backtest.report.page.plot import Plot
from controller.backtest.report.result import Result, words
from controller.backtest.report.summary import monthly

_GROUP = 0.84
"""How much of a month's place its bars fill together."""
_FLATTENS = 3.0
"""A bar of so many times what nine in ten stay within would flatten them."""
_CUT = 1.5
"""In such a year all are cut at so many times what nine in ten stay within."""


def months(result: Result) -> Plot:
    """A row of bars for each year."""
    profits = {
        name: {month: sums.profit for month, sums in monthly(account).items()}
        for name, account in result.accounts.items()
        if name in OF_ACCOUNT
    }
    years = sorted({day.year for day in result.days})
    slots = sorted({day.month for day in result.days})

    def draw(figure: Figure) -> None:
        for row, year in enumerate(years):
            axes = figure.add_subplot(len(years), 1, row + 1)
            _year(axes, [f"{year}-{month:02}" for month in slots], profits)
            axes.set_title(str(year))
            axes.set_xticks(range(len(slots)), [MONTHS[month - 1] for month in slots])
            axes.set_ylabel(f"profit, {result.currency}")
            if row == 0:
                figure.legend(loc="outside upper left", ncols=len(profits))

    return Plot(
        "Profit by month",
        drawn("months", "Profit by month and account", 0.5 + 2.0 * len(years), draw),
        "What each way to run the site earned in each month, without off: each year has a scale of "
        "its own, and a bar that would flatten all others is cut and has its number beside it.",
    )


def _year(axes: Axes, keys: Sequence[str], profits: Mapping[str, Mapping[str, float]]) -> None:
    width = _GROUP / len(profits)
    most = cut_at([own[key] for own in profits.values() for key in keys if key in own])
    for place, (name, own) in enumerate(profits.items()):
        offset = (place - (len(profits) - 1) / 2) * width
        bars = {slot + offset: own[key] for slot, key in enumerate(keys) if key in own}
        heights = [max(-most, min(most, profit)) for profit in bars.values()]
        axes.bar(list(bars), heights, width, color=OF_ACCOUNT[name], label=words(name))
        for across, profit in bars.items():
            if abs(profit) > most:
                _number_beside(axes, across + 0.6 * width, profit, most)
    axes.axhline(0, color=SOFT, linewidth=0.8)
    beside = max(0.0, (3 - len(keys)) / 2)
    axes.set_xlim(-0.6 - beside, len(keys) - 0.4 + beside)
    axes.tick_params(axis="x", length=0)
    in_thousands(axes)


def cut_at(profits: Sequence[float]) -> float:
    """The height above which bars are cut; the highest one's where they are much of a size."""
    sizes = sorted(map(abs, profits))
    usual = sizes[9 * (len(sizes) - 1) // 10]
    return _CUT * usual if 0 < _FLATTENS * usual < sizes[-1] else sizes[-1]


def _number_beside(axes: Axes, across: float, profit: float, most: float) -> None:
    """At the end of a bar that was cut."""
    below = profit < 0
    text = f"{'↓ −' if below else '↑ '}{number(abs(profit))}"
    axes.annotate(
        text, (across, -most if below else most), va="bottom" if below else "top", fontsize=8
    )
