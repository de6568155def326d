"""The table of a part, in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from controller.backtest.report.cells import Cell, about, cells, head
from controller.backtest.report.result import words
from controller.backtest.report.summary import Part


def table(part: Part, currency: str) -> str:
    """One row an account; below each number its interval."""
    titles = "".join(_title(text) for text in head(currency))
    rows = "\n".join(_row(words(name), row) for name, row in cells(part).items())
    caption = f"<strong>{escape(part.name)}</strong> {escape(about(part))}"
    return (
        f"<table><caption>{caption}</caption>\n"
        f"<thead><tr>{titles}</tr></thead>\n<tbody>{rows}</tbody></table>"
    )


def _title(text: str) -> str:
    return f'<th scope="col">{escape(text or "account")}</th>'


def _row(name: str, row: Sequence[Cell]) -> str:
    numbers = (f"<td>{cell.value}<small>{cell.interval}</small></td>" for cell in row)
    return f'<tr><th scope="row">{escape(name)}</th>{with_minus("".join(numbers))}</tr>'


def with_minus(numbers: str) -> str:
    """With the sign for minus, which is as wide as a digit, in place of the hyphen of terminals."""
    return numbers.replace("-", "−")
