"""Opting out of a dispatch: what it costs, and the act."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from controller.surfaces.api_parts import OptOutNow, Served
from controller.surfaces.api_requests import Person, Sent, Why


class PenaltyNow(Served):
    """What opting out of a dispatch costs now: `per_dispatch` + `per_mwh` x `not_shed_kw` / 1000 x
    `hours`."""

    id: str
    version: int
    penalty: float | None
    """To be sent back to opt out; null: nobody can opt out, because the dispatch is open and its
    program names no longest duration. Each hour costs `per_hour` then."""
    currency: str
    per_dispatch: float
    per_mwh: float
    not_shed_kw: float
    """The most that may be missing of what the dispatch asks for."""
    per_hour: float
    hours: float | None
    """That are left of it, in started quarters."""
    until: datetime | None
    """The end that they are counted to: the dispatch's own, or the longest its program may ask."""
    stands_until: datetime | None
    """From then on the penalty is another; null: it stays."""


class OptOutSent(Sent):
    """A person decides that a dispatch is not obeyed, and has seen what that costs."""

    person: Person
    """Who answers for it."""
    why: Why
    penalty: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
    """As it was shown."""


class PenaltyChanged(Served):
    """Nothing was done: the penalty is not the one that was sent."""

    code: str
    problem: str
    current: PenaltyNow


class OptedOut(Served):
    """The opting out is on disk."""

    id: str
    opted_out: OptOutNow
