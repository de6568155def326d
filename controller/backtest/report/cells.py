"""The figures of a part as text, for the table and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from controller.backtest.report.bootstrap import FEW_WEEKS
from controller.backtest.report.result import Result
from controller.backtest.report.summary import SUMS, Figure, Figures, Part

HOW_SURE = (
    "In brackets: where the middle 90 % of 1,000 resamples lie, each of as many weeks, drawn with "
    "replacement, the same for all rows (block bootstrap: Künsch 1989, Efron and Tibshirani 1993)."
)
HOW_SHARED = (
    "Share: (profit − always on) ÷ (perfect − always on), the part of what perfect foresight would "
    "have gained over always on."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and its interval, as they are read."""

    value: str
    interval: str


def head(currency: str) -> tuple[str, ...]:
    """Titles of the columns, with units."""
    sums = (f"profit, {currency}", "energy, MWh", "curtailed, MWh", "hours", "starts a miner")
    return ("", *sums, "share, %")


def cells(part: Part) -> dict[str, tuple[Cell, ...]]:
    """One row an account, one cell a figure; the numbers of a column are rounded alike."""
    columns = [_column(column) for column in zip(*map(_row, part.accounts.values()), strict=True)]
    return dict(zip(part.accounts, zip(*columns, strict=True), strict=True))


def about(part: Part) -> str:
    """How long the part is, and what that means for the intervals."""
    first, last = part.span.days[0], part.span.days[-1]
    weeks = f"{part.weeks} weeks" if part.weeks > 1 else "one week"
    count = len(part.span.days)
    days = f"{count:,} days" if count > 1 else "1 day"
    text = f"{first} to {last}, {days} in {weeks}"
    if part.weeks == 1:
        return f"{text}: too short for intervals"
    if part.weeks < FEW_WEEKS:
        return f"{text}: so few that the intervals are too narrow"
    return text


def origin(result: Result) -> str:
    """Over which days, where, and by which code."""
    first, last = result.days[0], result.days[-1]
    return f"{first} to {last}, days of {result.zone}, curtaild {result.version}"


def number(value: float, decimals: int = 0) -> str:
    """With separators of thousands, and without the sign of a zero."""
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def _row(figures: Figures) -> list[Figure | None]:
    sums: list[Figure | None] = [getattr(figures, field) for field in SUMS]
    return [*sums, _percent(figures.share)]


def _percent(share: Figure | None) -> Figure | None:
    if share is None or share.low is None or share.high is None:
        return share and Figure(100 * share.value, None, None)
    return Figure(100 * share.value, 100 * share.low, 100 * share.high)


def _column(figures: Sequence[Figure | None]) -> list[Cell]:
    largest = max((abs(each.value) for each in figures if each), default=0.0)
    decimals = 0 if largest >= 1000 else 1 if largest >= 10 else 2
    return [_cell(each, decimals) for each in figures]


def _cell(figure: Figure | None, decimals: int) -> Cell:
    if figure is None:
        return Cell("-", "")
    value = number(figure.value, decimals)
    if figure.low is None or figure.high is None:
        return Cell(value, "")
    return Cell(value, f"[{number(figure.low, decimals)} to {number(figure.high, decimals)}]")
