"""Books that are kept in mind and not on disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from controller.app.diary import Diary
from controller.core.observations.metering import EnergyReading
from controller.model.books import Interval
from controller.model.plan import Plan
from controller.model.records import Record
from controller.model.seen import Snapshot, State
from controller.model.view import LedgerHealth
from controller.ports import Recovered


class NoLedger:
    """Implements `Ledger`: it knows of nothing before, and keeps nothing."""

    def recover(self) -> Recovered:
        return Recovered()

    async def commit(self, records: Sequence[Record]) -> None:
        """Nothing is written."""

    def health(self) -> LedgerHealth:
        return LedgerHealth()

    async def close(self) -> None:
        """Nothing is open."""


class NoDiary(Diary):
    """Writes nothing down; so cycles are not taken apart for it either."""

    def note(self, *records: Record) -> None:
        """Nothing is kept."""

    async def keep(
        self,
        seen: Snapshot,
        plan: Plan,
        next_at: datetime,
        *,
        before: State,
        after: State,
        energy: EnergyReading | None,
        closed: Sequence[Interval],
    ) -> None:
        """Nothing is kept."""
