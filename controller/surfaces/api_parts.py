"""The parts that answers are made of; units as in `api_models`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from controller.model.fleet import EvidenceGrade, Stage, Standing
from controller.model.grid import Obligation
from controller.model.plan import Bound
from controller.reasons import Reason


class Served(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Because(Served):
    """A reason, as a word for programs and a sentence for people."""

    reason: Reason
    text: str


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
    surcharge_per_mwh: float | None = None
    """Of one that is weighed against money: what every MWh beyond it costs more; null: it holds."""


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
    ceiling: str | None
    """The highest level that people allow them; null: any."""
    counts: dict[str, int]
    because: Because
    power_kw: float
    next_break_even_per_mwh: float | None = None
    """The full price, all told, at which the next step breaks even; null when all run."""
    held: int
    """Miners that cannot be moved now."""


class ExplanationNow(Served):
    """Why a group stands as it does, what that is worth, and what would change it. Money is that of
    the miners that can be told something, per hour; prices are of the market, without adders."""

    sentence: str
    """All of it, for people."""
    because: Because
    """What was decisive."""
    bound: Bound | None
    """Whether that is a limit or a floor; null where neither was."""
    source: str | None
    """Which limit, floor, dispatch, order or person; null where none was."""
    until: datetime | None
    """When that ends, where it is known."""
    runs_kw: float
    """What the group draws once every command has been obeyed."""
    curtailed_kw: float
    """What more the miners could draw that can be told something; 0: they run in full."""
    miners: int
    """Those that can be told something."""
    running: int
    """Of these, those that are to run."""
    wanted: int
    """Of these, those that would be to run if none were in flight or at rest, and no canary had to
    show anything first."""
    earns_per_hour: float | None
    """As planned, net of power; null where a price that it takes is not fresh."""
    if_running_per_hour: float | None
    """If all of them ran, without a limit, each at the level that earns most or loses least."""
    if_stopped_per_hour: float | None
    """If all of them stood still, at standby."""
    more_below_per_mwh: float | None
    """The market price below which the next step would start; null where none is certain to."""
    less_above_per_mwh: float | None
    """The market price above which the first of the steps that run would stop."""
    off_above_per_mwh: float | None
    """The market price above which none of it would run."""


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
    unpaid_since: datetime | None
    """Its income has stopped: the last share that was accepted; null while hashes are paid."""
    explained: ExplanationNow | None = None
    """null where the last decision knew none of its miners."""
    cooling: bool | None = None
    """Whether its fans should run now; null where they need not run before its miners."""
    contested: int = 0
    """Miners that somebody else keeps waking: they are told nothing for a time."""
    cohorts: list[CohortNow]
    allocations: list[AllocationNow]


class RecallNow(Served):
    """A dispatch was ended by voice."""

    person: str
    """Who took the call."""
    authority: str
    """On whose word."""
    reference: str
    """What the word can be looked up by."""
    at: datetime


class OptOutNow(Served):
    """A person opted out of a dispatch; a newer version of it is obeyed again."""

    person: str
    why: str
    penalty: float
    """In the site's currency, as it was shown."""
    at: datetime


class DispatchNow(Served):
    """A dispatch that is accepted and not over, or was ended by voice within the last day."""

    id: str
    version: int
    program: str
    authority: str
    obligation: Obligation | None
    """null when the program is no longer configured."""
    limit_kw: float | None
    """What its target comes to by itself, frozen when it was accepted; what several come to
    together is among the plan's limits. null: it asks for a level at which nothing is asked."""
    floor_kw: float | None = None
    """Of a set-point: the least to draw."""
    reference_kw: float | None = None
    """What its reduction is measured from; null: it is a cap or a set-point."""
    in_force: bool
    """It has started, is not over, asks for something, and nobody opted out of it."""
    deadline: datetime | None = None
    """By when power has to show it."""
    issued_at: datetime
    received_at: datetime
    start: datetime
    end: datetime | None
    """null: open, until a newer version cancels it."""
    recall: RecallNow | None = None
    """Who ended it by voice; null where nobody did."""
    opted_out: OptOutNow | None = None
    """Who opted out of this version; null where nobody did."""


class OrderNow(Served):
    """A limit, a highest level, a floor or a hold that a person set: one of the four."""

    id: str
    scope: str
    """`site`, a group's id, or of a level a miner's."""
    limit_kw: float | None
    """null: it sets something else."""
    level: str | None
    """The highest level allowed; null: it sets something else."""
    floor_kw: float | None = None
    """The least to draw there; null: it sets something else."""
    hold: bool = False
    """Mode `manual`: nothing starts or stops for money until it ends."""
    emergency: bool = False
    """Of a limit: comfort is skipped, safety never."""
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


class ReserveNow(Served):
    """Load that a program holds as reserve; not listed while its dispatch is in force."""

    program: str
    sold_kw: float
    deliverable_kw: float
    """Of what runs now, what could be told to go for it."""
    short_kw: float
    """By how much that is less than was sold."""


class OutlookNow(Served):
    """Something known to come."""

    at: datetime
    what: str
    source: str
    limit_kw: float | None = None
    step_kw: float | None = None
    """By how much the load changes then; negative where it falls."""
