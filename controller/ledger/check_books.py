"""Whether settlement intervals follow each other and their money can be restated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from controller.ledger.findings import Finding
from controller.model.books import Interval
from controller.model.records import IntervalClosed, Record

WH_IN_MWH = 1_000_000
TOLERANCE = Decimal("0.000001")
"""Of the site's currency: what rounding in between may come to."""


@dataclass(frozen=True, slots=True)
class _Newest:
    seq: int
    interval: Interval


class BooksCheck:
    """Versions rise one by one; the newest ones lie side by side."""

    def __init__(self) -> None:
        self._newest: dict[datetime, _Newest] = {}

    def see(self, seq: int, record: Record) -> Iterator[Finding]:
        if not isinstance(record, IntervalClosed):
            return
        interval = record.interval
        if interval.end <= interval.start:
            yield Finding(seq, "its interval does not end after it starts")
        before = self._newest.get(interval.start)
        expected = 1 if before is None else before.interval.version + 1
        if interval.version != expected:
            yield Finding(
                seq,
                f"interval {interval.start.isoformat()} has version {interval.version} "
                f"where {expected} comes next",
            )
        self._newest[interval.start] = _Newest(seq, interval)
        yield from (Finding(seq, reason) for reason in _arithmetic(interval))

    def finish(self) -> Iterator[Finding]:
        """Overlaps, and intervals that are missing between two."""
        intervals = sorted(self._newest.values(), key=lambda newest: newest.interval.start)
        for before, after in pairwise(intervals):
            start, end = after.interval.start, before.interval.end
            if start < end:
                yield Finding(after.seq, f"its interval overlaps the one of row {before.seq}")
            elif start > end:
                missing = f"no interval from {end.isoformat()} to {start.isoformat()}"
                yield Finding(after.seq, missing, gap=True)


def _arithmetic(interval: Interval) -> Iterator[str]:
    yield from _cost(interval.paid_wh, interval.price_per_mwh, interval.energy_cost)
    for reason, curtailed in interval.curtailed.items():
        if not curtailed.energy_wh.is_finite() or curtailed.energy_wh < 0:
            yield f"energy curtailed for {reason} is {curtailed.energy_wh} Wh"


def _cost(
    energy_wh: Decimal | None, price_per_mwh: Decimal | None, cost: Decimal | None
) -> Iterator[str]:
    if cost is None:
        return
    if price_per_mwh is None or energy_wh is None:
        yield "it has a cost of energy, but not the energy or the price to restate it"
        return
    if not (cost.is_finite() and energy_wh.is_finite() and price_per_mwh.is_finite()):
        yield f"it is not made of numbers: {energy_wh} Wh at {price_per_mwh} cost {cost}"
        return
    restated = energy_wh * price_per_mwh / WH_IN_MWH
    if abs(cost - restated) > max(TOLERANCE, _half_a_digit(cost)):
        yield f"its energy and price come to {restated}, its cost of energy is {cost}"


def _half_a_digit(value: Decimal) -> Decimal:
    """What rounding to the digits that are written can change."""
    exponent = value.as_tuple().exponent
    return Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else Decimal(0)
