"""Whether intervals say of the revenue meter what was imported of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from controller.core.books.revenue.sides import Energy, length, summed
from controller.ledger.findings import Finding
from controller.model.books import Interval
from controller.model.records import IntervalClosed, Record, RevenueImported


class RevenueCheck:
    """Follows the imports; an interval rests on those before it."""

    def __init__(self) -> None:
        self._side: dict[datetime, Energy] = {}
        self._minutes: dict[datetime, int] = {}

    def see(self, seq: int, record: Record) -> Iterator[Finding]:
        if isinstance(record, RevenueImported):
            for one in record.readings:
                self._side[one.start] = Energy(one.energy_wh, one.estimated)
                self._minutes[one.start] = one.minutes
        elif isinstance(record, IntervalClosed) and record.interval.billed_wh is not None:
            yield from self._billed(seq, record.interval)

    def finish(self) -> Iterator[Finding]:
        """What was imported need not have an interval: nothing to find."""
        yield from ()

    def _billed(self, seq: int, interval: Interval) -> Iterator[Finding]:
        start, minutes = interval.start, length(interval)
        step = self._minutes.get(start, minutes)
        imported = summed(self._side, start, minutes=minutes, step=step)
        if imported is None or imported.wh != interval.billed_wh:
            said = "nothing of it" if imported is None else f"{imported.wh} Wh"
            yield Finding(
                seq, f"its billed energy is {interval.billed_wh} Wh, and {said} was imported"
            )
