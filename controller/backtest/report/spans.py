"""Which days are summed together: the whole, each year, and the same without the winter storm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

STORM_FIRST = date(2021, 2, 13)
STORM_LAST = date(2021, 2, 20)
"""Winter storm Uri, in which the price in Texas stood at its cap for days: one event that can
outweigh years, so it is shown with and without."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some of the judged days, under a name."""

    name: str
    days: tuple[date, ...]
    whole: bool
    """It is the whole history, with or without the storm."""
    without_storm: bool = False


def spans(days: Sequence[date]) -> Iterator[Span]:
    """The whole first, then each calendar year if there are several; each that has days of the
    storm is followed by itself without them, if anything is left."""
    first, last = days[0].year, days[-1].year
    yield from _with_and_without(Span(_name(first, last), tuple(days), whole=True))
    if first == last:
        return
    for year in range(first, last + 1):
        own = tuple(day for day in days if day.year == year)
        if own:
            yield from _with_and_without(Span(str(year), own, whole=False))


def of_storm(day: date) -> bool:
    return STORM_FIRST <= day <= STORM_LAST


def _name(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _with_and_without(span: Span) -> Iterator[Span]:
    yield span
    calm = tuple(day for day in span.days if not of_storm(day))
    if calm and calm != span.days:
        year = "" if span.name == "2021" else " 2021"
        yield Span(f"{span.name} without 13–20 Feb{year}", calm, span.whole, without_storm=True)
