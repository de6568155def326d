"""Whether the times of a file are out by as much as a zone, or by one interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from controller.core.books.revenue.spans import Span

LEAST_SPANS = 8
"""In fewer no shape can be recognised."""
FURTHEST = timedelta(hours=14)
"""No zone is further from UTC."""
_STEP = timedelta(minutes=30)
_NOTICED = 20
"""The two have to be apart by more than one part in so many of the billed energy,"""
_BETTER = 4
"""and more than so many times nearer elsewhere."""

_Series = Mapping[datetime, int]


def shift(every: Sequence[Span]) -> timedelta | None:
    """By how much later our meter has the shape that the file says; None where it fits best as it
    is, or nothing can be told: a load that does not change looks the same at any time."""
    live = {one.start: int(one.live.wh) for one in every if one.live is not None}
    billed = {one.start: int(one.billed.wh) for one in every if one.billed is not None}
    here = _misfit(live, billed, timedelta(0))
    if here is None or here * _NOTICED <= sum(billed.values()) / len(billed):
        return None
    found = (
        (misfit, abs(by), by)
        for by in _candidates(every[0].end - every[0].start)
        if (misfit := _misfit(live, billed, by)) is not None
    )
    best = min(found, default=None)
    return best[-1] if best is not None and best[0] * _BETTER < here else None


def _candidates(width: timedelta) -> Iterable[timedelta]:
    """One interval and every half hour, earlier and later."""
    later = {width, *(_STEP * count for count in range(1, FURTHEST // _STEP + 1))}
    return (*later, *(-by for by in later))


def _misfit(live: _Series, billed: _Series, by: timedelta) -> float | None:
    """Mean difference with the file's times moved; None where too little of it meets ours."""
    apart = [abs(live[at + by] - wh) for at, wh in billed.items() if at + by in live]
    if len(apart) < max(LEAST_SPANS, len(billed) / 2):
        return None
    return sum(apart) / len(apart)
