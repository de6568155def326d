"""What the ledger keeps: one tagged union, append only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from controller.model.base import Model
from controller.model.books import Interval
from controller.model.fleet import CommandEvent
from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder
from controller.model.revenue_meter import Comparison, RevenueReading
from controller.model.samples import HashpriceSample, PriceSample


class RunStarted(Model, frozen=True, kw_only=True, tag="run_started"):
    """A process began to write here. `settings` is the configuration without its secrets."""

    at: datetime
    code_version: str
    config_hash: str
    settings: dict[str, Any]
    shadow: bool = False


class Reloaded(Model, frozen=True, kw_only=True, tag="reloaded"):
    """The process went on with another configuration; `settings` is without its secrets."""

    at: datetime
    config_hash: str
    settings: dict[str, Any]


class RunStopped(Model, frozen=True, kw_only=True, tag="run_stopped"):
    at: datetime
    why: str


class SampleArrived(Model, frozen=True, kw_only=True, tag="sample_arrived"):
    """A price or hashprice came in. `refused` says why it was not used."""

    at: datetime
    feed: str
    sample: PriceSample | HashpriceSample
    refused: str = ""


class DispatchArrived(Model, frozen=True, kw_only=True, tag="dispatch_arrived"):
    """A dispatch was accepted, or refused with the reason; `body` is what was sent."""

    at: datetime
    authority: str
    body: dict[str, Any]
    dispatch: Dispatch | None = None
    refused: str = ""


class DispatchRecalled(Model, frozen=True, kw_only=True, tag="dispatch_recalled"):
    """A dispatch was ended by voice; `dispatch` is what it is from now on."""

    at: datetime
    dispatch: Dispatch


class DispatchOptedOut(Model, frozen=True, kw_only=True, tag="dispatch_opted_out"):
    """A person opted out of a dispatch; `dispatch` is what it is from now on."""

    at: datetime
    dispatch: Dispatch


class OrderArrived(Model, frozen=True, kw_only=True, tag="order_arrived"):
    """A person set, replaced or ended a manual order."""

    at: datetime
    order: ManualOrder
    ended: bool = False


class LockArrived(Model, frozen=True, kw_only=True, tag="lock_arrived"):
    """A person locked a place, or released it."""

    at: datetime
    lock: MaintenanceLock
    released_by: str = ""
    released_why: str = ""


class CycleRecorded(Model, frozen=True, kw_only=True, tag="cycle"):
    """One call of decide: what went in and what came out, as RFC 7396 patches of the plain form.

    `keyframe` is true where the patches are against nothing. The state that went in is the one
    that came out of the cycle before; it is recorded whole at a keyframe.
    """

    at: datetime
    keyframe: bool
    seen: Any
    state: Any
    plan: Any
    next_at: datetime
    state_before: Any = None
    """At a keyframe only."""
    counter_at: datetime | None = None
    counter_wh: int | None = None
    """The site meter's import counter as the books took it in; no decision rests on it."""


class CommandRecorded(Model, frozen=True, kw_only=True, tag="command"):
    """A command reached a stage."""

    at: datetime
    event: CommandEvent
    late: bool = False
    """The ledger took too long, so the command was sent before it was on disk."""


class IntervalClosed(Model, frozen=True, kw_only=True, tag="interval"):
    at: datetime
    interval: Interval


class RevenueImported(Model, frozen=True, kw_only=True, tag="revenue_imported"):
    """Readings of the revenue meter, out of a file that a person brought. What is known of an
    interval is the last that was recorded of it."""

    at: datetime
    person: str
    file: str
    """Its name, without its folder."""
    sha256: str
    """Of its bytes, in hexadecimal."""
    read: int
    """Intervals in the file."""
    readings: tuple[RevenueReading, ...] = ()
    """Those that were new or another than before."""
    revised: int = 0
    """How many of these restate an earlier import."""
    insisted: tuple[str, ...] = ()
    """Why the file was doubted, where the person insisted on it."""
    difference: Comparison = Comparison()
    """Our meter beside it, over the time of the file."""


Record: TypeAlias = (
    RunStarted
    | Reloaded
    | RunStopped
    | SampleArrived
    | DispatchArrived
    | DispatchRecalled
    | DispatchOptedOut
    | OrderArrived
    | LockArrived
    | CycleRecorded
    | CommandRecorded
    | IntervalClosed
    | RevenueImported
)
