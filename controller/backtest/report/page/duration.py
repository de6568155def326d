"""The hours by their price, the dearest first, and how much ran in them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log10
from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from controller.backtest.report.cells import number
from controller.backtest.report.page.colours import POWER, PRICE
from controller.backtest.report.page.drawing import drawn, in_thousands, thinned
from controller.backtest.report.page.plot import Plot
from controller.backtest.report.result import Result

DEAREST = 0.05
_BARS = 100


@dataclass(frozen=True, slots=True)
class Ranked:
    """Prices and loads, the dearest interval first."""

    prices: array[float]
    loads_kw: array[float]

    def dearest(self, share: float) -> Ranked:
        """So much of it, and at least one interval."""
        count = max(1, ceil(len(self.prices) * share))
        return Ranked(self.prices[:count], self.loads_kw[:count])


def duration(result: Result) -> Plot:
    """All hours on the left, the dearest of them on the right."""
    ranked = by_price(result)
    bend = _linear_to(ranked.prices)

    def draw(figure: Figure) -> None:
        grid = figure.add_gridspec(2, 2, height_ratios=(3, 2))
        first: Axes | None = None
        for column, (share, title) in enumerate(_columns()):
            part = ranked.dearest(share)
            upper = figure.add_subplot(grid[0, column], sharey=first)
            lower = figure.add_subplot(grid[1, column], sharex=upper)
            _prices(upper, part, share, bend)
            _loads(lower, part, share, max(ranked.loads_kw, default=0.0))
            upper.set_title(title)
            if first is None:
                first = upper
                upper.set_ylabel(f"price, {result.currency}/MWh")
                lower.set_ylabel("mean load, kW")

    return Plot(
        "Price duration and load",
        drawn("duration", "Price duration curve and mean load by rank of price", 4.3, draw),
        "All hours, the dearest on the left, and the mean load in them: it should be near zero up "
        "to where the price falls below what hashing earns, and full from there on. Prices "
        f"beyond {number(bend)} {result.currency}/MWh are drawn by their logarithm.",
    )


def by_price(result: Result) -> Ranked:
    """The intervals in the order of their price, the dearest first; of equal ones the earlier."""
    prices, loads = result.price.values, result.load_kw
    order = sorted(range(len(prices)), key=lambda place: -prices[place])
    return Ranked(
        array("f", map(prices.__getitem__, order)), array("f", map(loads.__getitem__, order))
    )


def _columns() -> tuple[tuple[float, str], ...]:
    return (1.0, "All hours"), (DEAREST, f"The dearest {100 * DEAREST:.0f} % of them")


def _prices(axes: Axes, part: Ranked, share: float, bend: float) -> None:
    places = thinned(len(part.prices))
    across = [100 * share * place / max(1, len(part.prices) - 1) for place in places]
    axes.plot(across, [part.prices[place] for place in places], color=PRICE)
    axes.set_yscale("symlog", linthresh=bend)
    axes.tick_params(labelbottom=False)
    in_thousands(axes)


def _linear_to(prices: Sequence[float]) -> float:
    """The power of ten above which a usual price does not go: three quarters lie within it."""
    usual = sorted(map(abs, prices))[3 * len(prices) // 4]
    return float(10 ** max(0, ceil(log10(usual)))) if usual > 0 else 1.0


def _loads(axes: Axes, part: Ranked, share: float, most_kw: float) -> None:
    count = len(part.loads_kw)
    bars = min(_BARS, count)
    edges = [count * bar // bars for bar in range(bars + 1)]
    means = [fmean(part.loads_kw[a:b]) for a, b in pairwise(edges)]
    across = [100 * share * edge / count for edge in edges]
    axes.stairs(means, across, fill=True, color=POWER, alpha=0.75, linewidth=0)
    axes.set_ylim(0, most_kw * 1.08 or 1)
    axes.set_xlim(0, 100 * share)
    axes.set_xlabel("share of all hours, %, dearest first")
    in_thousands(axes)
