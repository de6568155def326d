"""What the target of a dispatch comes to at the site's meter."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from controller.core.dispatch_body import Asked, Code, RefusalError, names
from controller.model.grid import (
    Dispatch,
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
}


class Worth(NamedTuple):
    """What a target comes to at the site's meter, and what its reduction is measured from."""

    limit_w: int
    reference_w: int | None


def worth(asked: Asked, program: Program, before: Dispatch | None, power_w: Observed[int]) -> Worth:
    """What the target comes to: whole watts, rounded down, never below 0."""
    kind = _KINDS[type(asked.target)]
    if kind not in program.allowed:
        raise RefusalError(
            Code.NOT_ALLOWED,
            f"`target.kind` {kind} is not in program {asked.program}; "
            f"it allows: {names(program.allowed)}",
        )
    if isinstance(asked.target, ReduceTo):
        return Worth(_floor(asked.target.kw * 1000), None)
    reference_w = _reference_w(asked.target, program, before, power_w)
    limit_w = max(0, _floor(reference_w - _reduction_w(asked.target, reference_w)))
    return Worth(limit_w, reference_w)


def _reduction_w(target: ReduceBy | ReduceByPercent, reference_w: int) -> Decimal:
    if isinstance(target, ReduceBy):
        return target.kw * 1000
    return reference_w * target.percent / 100


def _reference_w(
    target: ReduceBy | ReduceByPercent,
    program: Program,
    before: Dispatch | None,
    power_w: Observed[int],
) -> int:
    reference = program.references.get(target.reference)
    if reference is None:
        raise RefusalError(
            Code.UNKNOWN_REFERENCE,
            f"`target.reference` must be one of: {names(program.references)}",
        )
    frozen_w = _frozen_w(target, before)
    if frozen_w is not None:
        return frozen_w
    if reference.kind is ReferenceKind.CONTRACTED:
        return reference.contracted_w
    return _metered_w(power_w)


def _metered_w(power_w: Observed[int]) -> int:
    if not isinstance(power_w, Fresh):
        raise RefusalError(
            Code.UNKNOWN_REFERENCE,
            "`target.reference` is the power at acceptance, and the site's meter has no fresh "
            "reading; send it again later, or send reduce_to_kw",
        )
    return power_w.value


def _frozen_w(target: ReduceBy | ReduceByPercent, before: Dispatch | None) -> int | None:
    """The reference that was frozen for the version before, when this one asks for the same."""
    if before is None or before.cancelled or isinstance(before.target, ReduceTo):
        return None
    return before.reference_w if before.target.reference == target.reference else None


def _floor(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_FLOOR))
