"""The revenue meter, which the utility bills by: what it counted, and how far ours is from it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from controller.model.base import Model


class RevenueReading(Model, frozen=True, kw_only=True):
    """Energy of one interval at the metering point, as the utility bills it."""

    start: datetime
    minutes: int = 15
    energy_wh: Decimal
    estimated: bool = False
    """By the utility."""
    revision: int | None = None
    """Grows from one revision to the next; None where files say nothing of it."""


class RevenueRow(NamedTuple):
    """A reading and the line of the file that says so."""

    line: int
    reading: RevenueReading


class RevenueFile(NamedTuple):
    """What was read of a file. No row is judged."""

    rows: tuple[RevenueRow, ...]
    blank: int = 0
    """Rows without an energy, or said to be missing."""
    others: int = 0
    """Rows of another meter or another direction."""
    broken_off: bool = False
    """Its last line has no end, and its last day is not whole."""


class Comparison(Model, frozen=True, kw_only=True):
    """Our meter beside the revenue meter, over the spans of time that both of them cover."""

    start: datetime | None = None
    end: datetime | None = None
    spans: int = 0
    live_wh: Decimal = Decimal(0)
    billed_wh: Decimal = Decimal(0)
    apart: int = 0
    """Spans in which they differ by more than the tolerance."""
    missing_live: int = 0
    """Spans that only the revenue meter covers."""
    missing_billed: int = 0
    """Spans that only our books cover."""
    worst_at: datetime | None = None
    """The start of the span with the largest difference."""
    worst_wh: Decimal = Decimal(0)
    """That difference, ours less theirs."""

    @property
    def difference_wh(self) -> Decimal:
        """Ours less theirs: positive where our meter reads high."""
        return self.live_wh - self.billed_wh

    @property
    def ratio(self) -> Decimal | None:
        """The difference as a part of what the revenue meter counted; None where that is 0."""
        return self.difference_wh / self.billed_wh if self.billed_wh else None


class RevenueUpload(Model, frozen=True, kw_only=True):
    """A file of the revenue meter, as a person brings it."""

    name: str
    content: bytes
    person: str
    insist: bool = False
    """Record it in spite of what makes it doubtful."""
    only_look: bool = False
    """Say what it would come to, and record nothing."""


class RevenueAnswer(Model, frozen=True, kw_only=True):
    """What became of a file of the revenue meter."""

    sha256: str
    recorded: bool
    """False where nothing in it was new, or it was only looked at."""
    start: datetime
    end: datetime
    read: int
    """Intervals in it."""
    gaps: int
    """Intervals between the first and the last that are not in it."""
    blank: int
    """Rows without an energy."""
    others: int
    """Rows of another meter or direction."""
    new: int
    revised: int
    """Intervals whose earlier import it restates."""
    older: int
    """Intervals of which a later revision is known."""
    restated: int
    """Intervals of the books that have another energy to pay by it."""
    doubts: tuple[str, ...]
    difference: Comparison
