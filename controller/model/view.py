"""What the site shows of itself: one value, made anew each cycle, read by every surface."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from controller.model.base import Model
from controller.model.books import Interval, Totals
from controller.model.plan import Plan
from controller.model.seen import Snapshot, State


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


class LedgerHealth(Model, frozen=True, kw_only=True):
    writable: bool = True
    waiting: int = 0
    """Records not yet on disk."""
    last_error: str = ""
    written: int = 0


class FleetHealth(Model, frozen=True, kw_only=True):
    """Counts since the process began, but for the first two, which are of now."""

    known: int = 0
    reachable: int = 0
    abandoned_calls: int = 0
    """Calls that outlived their deadline and were cut off."""
    probes: int = 0
    """Miners identified over the network: none on a restart."""
    sent: int = 0
    failures: Mapping[str, int] = {}
    """Failed reads and commands, by kind."""


class View(Model, frozen=True, kw_only=True):
    seen: Snapshot
    state: State
    plan: Plan
    totals: Totals = Totals()
    interval: Interval | None = None
    """The one that is open."""
    adapters: Mapping[str, AdapterHealth] = {}
    ledger: LedgerHealth = LedgerHealth()
    fleet: FleetHealth = FleetHealth()
    shadow: bool = False
    shadow_commands: int = 0
    cycles: int = 0
    cycle_seconds: float = 0.0
    """How long the last decision took."""
    dispatches_refused: Mapping[str, int] = {}
    started_at: datetime
    code_version: str
    config_hash: str
