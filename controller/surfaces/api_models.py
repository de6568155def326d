"""What the API serves, and the page with it.

Power is kW, energy kWh, prices the site's currency per MWh, hashprice per PH/s and day, money the
site's currency; all are JSON numbers for display and automation (the exact amounts are in the
ledger). Times are ISO 8601 in UTC. null is "not known".
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from controller.model.plan import Mode
from controller.surfaces.api_ability import (
    ConditionNow,
    ContestedNow,
    DeliverableNow,
    DemandNow,
    SignalNow,
)
from controller.surfaces.api_parts import (
    AllocationNow,
    Because,
    CurtailedNow,
    DispatchNow,
    ExplanationNow,
    FloorNow,
    GroupNow,
    LimitNow,
    LockNow,
    Motions,
    OrderNow,
    OutlookNow,
    Reading,
    ReserveNow,
    Served,
)
from controller.surfaces.api_revenue import RevenueMeterNow


class Reasons(Served):
    reasons: list[Because]


class Health(Served):
    alive: bool
    """Cycles complete in time."""


class Readiness(Served):
    ready: bool
    missing: list[str]
    """What has to come before the site is controlled, in sentences."""


class Dispatches(Served):
    dispatches: list[DispatchNow]
    recalled: list[DispatchNow]
    """Ended by voice within the last day, the last one first."""


class Orders(Served):
    orders: list[OrderNow]


class Money(Served):
    """Closed settlement intervals and the open one, added up; estimates where not metered."""

    since: datetime | None
    energy_kwh: float
    energy_cost: float
    hash_revenue: float
    hosting_revenue: float
    """What clients owe for the power of their miners; an estimate."""
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
    hosting_revenue: float
    """What clients owe for the power of their miners; an estimate."""


class AdapterNow(Served):
    name: str
    kind: str
    running: bool
    errors: int
    last_error: str
    last_error_at: datetime | None
    refused: dict[str, int]
    """Samples refused, by reason."""
    connected: bool | None = None
    """null where it keeps no connection."""
    heard_at: datetime | None = None
    """Of a feed: when it last said something of use."""
    late: bool = False
    """Of a feed: it has been silent for longer than its source should be."""


class DisagreementNow(Served):
    """Two feeds of one thing that differ by more than is allowed."""

    about: str
    acted_upon: str
    other: str
    value: float
    other_value: float


class LedgerNow(Served):
    writable: bool
    waiting: int
    """Records not yet on disk."""
    written: int
    last_error: str


class FleetNow(Served):
    known: int
    reachable: int
    refused_credentials: int
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
    price_feed: str
    """Whose word it is; empty while nobody has one."""
    price_assumed_per_mwh: float | None
    """What is acted upon instead, while it is not fresh and the configuration says so."""
    hashprice_per_ph_day: Reading
    hashprice_feed: str
    disagreements: list[DisagreementNow]
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
    recalled: list[DispatchNow]
    """Ended by voice within the last day, the last one first."""
    orders: list[OrderNow]
    locks: list[LockNow]
    reserves: list[ReserveNow]
    deliverable: list[DeliverableNow]
    """Within 10 s, 1, 10 and 30 minutes."""
    too_much_asked: list[DemandNow]
    signals: list[SignalNow]
    conditions: list[ConditionNow]
    frozen_meters: list[str]
    """Scopes whose meter did not show steps that were made, and counts as stale."""
    contested: list[ContestedNow]
    motions: Motions
    outlook: list[OutlookNow]
    money: Money
    interval: OpenInterval | None
    revenue_meter: RevenueMeterNow | None
    """The last import; null where nothing was."""
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
    explained: dict[str, ExplanationNow]
    """By group: why it stands as it does, what that is worth, what would change it."""
    reserves: list[ReserveNow]
    deliverable: list[DeliverableNow]
    """Within 10 s, 1, 10 and 30 minutes."""
    too_much_asked: list[DemandNow]
    cooling: dict[str, bool]
    """By group whose fans have to run before its miners: whether they should run now."""
    frozen_meters: list[str]
    """Scopes whose meter did not show steps that were made, and counts as stale."""
    contested: list[ContestedNow]
    unpaid_since: dict[str, datetime]
    """By group whose income has stopped: the last share that was accepted."""
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
