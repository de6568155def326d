"""What goes into a decision and what is remembered between two."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from controller.model.base import Model
from controller.model.fleet import Cohort, Curve, MinerSeen, Motion, Outcome
from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder
from controller.model.quality import Missing, Observed
from controller.model.remembered import (
    Balance,
    Canary,
    CoolingState,
    Crest,
    Fit,
    Habits,
    Learned,
    MeterWatch,
    RuleState,
    Unpaid,
    Waiver,
    Wakes,
    Wear,
)
from controller.model.site import Site


class Snapshot(Model, frozen=True, kw_only=True):
    """Everything that may influence a decision."""

    now: datetime
    site: Site
    price_per_mwh: Observed[Decimal] = Missing(why="no price feed")
    price_feed: str = ""
    """Whose word that is, where there are several feeds."""
    price_assumed_per_mwh: Decimal | None = None
    """What is acted upon while no price is fresh: it may stop load and starts none. None: what runs
    goes on."""
    price_interval_s: int = 0
    """How long the interval of that price is; 0 where none is known."""
    day_ahead_per_mwh: Decimal | None = None
    """The day-ahead market's price of this moment,"""
    day_ahead_next_per_mwh: Decimal | None = None
    """and in an hour."""
    hashprice_per_ph_day: Observed[Decimal] = Missing(why="no hashprice feed")
    hashprice_feed: str = ""
    meters_w: Mapping[str, Observed[int]] = {}
    """By scope: the site, a breaker, a group, or a neighbour's."""
    signals: Mapping[str, Observed[Decimal]] = {}
    """By name: temperature, frequency, available power and the like, in the unit of its rule."""
    conditions: Mapping[str, Observed[str]] = {}
    """By name: what the grid says of itself in public. It informs and never orders."""
    utc_offset_s: int = 0
    """Local time less UTC."""
    offset_changes_at: datetime | None = None
    """When that changes next, if within the next days."""
    utc_offset_after_s: int = 0
    """What it is from then on; means nothing where no change is near."""
    dispatches: Mapping[str, Dispatch] = {}
    """Accepted and not over."""
    orders: Mapping[str, ManualOrder] = {}
    locks: Mapping[str, MaintenanceLock] = {}
    curves: Mapping[str, Curve] = {}
    cohorts: Mapping[str, Cohort] = {}
    """The miners at rest."""
    moving: Mapping[str, MinerSeen] = {}
    """The miners of `State.motions`, by name."""
    canaries: Mapping[str, MinerSeen] = {}
    """The miners of `State.canaries`, by name, wherever else they are seen."""
    outcomes: Mapping[str, Outcome] = {}
    """By command: what the fleet reported since the last decision."""
    paid_at: Mapping[str, datetime] = {}
    """By group, of those whose running miners count shares: when the last one was accepted, or
    from when on one was due."""
    accepted_th: Mapping[str, int] = {}
    """By group whose miners say: terahashes of work that pools accepted since the process began.
    For the books; no decision rests on it."""
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
    level_permille: Mapping[str, Mapping[str, int]] = {}
    """By group and curve, of each level: that of those that last ran there, at least 1000."""
    reserve_permille: Mapping[str, int] = {}
    """By group and curve, while a reserve is held: what load counts with for it over its nominal
    value."""
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
    learned: Mapping[str, Learned] = {}
    """By group and curve."""
    wear: Mapping[str, Wear] = {}
    """By miner that was ever started."""
    wakes: Mapping[str, Wakes] = {}
    """By miner that went off as told within the last day, or was woken within the last hour."""
    rules: Mapping[str, RuleState] = {}
    """By rule, and by neighbour."""
    staged_at: Mapping[str, datetime] = {}
    """By breaker: when load was last started behind it; `site up`, `site down`: the last step."""
    staged_w: Mapping[str, int] = {}
    """How much of the largest step `site up` or `site down` is used."""
    lowered_at: datetime | None = None
    """When the allowance for stopping for money was last drawn upon."""
    lower_credit_w: int = 0
    watched: Mapping[str, MeterWatch] = {}
    """By scope of a meter."""
    fits: Mapping[str, Fit] = {}
    """By scope of a meter."""
    cooling: Mapping[str, CoolingState] = {}
    """By group."""
    crests: Mapping[str, Crest] = {}
    """By scope."""
    habits: Habits | None = None
    """Where starts cost something: what was learned of prices."""
    proven_firmware: tuple[str, ...] = ()
    """Firmwares whose canary came back as it was. Sorted."""
    canaries: Mapping[str, Canary] = {}
    """By firmware that is not proven yet."""
    waivers: Mapping[str, Waiver] = {}
    """By firmware that is not proven yet."""
    next_command: int = 1

    @property
    def asked(self) -> tuple[str, ...]:
        """The miners of which it has to be known how they are set: the canaries."""
        return tuple(sorted({one.miner for one in self.canaries.values() if one.miner}))
