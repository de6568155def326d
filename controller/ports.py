"""What the app needs of the outside, and what it offers to it.

Adapters implement the first four. The app implements `Inbox` and `Watch`, which adapters call.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from controller.core.books.revenue.proposal import Metered
from controller.core.dispatches.penalty import Penalty
from controller.model.base import Model
from controller.model.books import Interval
from controller.model.fleet import Command, Curve, MinerReading, Outcome
from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder, OptOut, Recall
from controller.model.records import CycleRecorded, Record, RevenueImported
from controller.model.revenue_meter import RevenueAnswer, RevenueUpload
from controller.model.samples import Sample
from controller.model.seen import State
from controller.model.view import FleetHealth, LedgerHealth, LinkHealth, MinerEntry, View


class Clock(Protocol):
    """Site time. Nothing but a clock reads the system's."""

    def now(self) -> datetime:
        """Aware UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait for this much site time."""


class Feed(Protocol):
    """A source of samples of one kind."""

    name: str

    def samples(self) -> AsyncIterator[Sample]:
        """Samples as they become known, for as long as the feed runs.

        Raises:
            TemporaryError: the supervisor starts it again after the error's delay.
            PermanentError: it stays down until the configuration changes.
        """


class Fleet(Protocol):
    """The miners. It executes and reports; what to do is decided elsewhere."""

    async def start(self, wake: Callable[[], None]) -> None:
        """Begin to read; call `wake` when something of note changed."""

    async def stop(self) -> None:
        """End within 10 s, whatever the miners do."""

    def readings(self) -> Mapping[str, MinerReading]:
        """The last that is known of every configured miner."""

    def curves(self) -> Mapping[str, Curve]:
        """By the key that readings carry."""

    def send(self, commands: Sequence[Command]) -> None:
        """Execute these; returns at once. What becomes of them comes out of `outcomes`. The level
        `CUT` opens the miner's switch, from when on its reading says so; any level at which it
        hashes closes it, and then it boots as it likes. Told to be off, it stays cut."""

    def outcomes(self) -> Sequence[Outcome]:
        """What was sent or failed since the last call."""

    def watch(self, miners: Collection[str], asked: Collection[str] = ()) -> None:
        """Read these often: they are in motion, or are `asked` how they are set too."""

    def health(self) -> FleetHealth: ...

    def listing(self, after: str, most: int) -> Sequence[MinerEntry]:
        """By name: at most so many of those whose names come after this one."""


class Recovered(Model, frozen=True, kw_only=True):
    """What a ledger knows of the time before this process."""

    state: State | None = None
    dispatches: Mapping[str, Dispatch] = {}
    """The newest version of each, cancelled and past ones included."""
    orders: Mapping[str, ManualOrder] = {}
    """Not ended by a person; they may have expired."""
    locks: Mapping[str, MaintenanceLock] = {}
    """Not released."""
    prices: Sequence[tuple[str, Sample]] = ()
    """Accepted price and hashprice samples of the last two days, by feed, in order of arrival."""
    intervals: Sequence[Interval] = ()
    """The newest version of every closed interval."""
    imported: RevenueImported | None = None
    """The last file of the revenue meter, without its readings."""
    cycles: Sequence[CycleRecorded] = ()
    """Those of the last two hours, the first one a keyframe, to carry on the open interval."""


class Ledger(Protocol):
    """The books. A record whose commit returned survives kill -9 and a full disk."""

    def recover(self) -> Recovered: ...

    async def commit(self, records: Sequence[Record]) -> None:
        """Return once these are on disk, in order, all or none.

        Raises:
            TemporaryError: they are not, and will not be written later.
        """

    def health(self) -> LedgerHealth: ...

    async def close(self) -> None:
        """Write what waits and close the file."""


class MeteredLedger(Ledger, Protocol):
    """A ledger that can be asked what both meters counted."""

    def metered(self, since: datetime, until: datetime) -> Metered:
        """Intervals that begin from `since` on and before `until`; of each its last word.

        Raises:
            CurtaildError: the ledger cannot be read.
        """


class Service(Protocol):
    """An adapter that lives beside the loop and is no feed: it is supervised like one."""

    name: str
    kind: str

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            TemporaryError: the supervisor starts it again after the error's delay.
            PermanentError: it stays down until the configuration changes.
        """

    def health(self) -> LinkHealth:
        """How its connection is now."""


class Receipt(Model, frozen=True, kw_only=True):
    """The answer to a dispatch. `received` is said only after the commit."""

    received: bool
    id: str
    version: int
    limit_kw: Decimal | None = None
    problem: str = ""
    """Why not, and what to do: for the sender to read."""
    code: str = ""
    """The refusal as a word: malformed, unknown_program, unauthorised, not_allowed,
    unknown_reference, over, too_long, stale_version, contradictory, not_committed."""
    repeated: bool = False
    """The same id, version and content had been received before."""


class Inbox(Protocol):
    """The way in for dispatches and for people. The app implements it."""

    async def dispatch(self, body: Mapping[str, Any], authority: str) -> Receipt:
        """Judge, commit and answer a dispatch, as it was sent, of an authenticated sender."""

    async def recall(self, dispatch: str, recall: Recall) -> None:
        """End a dispatch by voice.

        Raises:
            PermanentError: there is no such dispatch, or it is over.
            TemporaryError: it is not committed.
        """

    def penalty(self, dispatch: str) -> Penalty | None:
        """What it costs to opt out of a dispatch now; None where none of that id is known.

        Raises:
            PermanentError: nobody may, or there is nothing to opt out of.
        """

    async def opt_out(
        self, dispatch: str, *, person: str, why: str, accepted: Decimal
    ) -> OptOut | Penalty | None:
        """Opt out of a dispatch whose penalty was accepted. A penalty that comes back is the
        current one, is another, and nothing was done; None: no dispatch of that id is known.

        Raises:
            PermanentError: nobody may, there is nothing to opt out of, or nobody is named.
            TemporaryError: it is not committed.
        """

    async def order(self, order: ManualOrder, *, ended: bool = False) -> None:
        """Set, replace or end a manual order. Raises TemporaryError when it is not committed."""

    async def lock(self, lock: MaintenanceLock) -> None: ...

    async def release(self, place: str, person: str, why: str = "") -> None:
        """Raises PermanentError when the place is not locked."""


class RevenueDesk(Protocol):
    """The way in for files of the revenue meter. The app implements it."""

    async def bring(self, file: RevenueUpload) -> RevenueAnswer:
        """Read a file, judge it, and record what is new in it; the same again changes nothing.

        Raises:
            PermanentError: it cannot be read or is doubted, or there is no such meter.
            TemporaryError: it is not committed.
        """


class Watch(Protocol):
    """What surfaces see. The app implements it."""

    def view(self) -> View | None:
        """None before the first cycle."""

    def changes(self) -> AsyncIterator[View]:
        """The views from now on; a slow reader misses some, never blocks the loop."""

    def miners(self, after: str, most: int) -> Sequence[MinerEntry]:
        """As `Fleet.listing` gives them."""

    def alive(self) -> bool:
        """Cycles complete in time."""
