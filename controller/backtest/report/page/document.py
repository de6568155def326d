"""The page: figures, plots, tables, and what they rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape

from controller.backtest.report.cells import HOW_SHARED, HOW_SURE, cells, origin
from controller.backtest.report.page.plot import Plot
from controller.backtest.report.page.style import STYLE
from controller.backtest.report.page.tables import table, with_minus
from controller.backtest.report.result import HOUSE, Result, words
from controller.backtest.report.summary import Part, summarise
from controller.errors import PermanentError

_NOTHING_OUTSIDE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html(result: Result) -> str:
    """One HTML file, complete in itself.

    Raises:
        PermanentError: matplotlib is not installed.
    """
    plots = drawer()(result)
    parts = summarise(result)
    return "\n".join(
        [
            *_opening(result),
            *_big(parts[0], result.currency),
            *(line for plot in plots for line in _figure(plot)),
            *_tables(parts, result.currency),
            *_listed("Notes", _named(result.notes.items())),
            *_listed("Assumptions", map(escape, result.assumptions)),
            *_listed("The daemon's own books", _named(result.books.items())),
            *_panel("Made by", f"<pre><code>{escape(result.command)}</code></pre>"),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def drawer() -> Callable[[Result], tuple[Plot, ...]]:
    """What draws the plots. Asked for before a long run, it fails before it.

    Raises:
        PermanentError: matplotlib is not installed.
    """
    try:
        from controller.backtest.report.page.plots import plots
    except ModuleNotFoundError as error:
        raise PermanentError(
            f"the page of a report needs {error.name}: pip install 'curtaild[plots]'"
        ) from error
    return plots


def _opening(result: Result) -> Iterator[str]:
    title = escape(f"{result.site}: what it would have earned")
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_NOTHING_OUTSIDE}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<link rel="icon" href="data:,">'
    yield f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield f"<header><h1>{title}</h1><p>Back-test: {escape(origin(result))}</p></header>\n<main>"


def _big(whole: Part, currency: str) -> Iterator[str]:
    """What people look for first: curtaild over the whole."""
    profit, energy, curtailed, _, _, share = cells(whole)[HOUSE]
    shown = (
        ("Share of the perfect gain", share, "%"),
        ("Profit", profit, currency),
        ("Energy", energy, "MWh"),
        ("Curtailed", curtailed, "MWh"),
    )
    yield '<dl class="big">'
    for title, cell, unit in shown:
        value = escape(f"{with_minus(cell.value)} {unit}" if cell.value != "-" else "none")
        yield f'<div class="panel"><dt>{title}</dt><dd>{value}</dd>'
        yield f'<dd class="note">{with_minus(cell.interval)}</dd></div>'
    yield "</dl>"


def _figure(plot: Plot) -> Iterator[str]:
    yield f'<figure class="panel"><h2>{escape(plot.title)}</h2>'
    yield f"<figcaption>{escape(plot.caption)}</figcaption>"
    yield f'<div class="wide">{plot.svg}</div></figure>'


def _tables(parts: Iterable[Part], currency: str) -> Iterator[str]:
    for part in parts:
        yield f'<section class="panel"><div class="wide">{table(part, currency)}</div></section>'
    notes = (f'<p class="note">{escape(text)}</p>' for text in (HOW_SHARED, HOW_SURE))
    yield from _panel("How to read the tables", *notes)


def _listed(title: str, items: Iterable[str]) -> Iterator[str]:
    lines = [f"<li>{item}</li>" for item in items]
    if lines:
        yield from _panel(title, "<ul>", *lines, "</ul>")


def _named(texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"<strong>{escape(words(name))}</strong>: {escape(text)}" for name, text in texts)


def _panel(title: str, *content: str) -> Iterator[str]:
    yield f'<section class="panel"><h2>{escape(title)}</h2>'
    yield from content
    yield "</section>"
