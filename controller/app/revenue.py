"""Files of the revenue meter on their way into the books."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeAlias

from msgspec.structs import replace

from controller.app.books import Books
from controller.core.books.revenue.proposal import Proposal, propose
from controller.core.books.revenue.rules import RevenueRules
from controller.core.books.revenue.shift import FURTHEST
from controller.errors import PermanentError
from controller.model.records import IntervalClosed, RevenueImported
from controller.model.revenue_meter import RevenueAnswer, RevenueFile, RevenueUpload
from controller.ports import Clock, MeteredLedger

Take: TypeAlias = Callable[[Books | None], Awaitable[RevenueAnswer]]
Quiet: TypeAlias = Callable[[Take], Awaitable[RevenueAnswer]]


@dataclass(frozen=True)
class RevenueMeter:
    """As the configuration describes it."""

    read: Callable[[bytes], RevenueFile]
    """Raises ValueError naming the row."""
    rules: RevenueRules


class RevenueImporter:
    """Implements `RevenueDesk`: all of a file is recorded in one commit, or nothing."""

    def __init__(
        self, meter: RevenueMeter | None, ledger: MeteredLedger, clock: Clock, quiet: Quiet
    ) -> None:
        """`quiet` calls while nobody else writes intervals, with the books where some are open."""
        self._meter = meter
        self._ledger = ledger
        self._clock = clock
        self._quiet = quiet

    def adopt(self, meter: RevenueMeter | None) -> None:
        """Read and judge as this one wants it from now on."""
        self._meter = meter

    async def bring(self, file: RevenueUpload) -> RevenueAnswer:
        """Read a file, judge it, and record what is new in it; the same again changes nothing.

        Raises:
            PermanentError: it cannot be read or is doubted, or there is no such meter.
            TemporaryError: it is not committed.
        """
        meter = self._meter
        if meter is None:
            raise PermanentError("revenue_meter: is missing: say there how the file is written")
        try:
            rows = await asyncio.to_thread(meter.read, file.content)
            return await self._quiet(partial(self._take, file, rows, meter.rules))
        except ValueError as error:
            raise PermanentError(f"{file.name}: {error}; nothing was recorded") from error

    async def _take(
        self, file: RevenueUpload, rows: RevenueFile, rules: RevenueRules, books: Books | None
    ) -> RevenueAnswer:
        found = await asyncio.to_thread(self._propose, rows, rules)
        if found.doubts and not (file.insist or file.only_look):
            raise ValueError("; ".join(found.doubts) + "; it is taken all the same with --force")
        recorded = found.changes and not file.only_look
        if recorded:
            await self._record(file, found, books)
        return _answer(file, rows, found, recorded=recorded)

    def _propose(self, file: RevenueFile, rules: RevenueRules) -> Proposal:
        starts = [row.reading.start for row in file.rows]
        around = FURTHEST + timedelta(hours=1)
        known = self._ledger.metered(min(starts) - around, max(starts) + around)
        return propose(file, known, rules, self._clock.now())

    async def _record(self, file: RevenueUpload, found: Proposal, books: Books | None) -> None:
        now, taken = self._clock.now(), found.taken
        imported = RevenueImported(
            at=now,
            person=file.person,
            file=file.name,
            sha256=_sha256(file),
            read=found.read,
            revised=len(taken.revised),
            insisted=found.doubts,
            difference=found.difference,
        )
        readings = tuple(reading for _, reading in sorted(taken.by_start().items()))
        intervals = [IntervalClosed(at=now, interval=one.interval) for one in found.restated]
        await self._ledger.commit([replace(imported, readings=readings), *intervals])
        if books is not None:
            books.amend(found.restated, imported)


def _sha256(file: RevenueUpload) -> str:
    return hashlib.sha256(file.content).hexdigest()


def _answer(
    file: RevenueUpload, rows: RevenueFile, found: Proposal, *, recorded: bool
) -> RevenueAnswer:
    return RevenueAnswer(
        sha256=_sha256(file),
        recorded=recorded,
        start=found.start,
        end=found.end,
        read=found.read,
        gaps=found.gaps,
        blank=rows.blank,
        others=rows.others,
        new=len(found.taken.new),
        revised=len(found.taken.revised),
        older=found.taken.older,
        restated=len(found.restated),
        doubts=found.doubts,
        difference=found.difference,
    )
