"""The report as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from controller.backtest.report.cells import (
    HOW_SHARED,
    HOW_SURE,
    Cell,
    about,
    cells,
    head,
    origin,
)
from controller.backtest.report.result import Result, words
from controller.backtest.report.summary import Part, summarise

_WIDTH = 110


def lines(result: Result) -> Iterator[str]:
    """A table for each part of the history, and below them what they rest on."""
    yield f"{result.site}: {origin(result)}"
    for part in summarise(result):
        yield from ("", f"{part.name}: {about(part)}", *_indented(_table(part, result.currency)))
    yield ""
    yield from wrap(HOW_SHARED, _WIDTH)
    yield from wrap(HOW_SURE, _WIDTH)
    notes = (f"{words(name)}: {text}" for name, text in result.notes.items())
    yield from _listed("Notes", notes)
    yield from _listed("Assumptions", result.assumptions)
    yield from _listed("The daemon's own books", (f"{k}: {v}" for k, v in result.books.items()))
    yield from ("", "Made by:", f"  {result.command}")


def _table(part: Part, currency: str) -> list[str]:
    """Two lines an account: its figures, and below each its interval."""
    rows: list[Sequence[str]] = []
    for name, row in cells(part).items():
        rows += _row(words(name), row)
    return _columns(head(currency), rows)


def _row(name: str, row: Sequence[Cell]) -> Iterator[list[str]]:
    yield [name, *(cell.value for cell in row)]
    if any(cell.interval for cell in row):
        yield ["", *(cell.interval for cell in row)]


def _columns(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as what stands in them: names to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    found = []
    for row in (titles, *rows):
        name, *numbers = row
        padded = [text.rjust(width) for text, width in zip(numbers, widths[1:], strict=True)]
        found.append("  ".join([name.ljust(widths[0]), *padded]).rstrip())
    return found


def _listed(title: str, texts: Iterable[str]) -> Iterator[str]:
    items = list(texts)
    if items:
        yield from ("", f"{title}:")
    for text in items:
        yield from wrap(text, _WIDTH, initial_indent="  - ", subsequent_indent="    ")


def _indented(texts: Iterable[str]) -> list[str]:
    return [f"  {text}" for text in texts]
