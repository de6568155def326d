"""What the target of a dispatch comes to at the site's meter."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

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


def limit_w_of(
    asked: Asked, program: Program, before: Dispatch | None, power_w: Observed[int]
) -> int:
    """What the target comes to at the site's meter: whole watts, rounded down, never below 0."""
    kind = _KINDS[type(asked.target)]
    if kind not in program.allowed:
        raise RefusalError(
            Code.NOT_ALLOWED,
            f"`target.kind` {kind} is not in program {asked.program}; "
            f"it allows: {names(program.allowed)}",
        )
    if isinstance(asked.target, ReduceTo):
        return _floor(asked.target.kw * 1000)
    reference_w = _reference_w(asked.target, program, before, power_w)
    return max(0, _floor(reference_w - _reduction_w(asked.target, reference_w)))


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
    if reference.kind is ReferenceKind.CONTRACTED:
        return reference.contracted_w
    frozen_w = _frozen_w(target, before)
    return _metered_w(power_w) if frozen_w is None else frozen_w


def _metered_w(power_w: Observed[int]) -> int:
    if not isinstance(power_w, Fresh):
        raise RefusalError(
            Code.UNKNOWN_REFERENCE,
            "`target.reference` is the power at acceptance, and the site's meter has no fresh "
            "reading; send it again later, or send reduce_to_kw",
        )
    return power_w.value


def _frozen_w(target: ReduceBy | ReduceByPercent, before: Dispatch | None) -> int | None:
    """The reference that was frozen for the version before, when this one asks for the same.

    Worked back from its limit: the least whole watts that come to it. The same target then comes
    to the same limit, however far the site has come down since.
    """
    if before is None or before.cancelled or isinstance(before.target, ReduceTo):
        return None
    if before.target.reference != target.reference:
        return None
    if before.limit_w == 0:
        return 0
    if isinstance(before.target, ReduceBy):
        return _ceiling(before.limit_w + before.target.kw * 1000)
    return _ceiling(before.limit_w / (1 - before.target.percent / 100))


def _floor(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_FLOOR))


def _ceiling(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_CEILING))
