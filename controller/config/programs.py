"""The contracts with the grid, in the units people use: kW, per cent, seconds."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from controller.config.quantities import Kilowatts, PositiveKilowatts, PositiveSeconds, Seconds
from controller.config.section import Name, Section
from controller.model.grid import (
    Follow,
    Obligation,
    ReduceBy,
    ReduceByPercent,
    ReduceTo,
    Reference,
    ReferenceKind,
    Target,
)
from controller.model.site import Program

LevelName = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$", max_length=40, strip_whitespace=True
    ),
]
Penalty = Annotated[Decimal, Field(ge=0, le=100_000_000)]


class ContractedReference(Section):
    """A constant of the contract."""

    kind: Literal["contracted"]
    kw: PositiveKilowatts
    """The contracted power."""


class AcceptanceReference(Section):
    """The site's metered power when the dispatch is accepted."""

    kind: Literal["power_at_acceptance"]


ReferenceSettings = Annotated[
    ContractedReference | AcceptanceReference, Field(discriminator="kind")
]


class LevelReduceTo(Section):
    """The site draws no more than this."""

    kind: Literal["reduce_to_kw"]
    kw: Kilowatts
    """The most to draw at the site's meter."""

    def target(self) -> Target:
        return ReduceTo(kw=self.kw)


class LevelReduceBy(Section):
    """The site draws this much less than a reference."""

    kind: Literal["reduce_by_kw"]
    kw: Kilowatts
    """How much less."""
    reference: Name
    """A name under `references`."""

    def target(self) -> Target:
        return ReduceBy(kw=self.kw, reference=self.reference)


class LevelReduceByPercent(Section):
    """The site draws this many per cent less than a reference."""

    kind: Literal["reduce_by_percent"]
    percent: Annotated[Decimal, Field(ge=0, le=100)]
    """How many per cent less."""
    reference: Name
    """A name under `references`."""

    def target(self) -> Target:
        return ReduceByPercent(percent=self.percent, reference=self.reference)


class LevelFollow(Section):
    """The site draws this: no more, and no less than what can run comes to."""

    kind: Literal["follow_kw"]
    kw: Kilowatts
    """The power to draw at the site's meter."""

    def target(self) -> Target:
        return Follow(kw=self.kw)


LevelSettings = Annotated[
    LevelReduceTo | LevelReduceBy | LevelReduceByPercent | LevelFollow,
    Field(discriminator="kind"),
]


class ProgramSettings(Section):
    """A contract with the grid: what it may ask and how it is obeyed."""

    authority: Name
    """Whose token its dispatches must come with: a name under http.tokens."""
    allowed: Annotated[
        list[Literal["reduce_to_kw", "reduce_by_kw", "reduce_by_percent", "level", "follow_kw"]],
        Field(min_length=1),
    ]
    """The kinds of target it may ask for."""
    references: dict[Name, ReferenceSettings] = Field(default_factory=dict)
    """What a "reduce by" is measured from, by the name that a dispatch gives."""
    counted_from: Name | None = None
    """The reference from which a "reduce to" counts as a reduction, so that no other program counts
    the same kW; left out: it is a cap, and counts none."""
    levels: dict[LevelName, LevelSettings] = Field(default_factory=dict)
    """What each level asks for, by its name: of OpenADR's SIMPLE, "1", "2" and "3"."""
    normal_levels: list[LevelName] = Field(default_factory=list)
    """The names of levels that ask for nothing: of OpenADR's SIMPLE, "0"."""
    notice_s: Seconds = 0
    """The shortest time from issue to start that the contract allows. A dispatch with less is
    obeyed all the same; the ledger shows both times."""
    response_s: Seconds = 0
    """The time from issue by which power has to show the reduction, where that is later than the
    start. 0: power has to be there at the start, so that lowering begins before it."""
    longest_s: PositiveSeconds | None = None
    """The longest a dispatch may last; an open one alarms when it has lasted so long."""
    obligation: Obligation = Obligation.COMPLIANCE
    """compliance is never weighed against money; financial is, where `weighed` says so."""
    weighed: bool = False
    """Of a financial obligation: a step runs on where it earns more than its power and the penalty
    cost."""
    penalty_per_mwh: Penalty = Decimal(0)
    """What every MWh costs that was to be shed, or held, and was not."""
    penalty_per_dispatch: Penalty = Decimal(0)
    """What a dispatch costs that was not kept, however much of it."""
    may_opt_out: bool = False
    """Whether a person may opt out of a dispatch, after having been shown the penalty."""
    emergency: bool = False
    """Its dispatches are emergency orders: comfort is skipped, safety never."""
    reserve_kw: Kilowatts = Decimal(0)
    """Load sold as reserve: it has to be on and able to go within response_s. It is said at once
    when less is."""
    capacity_kw: Kilowatts = Decimal(0)
    """The most that it may ask to be shed; 0: not said. `curtaild check` and the page say when the
    site has been measured to do less."""


def to_program(program: ProgramSettings) -> Program:
    """A program in watts."""
    return Program(
        authority=program.authority,
        allowed=tuple(program.allowed),
        references={name: _reference(each) for name, each in program.references.items()},
        notice_s=program.notice_s,
        longest_s=program.longest_s,
        obligation=program.obligation,
        reserve_w=int(program.reserve_kw * 1000),
        capacity_w=int(program.capacity_kw * 1000),
        response_s=program.response_s,
        emergency=program.emergency,
        levels={name: level.target() for name, level in program.levels.items()},
        normal_levels=tuple(program.normal_levels),
        counted_from=program.counted_from or "",
        weighed=program.weighed,
        penalty_per_mwh=program.penalty_per_mwh,
        penalty_per_dispatch=program.penalty_per_dispatch,
        may_opt_out=program.may_opt_out,
    )


def _reference(reference: ReferenceSettings) -> Reference:
    if isinstance(reference, ContractedReference):
        return Reference(kind=ReferenceKind.CONTRACTED, contracted_w=int(reference.kw * 1000))
    return Reference(kind=ReferenceKind.POWER_AT_ACCEPTANCE)
