"""What goes into a decision and what is remembered between two."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from controller.model.base import Model
from controller.model.fleet import Cohort, Curve, MinerSeen, Motion, Outcome
from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder
from controller.model.quality import Missing, Observed
from controller.model.remembered import Balance, Unpaid
from controller.model.site import Site


class Snapshot(Model, frozen=True, kw_only=True):
    """Everything that may influence a decision."""

    now: datetime
    site: Site
    price_per_mwh: Observed[Decimal] = Missing(why="no price feed")
    hashprice_per_ph_day: Observed[Decimal] = Missing(why="no hashprice feed")
    meters_w: Mapping[str, Observed[int]] = {}
    """By scope: the site, or a group."""
    dispatches: Mapping[str, Dispatch] = {}
    """Accepted and not over."""
    orders: Mapping[str, ManualOrder] = {}
    locks: Mapping[str, MaintenanceLock] = {}
    curves: Mapping[str, Curve] = {}
    cohorts: Mapping[str, Cohort] = {}
    """The miners at rest."""
    moving: Mapping[str, MinerSeen] = {}
    """The miners of `State.motions`, by name."""
    outcomes: Mapping[str, Outcome] = {}
    """By command: what the fleet reported since the last decision."""
    paid_at: Mapping[str, datetime] = {}
    """By group, of those whose running miners count shares: when the last one was accepted, or
    from when on one was due."""
    fleet_known: bool = False
    """Every miner has been heard, or was given the time to be heard, since the process began."""


class State(Model, frozen=True, kw_only=True):
    """What must be remembered from one decision to the next."""

    motions: Mapping[str, Motion] = {}
    other_w: Mapping[str, int] = {}
    """By scope: metered power that no miner reports."""
    moved_at: datetime | None = None
    """When power was last seen or told to change."""
    restored_at: datetime | None = None
    """When the restore allowance was last drawn upon."""
    restore_credit_w: int = 0
    running: Mapping[str, int] = {}
    """By group and curve: how many steps economics last let run, for the start margin."""
    excess_permille: Mapping[str, int] = {}
    """By group and curve: the power of miners that run, or last ran, over its nominal value."""
    meter_heard_at: datetime | None = None
    rose_at: datetime | None = None
    """When a miner was last found to have come up: an older word of a meter lacks its power."""
    balances: Mapping[str, Balance] = {}
    """By scope whose meter has to prove what miners without watts of their own do."""
    fitted_permille: Mapping[str, int] = {}
    """By group and curve: true over nominal power, as steps of the meter have shown it."""
    ratio_permille: Mapping[str, int] = {}
    """By group and curve: that, or less where the meter leaves less. 1000 where none is known."""
    unpaid: Mapping[str, Unpaid] = {}
    """By group."""
    next_command: int = 1
