"""What may be sent to the API, and the answers to it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from controller.surfaces.api_parts import RecallNow, Served

OrderId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$")]
Place = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Person = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
LevelName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
LONGEST_S = 366 * 86_400
LimitKw = Annotated[Decimal, Field(ge=0, le=10_000_000, allow_inf_nan=False)]
FloorKw = Annotated[Decimal, Field(ge=Decimal("0.001"), le=10_000_000, allow_inf_nan=False)]


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the moment is out of range") from error


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]


class Sent(BaseModel):
    """A body of a request."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class OrderSent(Sent):
    """A limit, a floor, a highest level or a hold, by a named person, until a moment."""

    id: OrderId
    """The same id again replaces the order."""
    scope: Place
    """`site`, or a group's id; of a level also a miner's; of a hold `site` only."""
    limit_kw: LimitKw | None = None
    """The most that the scope may draw; this, `level`, `floor_kw` or `hold`."""
    level: LevelName | None = None
    """The highest level at which its miners may run; `off` stops them."""
    floor_kw: FloorKw | None = None
    """The least that it should draw, at a loss if need be. Limits and all other floors go first."""
    hold: bool = False
    """Mode `manual`: nothing starts or stops for money. Limits are obeyed."""
    emergency: bool = False
    """Of a limit: comfort is skipped, safety never."""
    person: Person
    why: Why
    until: Moment | None = None
    """Site time with a zone; this or `for_s`."""
    for_s: Annotated[int, Field(ge=1, le=LONGEST_S)] | None = None
    """Seconds of site time from now on."""

    @model_validator(mode="after")
    def _one_of_each(self) -> OrderSent:
        sets = (self.limit_kw is not None, self.level is not None, self.floor_kw is not None)
        if sum((*sets, self.hold)) != 1:
            raise ValueError("give limit_kw, level, floor_kw or hold, one of the four")
        if self.emergency and self.limit_kw is None:
            raise ValueError("emergency goes with limit_kw only")
        if (self.until is None) == (self.for_s is None):
            raise ValueError("give until or for_s, one of the two: every order ends by itself")
        return self


class OrderEnd(Sent):
    """Who ends an order; the body may be left out, then it is the token's authority."""

    person: Person
    why: Why | None = None
    """Left out: the reason that it was set for."""


class LockSent(Sent):
    """Nothing starts at the place until it is released."""

    place: Place
    """A group's id or a miner's."""
    person: Person
    why: Why


class LockRelease(Sent):
    person: Person
    """Who releases it."""
    why: Why | None = None


class RecallSent(Sent):
    """A dispatch ends now, by a word that was spoken."""

    person: Person
    """Who took the call and answers for it."""
    authority: Words
    """Who gave the word, by name or office."""
    reference: Words
    """What it can be looked up by: the number of the call, of the log, of the ticket."""


class ReduceToSent(Sent):
    """Draw no more than this."""

    kind: Literal["reduce_to_kw"]
    kw: Annotated[float, Field(ge=0)]


class ReduceBySent(Sent):
    """Draw this much less than a reference of the program."""

    kind: Literal["reduce_by_kw"]
    kw: Annotated[float, Field(ge=0)]
    reference: str


class ReduceByPercentSent(Sent):
    """Draw this many per cent less than a reference of the program."""

    kind: Literal["reduce_by_percent"]
    percent: Annotated[float, Field(ge=0, le=100)]
    reference: str


class LevelSent(Sent):
    """What the program says that a level asks for."""

    kind: Literal["level"]
    level: str


class FollowSent(Sent):
    """Draw this: no more, and no less than what can run comes to."""

    kind: Literal["follow_kw"]
    kw: Annotated[float, Field(ge=0)]


TargetSent = Annotated[
    ReduceToSent | ReduceBySent | ReduceByPercentSent | LevelSent | FollowSent,
    Field(discriminator="kind"),
]


class DispatchSent(Sent):
    """One instruction under a program. A newer version replaces or cancels an older one.

    It describes the body; the program judges it, and refuses with a code and a sentence.
    """

    id: str
    version: Annotated[int, Field(ge=1)]
    program: str
    issued_at: AwareDatetime
    target: TargetSent
    start: AwareDatetime | None = None
    """Left out or null: from `issued_at`."""
    end: AwareDatetime | None = None
    """Left out or null: open, until a newer version cancels it."""
    cancelled: bool = False


class DispatchReceived(Served):
    """The dispatch is on disk and will be obeyed."""

    received: Literal[True] = True
    id: str
    version: int
    limit_kw: float | None
    """What the target comes to; null when the dispatch was cancelled, asks for nothing, or somebody
    opted out of it."""
    repeated: bool
    """The same had been received before."""


class DispatchRefused(Served):
    """Nothing was taken over from this dispatch."""

    received: Literal[False] = False
    id: str | None = None
    version: int | None = None
    code: str
    problem: str
    """Why not, and what to do."""


class LockReleased(Served):
    place: str
    released_by: str


class DispatchEnded(Served):
    """The recall is on disk."""

    id: str
    recall: RecallNow


class Problem(Served):
    """Why a request was not served."""

    code: str
    problem: str
