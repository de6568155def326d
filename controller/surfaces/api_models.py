"""What the API serves, and the page with it.

Power is kW, energy kWh, prices the site's currency per MWh, hashprice per PH/s and day, money the
site's currency; all are JSON numbers for display and automation (the exact amounts are in the
ledger). Times are ISO 8601 in UTC. null is "not known".
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from controller.model.fleet import EvidenceGrade, Stage, Standing
from controller.model.grid import Obligation
from controller.model.plan import Mode
from controller.reasons import Reason


class Served(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Because(Served):
    """A reason, as a word for programs and a sentence for people."""

    reason: Reason
    text: str


class Reasons(Served):
    reasons: list[Because]


class Health(Served):
    alive: bool
    """Cycles complete in time."""


class Readiness(Served):
    ready: bool
    missing: list[str]
    """What has to come before the site is controlled, in sentences."""


class Quality(StrEnum):
    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"


class Reading(Served):
    """An observation and how far it may be relied upon."""

    quality: Quality
    value: float | None = None
    """The last value known, in the unit that the field's name says."""
    at: datetime | None = None
    until: datetime | None = None
    """To when it holds, where its source says so."""
    age_s: float | None = None
    why: str = ""
    """Why it is missing."""


class LimitNow(Served):
    """The most that a scope may draw now."""

    scope: str
    """`site`, or a group's id."""
    limit_kw: float
    source: str
    because: Because
    until: datetime | None = None


class FloorNow(Served):
    """The least that a scope should draw now; no floor beats a limit."""

    scope: str
    floor_kw: float
    source: str
    because: Because
    until: datetime | None = None


class CohortNow(Served):
    """Miners of a group that are alike and at rest."""

    curve: str
    level: str
    """Empty where the miners do not say."""
    standing: Standing
    miners: int
    power_kw: float
    evidence: EvidenceGrade


class AllocationNow(Served):
    """How many miners of a group and curve should stand at each level, and why no more run."""

    group: str
    curve: str
    counts: dict[str, int]
    because: Because
    power_kw: float
    next_break_even_per_mwh: float | None = None
    """The price below which the next step would run; null when all run."""
    held: int
    """Miners that cannot be moved now."""


class GroupNow(Served):
    id: str
    power_kw: Reading
    """Its meter."""
    reported_kw: float
    """The last proven power of its miners, added up."""
    target_kw: float
    """Power of its miners when every command has been obeyed."""
    limit_kw: float | None
    """The lowest limit on it, where it has one of its own."""
    miners: int
    moving: int
    cohorts: list[CohortNow]
    allocations: list[AllocationNow]


class DispatchNow(Served):
    """A dispatch that is accepted and not over."""

    id: str
    version: int
    program: str
    authority: str
    obligation: Obligation | None
    """null when the program is no longer configured."""
    limit_kw: float
    """What its target comes to, frozen when it was accepted."""
    in_force: bool
    issued_at: datetime
    received_at: datetime
    start: datetime
    end: datetime | None
    """null: open, until a newer version cancels it."""


class Dispatches(Served):
    dispatches: list[DispatchNow]


class OrderNow(Served):
    """A limit that a person set."""

    id: str
    scope: str
    limit_kw: float
    person: str
    why: str
    issued_at: datetime
    until: datetime


class LockNow(Served):
    """A place at which nothing starts until a person releases it."""

    id: str
    place: str
    person: str
    why: str
    since: datetime


class MotionNow(Served):
    """A miner that was told something and has not yet arrived and rested."""

    miner: str
    group: str
    from_level: str
    to_level: str
    stage: Stage
    because: Because
    attempt: int
    deadline: datetime


class Motions(Served):
    total: int
    by_stage: dict[Stage, int]
    shown: list[MotionNow]
    """The first of them, those still under way before those at rest."""


class CurtailedNow(Served):
    """Load that could run and does not, by its primary cause."""

    because: Because
    power_kw: float
    hashrate_ths: float


class OutlookNow(Served):
    at: datetime
    what: str
    source: str
    limit_kw: float | None = None


class Money(Served):
    """Closed settlement intervals and the open one, added up; estimates where not metered."""

    since: datetime | None
    energy_kwh: float
    energy_cost: float
    hash_revenue: float
    curtailed_kwh: float
    avoided_cost: float
    foregone_revenue: float


class OpenInterval(Served):
    """The settlement interval under way."""

    start: datetime
    end: datetime
    energy_kwh: float | None
    estimated: bool
    """The meter did not cover it: the energy is from power."""
    price_per_mwh: float | None
    energy_cost: float | None
    hash_revenue: float


class AdapterNow(Served):
    name: str
    kind: str
    running: bool
    errors: int
    last_error: str
    last_error_at: datetime | None
    refused: dict[str, int]
    """Samples refused, by reason."""


class LedgerNow(Served):
    writable: bool
    waiting: int
    """Records not yet on disk."""
    written: int
    last_error: str


class FleetNow(Served):
    known: int
    reachable: int
    probes: int
    sent: int
    abandoned_calls: int
    failures: dict[str, int]


class Severity(StrEnum):
    ALARM = "alarm"
    WARNING = "warning"
    NOTICE = "notice"


class Attention(Served):
    """Something stale, missing or broken, as a sentence."""

    severity: Severity
    about: str
    text: str


class SiteNow(Served):
    id: str
    currency: str
    zone: str
    import_limit_kw: float


class About(Served):
    code_version: str
    config_hash: str
    started_at: datetime
    cycles: int
    cycle_seconds: float
    """How long the last decision took."""


class SiteState(Served):
    """Everything that the page shows."""

    at: datetime
    """Site time of the decision."""
    site: SiteNow
    mode: Mode
    shadow: bool
    """Decides and reports, sends nothing."""
    shadow_commands: int
    """Commands that were not sent for it."""
    power_kw: Reading
    """The site's meter."""
    price_per_mwh: Reading
    hashprice_per_ph_day: Reading
    marginal_price_per_mwh: float | None
    """Price with all adders of the site; null when the price is not fresh."""
    limit: LimitNow | None
    """The lowest limit on the site."""
    limit_kw: float
    target_kw: float
    expected_kw: float
    shortfall_kw: float
    curtailed: list[CurtailedNow]
    groups: list[GroupNow]
    dispatches: list[DispatchNow]
    orders: list[OrderNow]
    locks: list[LockNow]
    motions: Motions
    outlook: list[OutlookNow]
    money: Money
    interval: OpenInterval | None
    adapters: list[AdapterNow]
    ledger: LedgerNow
    fleet: FleetNow
    attention: list[Attention]
    about: About


class CommandsNow(Served):
    """Miners that were told the same, by the last decision."""

    level: str
    because: Because
    dispatch: str
    attempt: int
    miners: list[str]


class PlanNow(Served):
    """The last decision."""

    at: datetime
    mode: Mode
    target_kw: float
    expected_kw: float
    limit_kw: float
    shortfall_kw: float
    marginal_price_per_mwh: float | None
    limits: list[LimitNow]
    floors: list[FloorNow]
    allocations: list[AllocationNow]
    commands: list[CommandsNow]
    curtailed: list[CurtailedNow]
    outlook: list[OutlookNow]


class History(Served):
    """The first event of a stream: what was seen lately, in columns of equal length."""

    at: list[datetime]
    power_kw: list[float | None]
    target_kw: list[float]
    limit_kw: list[float]
    price_per_mwh: list[float | None]


class Beat(Served):
    """Sent every second: the site's clock, and whether cycles complete."""

    at: datetime
    alive: bool
