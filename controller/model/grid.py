"""What the grid and people may ask of a site, and what follows for its power."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from controller.model.base import Model
from controller.reasons import Reason

SITE = "site"
"""The scope of a limit or an order that is about the whole site; else a group's id."""


class ReduceTo(Model, frozen=True, kw_only=True, tag_field="kind", tag="reduce_to_kw"):
    """Draw no more than this at the site's meter."""

    kw: Decimal


class ReduceBy(Model, frozen=True, kw_only=True, tag_field="kind", tag="reduce_by_kw"):
    """Draw this much less than a reference that the program names."""

    kw: Decimal
    reference: str


class ReduceByPercent(Model, frozen=True, kw_only=True, tag_field="kind", tag="reduce_by_percent"):
    """Draw this many per cent less than a reference that the program names."""

    percent: Decimal
    reference: str


class ProgramLevel(Model, frozen=True, kw_only=True, tag_field="kind", tag="level"):
    """What the program says that this level asks for; a level it does not list asks for nothing."""

    level: str


class Follow(Model, frozen=True, kw_only=True, tag_field="kind", tag="follow_kw"):
    """Draw this at the site's meter: no more, and no less than what can run comes to."""

    kw: Decimal


Target: TypeAlias = ReduceTo | ReduceBy | ReduceByPercent | ProgramLevel | Follow


class Obligation(StrEnum):
    """Whether a program's obligation may be weighed against money."""

    COMPLIANCE = "compliance"
    FINANCIAL = "financial"


class ReferenceKind(StrEnum):
    CONTRACTED = "contracted"
    """A constant of the contract."""
    POWER_AT_ACCEPTANCE = "power_at_acceptance"
    """The site's metered power when the dispatch is accepted."""


class Reference(Model, frozen=True, kw_only=True):
    """What a reduction is measured from."""

    kind: ReferenceKind
    contracted_w: int = 0


class Recall(Model, frozen=True, kw_only=True):
    """A dispatch was ended by voice: who said so on whose authority, and what to look it up by."""

    person: str
    """Who took the call and answers for it here."""
    authority: str
    """Who gave the word, by name or office."""
    reference: str
    """The number of the call, the log entry, the ticket."""
    at: datetime


class OptOut(Model, frozen=True, kw_only=True):
    """A named person decided that a dispatch is not obeyed, and was shown what that costs."""

    person: str
    why: str
    penalty: Decimal
    """In the site's currency, as it was shown."""
    at: datetime


class Dispatch(Model, frozen=True, kw_only=True):
    """One instruction under a program, accepted and committed."""

    id: str
    version: int
    program: str
    authority: str
    issued_at: datetime
    received_at: datetime
    start: datetime
    target: Target
    limit_w: int
    """What the target comes to, frozen when it was accepted."""
    reference_w: int | None = None
    """What the reduction is measured from, frozen when it was first accepted."""
    reference: str = ""
    """By which name of the program."""
    end: datetime | None = None
    """None: open, until it is cancelled by a newer version."""
    cancelled: bool = False
    recall: Recall | None = None
    """Where it was ended by voice; it is cancelled then, until a newer version says otherwise."""
    floor_w: int | None = None
    """Of a set-point: the least to draw, frozen like the limit."""
    asks_nothing: bool = False
    """Of a level that the program knows as normal: it limits nothing."""
    opted_out: OptOut | None = None
    """Where a person opted out of this version; a newer one is obeyed again."""

    def in_force(self, at: datetime) -> bool:
        return self.start <= at and self.asks(at)

    def asks(self, at: datetime) -> bool:
        """Whether it is obeyed now or will be."""
        return not (self.over(at) or self.asks_nothing or self.opted_out)

    def over(self, at: datetime) -> bool:
        return self.cancelled or (self.end is not None and self.end <= at)


class ManualOrder(Model, frozen=True, kw_only=True):
    """What a named person set for a scope: a limit, a floor, a highest level, or a hold."""

    id: str
    scope: str
    """The site, a group's id; for a level also a miner's. A hold is for the site."""
    limit_w: int | None = None
    floor_w: int | None = None
    """The least to draw there, at a loss if need be; every other floor and all limits go first."""
    hold: bool = False
    """Mode `manual`: nothing starts or stops for money until it ends."""
    emergency: bool = False
    """A limit that skips comfort, never safety."""
    level: str = ""
    """The highest level allowed there; `off` stops it."""
    level_w: int = 0
    """The most that one miner draws at that level, frozen when it was accepted: for curves that
    lack it."""
    person: str
    why: str
    issued_at: datetime
    until: datetime

    def in_force(self, at: datetime) -> bool:
        return self.issued_at <= at < self.until


class MaintenanceLock(Model, frozen=True, kw_only=True):
    """Nothing starts at this place until a named person releases it. It never expires."""

    id: str
    place: str
    """A group's id or a miner's."""
    person: str
    why: str
    since: datetime


class Limit(Model, frozen=True, kw_only=True):
    """The most that a scope may draw now."""

    scope: str
    limit_w: int
    source: str
    reason: Reason
    until: datetime | None = None
    dispatch: str = ""
    """The id of the dispatch that it comes of."""
    surcharge_per_mwh: Decimal | None = None
    """Of one that is weighed against money: what every MWh beyond it costs. None: it holds."""


class Floor(Model, frozen=True, kw_only=True):
    """The least that a scope should draw now. No floor beats a limit; low ranks go first."""

    scope: str
    floor_w: int
    rank: int
    source: str
    reason: Reason
    until: datetime | None = None
