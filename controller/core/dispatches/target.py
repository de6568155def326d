"""What the target of a dispatch comes to at the site's meter. See docs/dispatches.md."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from controller.core.dispatches.body import Asked, Code, RefusalError, names
from controller.model.grid import (
    Dispatch,
    Follow,
    ProgramLevel,
    ReduceBy,
    ReduceByPercent,
    ReduceTo,
    ReferenceKind,
    Target,
)
from controller.model.quality import Fresh, Observed
from controller.model.site import Program

_KINDS: dict[type[Target], str] = {
    ReduceTo: "reduce_to_kw",
    ReduceBy: "reduce_by_kw",
    ReduceByPercent: "reduce_by_percent",
    ProgramLevel: "level",
    Follow: "follow_kw",
}


class Worth(NamedTuple):
    """What a target comes to at the site's meter, and what its reduction is measured from."""

    limit_w: int
    reference_w: int | None = None
    reference: str = ""
    floor_w: int | None = None
    asks_nothing: bool = False


class Frozen(NamedTuple):
    """What the worth of a target rests on besides itself."""

    program: Program
    before: Dispatch | None
    """The version before, whose reference is kept."""
    power_w: Observed[int]
    """At the site's meter, without what other programs have taken off it."""
    most_w: int
    """The site's import limit: what a level that asks for nothing comes to."""


def worth(asked: Asked, given: Frozen) -> Worth:
    """What the target comes to: whole watts, rounded down, never below 0.

    Raises:
        RefusalError: the program does not cover it.
    """
    program, kind = given.program, _KINDS[type(asked.target)]
    if kind not in program.allowed:
        raise RefusalError(
            Code.NOT_ALLOWED,
            f"`target.kind` {kind} is not in program {asked.program}; "
            f"it allows: {names(program.allowed)}",
        )
    target = asked.target
    if isinstance(target, ProgramLevel):
        if target.level in program.normal_levels:
            return Worth(given.most_w, asks_nothing=True)
        target = _of_level(target, asked.program, program)
    return _worth(target, given)


def _of_level(target: ProgramLevel, name: str, program: Program) -> Target:
    asks = program.levels.get(target.level)
    if asks is None:
        known = [*program.levels, *program.normal_levels]
        raise RefusalError(
            Code.NOT_ALLOWED,
            f"`target.level` {target.level[:40]!a} is not a level of program {name}; "
            f"it has: {names(known)}",
        )
    return asks


def _worth(target: Target, given: Frozen) -> Worth:
    if isinstance(target, ReduceBy | ReduceByPercent):
        reference_w = _reference_w(target.reference, given)
        limit_w = max(0, _floor(reference_w - _reduction_w(target, reference_w)))
        return Worth(limit_w, reference_w, target.reference)
    assert not isinstance(target, ProgramLevel), "configuration refuses a level of levels"
    limit_w = _floor(target.kw * 1000)
    if isinstance(target, Follow):
        return Worth(limit_w, floor_w=limit_w)
    return _counted(limit_w, given)


def _counted(limit_w: int, given: Frozen) -> Worth:
    """A "reduce to" needs no reference to be obeyed: without one it is a cap, and counts no kW."""
    name = given.program.counted_from
    if not name:
        return Worth(limit_w)
    metered = given.program.references[name].kind is ReferenceKind.POWER_AT_ACCEPTANCE
    frozen_w = _frozen_w(name, given.before)
    if frozen_w is None and metered and not isinstance(given.power_w, Fresh):
        return Worth(limit_w)
    return Worth(limit_w, _reference_w(name, given), name)


def _reduction_w(target: ReduceBy | ReduceByPercent, reference_w: int) -> Decimal:
    if isinstance(target, ReduceBy):
        return target.kw * 1000
    return reference_w * target.percent / 100


def _reference_w(name: str, given: Frozen) -> int:
    reference = given.program.references.get(name)
    if reference is None:
        raise RefusalError(
            Code.UNKNOWN_REFERENCE,
            f"`target.reference` must be one of: {names(given.program.references)}",
        )
    frozen_w = _frozen_w(name, given.before)
    if frozen_w is not None:
        return frozen_w
    if reference.kind is ReferenceKind.CONTRACTED:
        return reference.contracted_w
    return _metered_w(given.power_w)


def _metered_w(power_w: Observed[int]) -> int:
    if not isinstance(power_w, Fresh):
        raise RefusalError(
            Code.UNKNOWN_REFERENCE,
            "`target.reference` is the power at acceptance, and the site's meter has no fresh "
            "reading; send it again later, or send reduce_to_kw",
        )
    return power_w.value


def _frozen_w(name: str, before: Dispatch | None) -> int | None:
    """The reference that was frozen for the version before, when this one is measured from the
    same. An earlier release wrote its name into the target only."""
    if before is None or before.cancelled:
        return None
    known = before.reference or getattr(before.target, "reference", "")
    return before.reference_w if known == name else None


def _floor(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_FLOOR))
