"""What was decided, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from controller.model.base import Model
from controller.model.fleet import Command, CommandEvent
from controller.model.grid import Floor, Limit
from controller.model.remembered import CanaryStage, Waiver
from controller.reasons import Reason


class Mode(StrEnum):
    """How much the site dares: see docs/architecture.md."""

    STARTING = "starting"
    NORMAL = "normal"
    HOLDING = "holding"
    """A price or a source that bounds the site is not fresh: what runs may run, nothing starts."""
    FAILSAFE = "failsafe"
    """A source that bounds the site is silent: its declared safe power is the limit."""
    MANUAL = "manual"
    """A person holds the site: limits are obeyed, nothing starts or stops for money."""


class Allocation(Model, frozen=True, kw_only=True):
    """How many miners of one group and curve should stand at each level."""

    group: str
    curve: str
    ceiling: str = ""
    """The highest level that people allow them; empty: any."""
    counts: Mapping[str, int]
    """By level, of the miners that can be told; levels without miners are left out."""
    reason: Reason
    """What keeps the next step from running, or PROFITABLE when all run."""
    power_w: int
    """Once every command has been obeyed, the miners that can be told nothing included."""
    next_break_even_per_mwh: Decimal | None = None
    """The break-even of the best step that does not run; None when all run."""
    held: int = 0
    """Miners that cannot be moved now: unreachable, locked, disobedient, at rest."""


class Curtailed(Model, frozen=True, kw_only=True):
    """Load that could run and does not, by its primary cause."""

    power_w: int
    hashrate_ths: Decimal
    """Of hashes that are the site's own."""
    clients_per_day: Decimal = Decimal(0)
    """What clients would pay for a day of the power of theirs."""


class Reserve(Model, frozen=True, kw_only=True):
    """Load that a program holds as reserve."""

    sold_w: int
    deliverable_w: int
    """Of what runs now, what could be told to go within the program's response time."""

    @property
    def short_w(self) -> int:
        return max(0, self.sold_w - self.deliverable_w)


class Outlook(Model, frozen=True, kw_only=True):
    """Something known to come."""

    at: datetime
    what: str
    source: str
    limit_w: int | None = None
    step_w: int | None = None
    """By how much the load changes then; negative where it falls."""


class Deliverable(Model, frozen=True, kw_only=True):
    """How far the site's power could be moved within a time, from what runs now."""

    within_s: int
    shed_w: int
    add_w: int
    """Under all limits, and at the pace that they and comfort leave."""
    shed_confidence: Decimal
    """From 0 to 1: how sure the record of earlier commands makes it."""
    add_confidence: Decimal


class Demand(Model, frozen=True, kw_only=True):
    """A program asks more than the site has been measured to do."""

    asked_w: int
    within_s: int
    measured_w: int


class Rehearsal(Model, frozen=True, kw_only=True):
    """How far it is proven that commands leave a firmware's miners as they were."""

    stage: CanaryStage
    miner: str
    """The canary; empty while none is chosen."""
    waiting: int
    """How many miners wait for it, or are barred with it."""
    why: str = ""
    """Why they are barred."""
    waived: Waiver | None = None
    """What did not let all of them wait."""


class Bound(StrEnum):
    """On which side what was decisive holds a group."""

    LIMIT = "limit"
    FLOOR = "floor"


class Explanation(Model, frozen=True, kw_only=True):
    """Why a group stands as it does, what that is worth, and what would change it."""

    reason: Reason
    """What was decisive."""
    bound: Bound | None = None
    """Whether that is a limit or a floor: generators and persons set both."""
    source: str = ""
    """Which limit, floor, dispatch or order, where one was."""
    until: datetime | None = None
    """When that ends, where it is known."""
    runs_w: int
    """What the group draws once every command has been obeyed."""
    curtailed_w: int = 0
    """What the miners that can be told something could draw more; 0: they run in full."""
    miners: int = 0
    """Those that can be told something; the amounts are theirs."""
    running: int = 0
    """Of these, those that are to run."""
    wanted: int = 0
    """Of these, those that would be to run if none were in flight or at rest, and no canary had to
    show anything first."""
    earns_per_hour: Decimal | None = None
    """Net of power, as planned; None where a price that it takes is not fresh."""
    if_running_per_hour: Decimal | None = None
    """If all of them ran, without a limit, each at the level that earns most or loses least."""
    if_stopped_per_hour: Decimal | None = None
    """If all of them stood still, at standby."""
    more_below_per_mwh: Decimal | None = None
    """The market price below which the next step would start; None where none is certain to."""
    less_above_per_mwh: Decimal | None = None
    """The market price above which the first of the steps that run would stop."""
    off_above_per_mwh: Decimal | None = None
    """The market price above which none of it would run."""


class Plan(Model, frozen=True, kw_only=True):
    """The level of every cohort now, with reasons."""

    at: datetime
    mode: Mode
    target_w: int
    """Site power when every command has been obeyed, other load included."""
    expected_w: int
    """Site power as it has to be counted now: what is not proven counts in full."""
    limit_w: int
    """The lowest limit on the site."""
    marginal_price_per_mwh: Decimal | None = None
    """Site-wide, without the groups' own adders; None when the price is not fresh."""
    limits: tuple[Limit, ...] = ()
    floors: tuple[Floor, ...] = ()
    allocations: Mapping[str, Allocation] = {}
    """By `group/curve`, and the ceiling if any."""
    commands: tuple[Command, ...] = ()
    events: tuple[CommandEvent, ...] = ()
    """Commands that changed their stage by this decision's evidence."""
    curtailed: Mapping[Reason, Curtailed] = {}
    shortfall_w: int = 0
    """By how much the power that can be told nothing exceeds the limit."""
    outlook: tuple[Outlook, ...] = ()
    reserves: Mapping[str, Reserve] = {}
    """By program, of those that hold one."""
    unpaid_since: Mapping[str, datetime] = {}
    """By group whose income has stopped: the last share that was accepted."""
    deliverable: tuple[Deliverable, ...] = ()
    """For 10 s, 1, 10 and 30 minutes."""
    too_much_asked: Mapping[str, Demand] = {}
    """By program."""
    explained: Mapping[str, Explanation] = {}
    """By group."""
    cooling: Mapping[str, bool] = {}
    """By group whose fans have to run before its miners: whether they should run now."""
    frozen_meters: tuple[str, ...] = ()
    """Scopes whose meter did not show steps that were made, and counts as stale."""
    contested: Mapping[str, datetime] = {}
    """By miner that somebody else keeps waking: until when it is told nothing."""
    rehearsals: Mapping[str, Rehearsal] = {}
    """By firmware of which a canary is under way or wanted, or that is barred."""
