"""What prices usually do next, learned from each as it comes: a Markov chain over their index.

Once a day what was learned becomes `Usual`, what decisions are made on, and older visits lose a
little weight. At first, and where prices have seldom been, it is a random walk of the logarithm
without drift. Nothing here knows of machines: one chain serves every break-even.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from math import exp, sqrt

from msgspec.structs import replace

from controller.core.habits.index import (
    DIGITS,
    NODES,
    between,
    clipped,
    nodes_apart,
    place_of,
    price_at,
    smoothed,
)
from controller.model.quality import Fresh
from controller.model.remembered import Habits, Usual
from controller.model.seen import Snapshot, State

PRIOR_VISITS = 5.0
"""How many visits of a node the random walk counts for."""
PRIOR_SD = 0.5
"""Its standard deviation in a quarter of an hour."""
MEMORY_DAYS = 90.0
"""In so many days a visit loses two thirds of its weight: a season."""
HOUR_S = 3600
Row = tuple[float, ...]


def habits(seen: Snapshot, state: State) -> Habits | None:
    """What is known of prices after this look; None where nobody asks for it."""
    price, known = seen.price_per_mwh, state.habits
    if not _asked_for(seen):
        return None
    if not isinstance(price, Fresh) or not seen.price_interval_s:
        return known
    if known is not None and price.at == known.heard_at:
        return _aimed(seen, known)
    hours = seen.price_interval_s / HOUR_S
    late = is_late(seen)
    day = _day(seen)
    if known is None or (known.usual.hours, known.usual.late) != (hours, late):
        return _begun(seen, float(price.value), hours, day, late=late)
    if known.day != day:
        known = _renewed(known, day)
    return _learned(seen, known, price)


def is_late(seen: Snapshot) -> bool:
    """Whether the price that is acted upon is one whose interval is over."""
    price = seen.price_per_mwh
    own = timedelta(seconds=seen.price_interval_s)
    return isinstance(price, Fresh) and price.at + own <= seen.now


def _asked_for(seen: Snapshot) -> bool:
    economics = seen.site.economics
    return bool(economics.start_lost_s or economics.start_wear_per_mw)


def _day(seen: Snapshot) -> int:
    return (seen.now + timedelta(seconds=seen.utc_offset_s)).toordinal()


def _begun(seen: Snapshot, price: float, hours: float, day: int, *, late: bool) -> Habits:
    nothing = (0.0,) * NODES
    smooth = smoothed(price, None, hours)
    assert isinstance(seen.price_per_mwh, Fresh)
    return Habits(
        usual=_usual(((nothing,) * NODES), nothing, nothing, hours, late=late),
        day=day,
        heard_at=seen.price_per_mwh.at,
        smooth=smooth,
        place=place_of(smooth, seen.day_ahead_per_mwh, seen.day_ahead_next_per_mwh),
        counts=(nothing,) * NODES,
        paid=nothing,
        visits=nothing,
    )


def _aimed(seen: Snapshot, known: Habits) -> Habits:
    """Without a new price; but the day-ahead market may have moved on."""
    place = place_of(known.smooth, seen.day_ahead_per_mwh, seen.day_ahead_next_per_mwh)
    return known if place == known.place else replace(known, place=place)


def _learned(seen: Snapshot, known: Habits, price: Fresh[Decimal]) -> Habits:
    value, hours = float(price.value), known.usual.hours
    smooth = smoothed(value, known.smooth, hours)
    place = place_of(smooth, seen.day_ahead_per_mwh, seen.day_ahead_next_per_mwh)
    found = replace(known, heard_at=price.at, smooth=smooth, place=place)
    if price.at - known.heard_at != timedelta(hours=hours):
        return found  # prices are missing between: that is no step
    counts = _stepped(known.counts, known.place, place)
    if not known.usual.late:
        return replace(found, counts=counts)
    at = between(known.place)
    return replace(
        found,
        counts=counts,
        paid=_added(known.paid, at.node, (1 - at.part) * value, at.part * value),
        visits=_added(known.visits, at.node, 1 - at.part, at.part),
    )


def _stepped(counts: tuple[Row, ...], before: float, after: float) -> tuple[Row, ...]:
    """Both nodes around the index learn the step that it made, and not where it went: a price that
    stands still must leave each of them where it is."""
    at, found = between(before), list(counts)
    for node, weight in ((at.node, 1 - at.part), (at.node + 1, at.part)):
        to = between(clipped(node + after - before))
        found[node] = _added(found[node], to.node, weight * (1 - to.part), weight * to.part)
    return tuple(found)


def _added(row: Row, node: int, first: float, second: float) -> Row:
    low, high = round(row[node] + first, DIGITS), round(row[node + 1] + second, DIGITS)
    return (*row[:node], low, high, *row[node + 2 :])


def _renewed(known: Habits, day: int) -> Habits:
    """A new day: what was learned becomes usual, and fades a little for each day."""
    kept = exp(-(day - known.day) / MEMORY_DAYS)
    counts = tuple(_faded(row, kept) for row in known.counts)
    paid, visits = _faded(known.paid, kept), _faded(known.visits, kept)
    usual = _usual(counts, paid, visits, known.usual.hours, late=known.usual.late)
    return replace(known, usual=usual, day=day, counts=counts, paid=paid, visits=visits)


def _faded(row: Row, kept: float) -> Row:
    return tuple([round(one * kept, DIGITS) for one in row])


def _usual(counts: tuple[Row, ...], paid: Row, visits: Row, hours: float, *, late: bool) -> Usual:
    moves = []
    for row, prior in zip(counts, _random_walk(hours), strict=True):
        whole = sum(row) + PRIOR_VISITS
        both = zip(row, prior, strict=True)
        moves.append(tuple([round((one + first) / whole, DIGITS) for one, first in both]))
    costs = tuple(
        round((paid[node] + PRIOR_VISITS * price_at(node)) / (visits[node] + PRIOR_VISITS), DIGITS)
        for node in range(NODES)
    )
    return Usual(hours=hours, late=late, moves=tuple(moves), costs=costs)


@lru_cache(maxsize=8)
def _random_walk(hours: float) -> tuple[Row, ...]:
    """By node, the visits that the random walk counts for."""
    sd = nodes_apart(PRIOR_SD * sqrt(hours * 4))
    rows = []
    for node in range(NODES):
        row = [exp(-0.5 * ((to - node) / sd) ** 2) for to in range(NODES)]
        rows.append(tuple([PRIOR_VISITS * one / sum(row) for one in row]))
    return tuple(rows)
