"""What was gained over always on, summed up day by day, beside the yardsticks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import accumulate

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from controller.backtest.report.page.colours import LINE, OF_ACCOUNT, SOFT
from controller.backtest.report.page.drawing import drawn, in_thousands, thinned
from controller.backtest.report.page.marks import marks
from controller.backtest.report.page.plot import Plot
from controller.backtest.report.page.single_days import differences
from controller.backtest.report.result import FLOOR, HOUSE, Result, words
from controller.backtest.report.spans import STORM_FIRST, STORM_LAST, Span, spans

_DASHES = {"perfect": "-.", "strike": "--", "tuned_strike": ":"}
_CAPTION = (
    "What each way to run the site had earned more than always on by the end of each day: the "
    "nearer curtaild stays to perfect foresight, the better."
)
_STORM = " Below, the same without 13–20 February 2021, the band, in which all lines stand still."


def cumulative(result: Result) -> Plot:
    """One line for each account but always on, which is the line at zero, and off; where the
    winter storm is in the history, again without it, for it can dwarf years."""
    names = [name for name in result.accounts if name in OF_ACCOUNT and name != FLOOR]
    shown = [span for span in spans(result.days) if span.whole]

    def draw(figure: Figure) -> None:
        for row, span in enumerate(shown):
            axes = figure.add_subplot(len(shown), 1, row + 1)
            _lines(axes, result, names, span)
            axes.set_title(span.name)
            axes.set_ylabel(f"gain, {result.currency}")
            if row == 0:
                figure.legend(loc="outside upper left", ncols=len(names))

    return Plot(
        "Gain over always on, summed up",
        drawn("cumulative", "Cumulative gain over always on", 0.6 + 2.9 * len(shown), draw),
        _CAPTION + _STORM * (len(shown) > 1),
    )


def _lines(axes: Axes, result: Result, names: Sequence[str], span: Span) -> None:
    days = result.days
    if days[0] <= STORM_LAST and days[-1] >= STORM_FIRST:
        band = max(days[0], STORM_FIRST), min(days[-1], STORM_LAST)
        axes.axvspan(band[0].toordinal(), band[1].toordinal() + 1, color=LINE, linewidth=0)
    axes.axhline(0, color=SOFT, linewidth=0.8)
    for name in names:
        _line(axes, name, differences(result, name, FLOOR), frozenset(span.days))
    axes.set_xlim(days[0].toordinal(), days[-1].toordinal() + 1)
    axes.set_xticks(*marks(days))
    in_thousands(axes)


def _line(axes: Axes, name: str, gains: dict[date, float], counted: frozenset[date]) -> None:
    """From zero at the start of the first day on, one point at the end of each."""
    sums = list(accumulate((gains[day] * (day in counted) for day in gains), initial=0.0))
    ends = [next(iter(gains)).toordinal(), *(day.toordinal() + 1 for day in gains)]
    places = thinned(len(sums))
    axes.plot(
        [ends[place] for place in places],
        [sums[place] for place in places],
        color=OF_ACCOUNT[name],
        linestyle=_DASHES.get(name, "-"),
        linewidth=2.6 if name == HOUSE else 1.4,  # the lines that may lie on it stay visible
        label=words(name),
    )
