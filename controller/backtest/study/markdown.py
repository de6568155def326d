"""Tables, paragraphs and numbers as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from controller.backtest.report.cells import number

_WIDTH = 140
_HELD = "\0%"
NONE = "–"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], names: int = 1) -> list[str]:
    """The first `names` columns are words, to the left; all others numbers, to the right."""
    rules = [":--" if column < names else "--:" for column in range(len(titles))]
    return ["", *(f"| {' | '.join(row)} |" for row in (titles, rules, *rows)), ""]


def heading(text: str, depth: int = 2) -> list[str]:
    return ["", f"{'#' * depth} {text}", ""]


def said(*sentences: str) -> list[str]:
    """A paragraph."""
    return ["", *_wrapped(" ".join(sentences)), ""]


def listed(points: Iterable[str]) -> list[str]:
    """One item a point."""
    lines = [""]
    for point in points:
        first, *others = _wrapped(point)
        lines += [f"- {first}", *(f"  {line}" for line in others)]
    return [*lines, ""]


def _wrapped(text: str) -> list[str]:
    """No line begins with a sign of per cent."""
    lines = wrap(text.replace(" %", _HELD), _WIDTH, break_on_hyphens=False)
    return [line.replace(_HELD, " %") for line in lines]


def page(lines: Iterable[str]) -> str:
    """The lines with no two empty ones in a row."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).rstrip() + "\n"


def percent(part: float | None, decimals: int = 0) -> str:
    """Of a share of 1."""
    return NONE if part is None else number(100 * part, decimals)


def signed(value: float, decimals: int = 0) -> str:
    """With its sign, but for a zero."""
    text = number(value, decimals)
    return f"+{text}" if round(value, decimals) > 0 else text


def over(part: float, whole: float) -> float | None:
    """A ratio; None without a positive whole."""
    return part / whole if whole > 0 else None


def hundredfold(part: float, whole: float) -> float | None:
    """A ratio in per cent."""
    return over(100 * part, whole)


def between(values: Iterable[float | None], decimals: int = 0) -> str:
    """From the least to the most; one number where they round to the same."""
    found = [each for each in values if each is not None]
    if not found:
        return NONE
    low, high = (number(each, decimals) for each in (min(found), max(found)))
    return low if low == high else f"{low} to {high}"
