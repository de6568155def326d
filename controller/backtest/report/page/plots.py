"""The plots of the page, in its order. Whoever imports this needs matplotlib."""

from __future__ import annotations

from controller.backtest.report.page.cumulative import cumulative
from controller.backtest.report.page.duration import duration
from controller.backtest.report.page.months import months
from controller.backtest.report.page.plot import Plot
from controller.backtest.report.page.single_days import best_days, worst_days
from controller.backtest.report.result import Result


def plots(result: Result) -> tuple[Plot, ...]:
    return (
        cumulative(result),
        months(result),
        duration(result),
        best_days(result),
        worst_days(result),
    )
