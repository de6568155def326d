"""What the site shows of itself: one value, made anew each cycle, read by every surface."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from controller.model.base import Model
from controller.model.books import Interval, Totals
from controller.model.fleet import Identity, MinerReading
from controller.model.grid import Dispatch
from controller.model.plan import Plan
from controller.model.quality import Disagreement
from controller.model.records import RevenueImported
from controller.model.seen import Snapshot, State


class LinkHealth(Model, frozen=True, kw_only=True):
    """A connection that messages come and go by. Counts are since the process began."""

    connected: bool
    connections: int = 0
    waiting: int = 0
    """Messages that have arrived and are not yet judged."""
    messages: Mapping[str, int] = {}
    """That arrived, by what became of them: received, repeated, or why not."""
    unsent: Mapping[str, int] = {}
    """Of ours that the other side would not take, by why."""


class AdapterHealth(Model, frozen=True, kw_only=True):
    """One adapter, supervised by itself."""

    name: str
    kind: str
    running: bool = True
    errors: int = 0
    last_error: str = ""
    last_error_at: datetime | None = None
    refused: Mapping[str, int] = {}
    """Samples refused, by reason."""
    heard_at: datetime | None = None
    """Of feeds: when it last said something that could be used, or that was known."""
    late: bool = False
    """Of feeds that should speak now and then: it has been silent for too long."""
    link: LinkHealth | None = None
    """Of those that keep a connection and say how it is."""


class LedgerHealth(Model, frozen=True, kw_only=True):
    writable: bool = True
    waiting: int = 0
    """Records not yet on disk."""
    last_error: str = ""
    written: int = 0


class MinerEntry(Model, frozen=True, kw_only=True):
    """One miner of the fleet, with all that is known of it."""

    reading: MinerReading
    address: str
    port: int
    identity: Identity | None = None
    """None until it has been identified."""
    previous: Identity | None = None
    """What it was before it answered as something else, in the life of this process."""
    changed_at: datetime | None = None


class FleetHealth(Model, frozen=True, kw_only=True):
    """Counts since the process began, but for the first three, which are of now."""

    known: int = 0
    reachable: int = 0
    refused_credentials: int = 0
    """Miners that did not accept our name and password, or whose group did not: they are not asked
    again before the password is another."""
    abandoned_calls: int = 0
    """Calls that outlived their deadline and were cut off."""
    probes: int = 0
    """Miners identified over the network: none on a restart."""
    sent: int = 0
    failures: Mapping[str, int] = {}
    """Failed reads and commands, by kind."""
    identity_changes: Mapping[str, int] = {}
    """Miners that answered as something else: `replaced` by MAC address, or `reflashed`."""
    problems: tuple[str, ...] = ()
    """Why miners are told nothing until a person acts: one sentence for each."""


class Reloads(Model, frozen=True, kw_only=True):
    """The configuration read again since the process began."""

    applied: int = 0
    refused: int = 0
    last_at: datetime | None = None
    problem: str = ""
    """Why the last one was refused; empty when it was applied."""


class Response(Model, frozen=True, kw_only=True):
    """How long after a signal was measured miners were told what follows from it. Seconds are site
    time."""

    times: int = 0
    last_s: float = 0.0
    worst_s: float = 0.0
    """Since the process began."""


class View(Model, frozen=True, kw_only=True):
    seen: Snapshot
    state: State
    plan: Plan
    totals: Totals = Totals()
    interval: Interval | None = None
    """The one that is open."""
    imported: RevenueImported | None = None
    """The last file of the revenue meter, without its readings."""
    adapters: Mapping[str, AdapterHealth] = {}
    responses: Mapping[str, Response] = {}
    """By signal that a rule follows."""
    disagreements: tuple[Disagreement, ...] = ()
    """Of feeds of one thing."""
    ledger: LedgerHealth = LedgerHealth()
    fleet: FleetHealth = FleetHealth()
    shadow: bool = False
    shadow_commands: int = 0
    cycles: int = 0
    cycle_seconds: float = 0.0
    """How long the last decision took."""
    dispatches_refused: Mapping[str, int] = {}
    recalled: Mapping[str, Dispatch] = {}
    """Those that were ended by voice within the last day."""
    reloads: Reloads = Reloads()
    started_at: datetime
    code_version: str
    config_hash: str
