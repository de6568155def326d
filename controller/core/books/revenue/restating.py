"""Closed intervals as the revenue meter has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from controller.core.books.intervals import with_cost
from controller.core.books.revenue.rules import RevenueRules
from controller.core.books.revenue.sides import Side, length, summed
from controller.core.books.settlement import Settled
from controller.model.books import Interval


def restated(intervals: Iterable[Interval], billed: Side, rules: RevenueRules) -> Iterator[Settled]:
    """The next version of each interval whose billed energy is known and is not yet what it says.

    Our own meter's energy stays beside it. Intervals of the revenue meter that are longer than the
    books' are not shared out: what each part drew is not known.
    """
    for one in intervals:
        minutes = length(one)
        if minutes % rules.minutes:
            continue
        energy = summed(billed, one.start, minutes=minutes, step=rules.minutes)
        if energy is not None and energy != (one.billed_wh, one.billed_estimated):
            newer = replace(
                one,
                version=one.version + 1,
                billed_wh=energy.wh,
                billed_estimated=energy.estimated,
            )
            yield Settled(interval=with_cost(newer), replaces=one)
