"""What was decided, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from controller.model.base import Model
from controller.model.fleet import Command, CommandEvent
from controller.model.grid import Floor, Limit
from controller.reasons import Reason


class Mode(StrEnum):
    """How much the site dares: see docs/architecture.md."""

    STARTING = "starting"
    NORMAL = "normal"
    HOLDING = "holding"
    """A price, the hashprice or the site's meter is silent: what runs may run, nothing starts."""
    FAILSAFE = "failsafe"
    """The site's meter is silent: the declared safe power is the limit."""


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


class Reserve(Model, frozen=True, kw_only=True):
    """Load that a program holds as reserve."""

    sold_w: int
    deliverable_w: int
    """Of what runs now, what could be told to go."""

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
