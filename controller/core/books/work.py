"""Whether pools accepted the work that revenue is reckoned by: the check of what was foregone.

Revenue, and the revenue that curtailment gave up, are reckoned by the nominal hashrates of levels.
How much of that work pools really accepted while miners ran says how far to believe both. Shares
come at random: over N of them the sum is off by 1 ÷ √N of itself, over a day of a small site by a
few per cent.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from controller.core.books.held import Held, Stretch
from controller.core.books.intervals import Part, microseconds
from controller.model.books import Interval


class Work(NamedTuple):
    """Of a time: terahashes, and money in the site's currency."""

    expected_th: Decimal
    accepted_th: Decimal
    foregone_revenue: Decimal
    """What curtailment gave up, as the books reckon it."""

    @property
    def ratio(self) -> Decimal | None:
        """Accepted over expected; None where nothing was expected."""
        return self.accepted_th / self.expected_th if self.expected_th else None

    @property
    def foregone_checked(self) -> Decimal | None:
        """What was given up if the curtailed miners had had as much accepted as those that ran."""
        return None if self.ratio is None else self.foregone_revenue * self.ratio


def worked(part: Part, stretch: Stretch, held: Held, following: Held) -> Part:
    """With its share of the work that was accepted between two cycles, and of what the levels
    promised. A group whose count begins anew, or whose hashes are not paid for all along, says
    nothing."""
    if not stretch.observed:
        return part
    us = microseconds(stretch.start, stretch.end)
    share = Decimal(us) / microseconds(held.at, following.at)
    for group, before in held.work.items():
        after = following.work.get(group)
        if after is None or after.accepted_th < before.accepted_th:
            continue
        part = replace(
            part,
            expected_us=part.expected_us + before.hashrate_ths * us,
            accepted_th=(part.accepted_th or 0) + (after.accepted_th - before.accepted_th) * share,
        )
    return part


def work(intervals: Iterable[Interval]) -> Work:
    """Of all intervals together; those whose accepted work is not known add nothing to it."""
    expected = accepted = foregone = Decimal(0)
    for one in intervals:
        foregone += sum((each.foregone_revenue for each in one.curtailed.values()), Decimal(0))
        if one.expected_th is not None and one.accepted_th is not None:
            expected += one.expected_th
            accepted += one.accepted_th
    return Work(expected, accepted, foregone)
