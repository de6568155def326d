"""Limits that follow signals, and what is left of them when a signal falls silent.

A rule is told by what was last said, fresh or stale. While its signal is not fresh the last limit
holds, and silence adds another one, the declared safe power: so it can only lower.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from controller.model.grid import Limit
from controller.model.quality import Missing, Observed
from controller.model.remembered import RuleState
from controller.model.rules import Droop, SignalRule
from controller.model.seen import Snapshot, State
from controller.reasons import Reason


def standings(seen: Snapshot, state: State) -> dict[str, RuleState]:
    """Where every rule stands after this look."""
    return {
        name: _standing(rule, seen.signals.get(rule.signal), state.rules.get(name), seen.now)
        for name, rule in seen.site.rules.items()
    }


def silent_at(rule: SignalRule, standing: RuleState) -> datetime:
    """From when on the rule's signal counts as silent, unless it speaks before."""
    return standing.heard_at + timedelta(seconds=rule.silent_after_s)


def rule_limits(seen: Snapshot, state: State) -> Iterator[Limit]:
    """By name: what each rule's signal said last, and its safe power once that is too long ago."""
    for name, rule in sorted(seen.site.rules.items()):
        standing = state.rules[name]
        if standing.last_w is not None:
            yield _limit(name, rule, standing.last_w, rule.reason)
        if silent_at(rule, standing) <= seen.now:
            yield _limit(name, rule, rule.safe_w, Reason.SIGNAL_SILENT)


def _limit(name: str, rule: SignalRule, limit_w: int, reason: Reason) -> Limit:
    return Limit(scope=rule.scope, limit_w=limit_w, source=name, reason=reason)


def _standing(
    rule: SignalRule, signal: Observed[Decimal] | None, before: RuleState | None, now: datetime
) -> RuleState:
    """A signal that was never heard counts from the first look on: it is given its time."""
    if signal is None or isinstance(signal, Missing):
        return before or RuleState(heard_at=now)
    above = _above(rule, signal.value, before.above if before else 0)
    below = _below(rule, signal.value, before.below if before else 0)
    last_w = _limit_w(rule, signal.value, above, below)
    return RuleState(heard_at=signal.at, above=above, below=below, last_w=last_w)


def _above(rule: SignalRule, value: Decimal, before: int) -> int:
    """How many of the thresholds above limit, the lowest first."""
    marks = sorted(one.value for one in rule.above)
    return sum(
        value >= mark or (index < before and value > mark - rule.clear_by)
        for index, mark in enumerate(marks)
    )


def _below(rule: SignalRule, value: Decimal, before: int) -> int:
    """How many of the thresholds below limit, the highest first."""
    marks = sorted((one.value for one in rule.below), reverse=True)
    return sum(
        value <= mark or (index < before and value < mark + rule.clear_by)
        for index, mark in enumerate(marks)
    )


def _limit_w(rule: SignalRule, value: Decimal, above: int, below: int) -> int | None:
    """The lowest of all that the value asks for; None where it asks for nothing."""
    rising = sorted(rule.above, key=lambda one: one.value)[:above]
    falling = sorted(rule.below, key=lambda one: one.value, reverse=True)[:below]
    found = [one.limit_w for one in (*rising, *falling)]
    if rule.watts_per_unit is not None:
        whole = (value * rule.watts_per_unit).to_integral_value(rounding=ROUND_FLOOR)
        found.append(max(0, int(whole) - rule.margin_w))
    if rule.droop is not None and value < rule.droop.begins:
        found.append(_droop_w(rule.droop, value))
    return min(found, default=None)


def _droop_w(droop: Droop, value: Decimal) -> int:
    """`reference × (value − zero) ÷ (begins − zero)`, from there to nothing at `zero`.

    With a droop of d, a nominal frequency f and a deadband b, `begins` is f − b and `zero` is
    f − d × f: the primary frequency response of NERC BAL-001-TRE.
    """
    part = max(Decimal(0), (value - droop.zero) / (droop.begins - droop.zero))
    return int((droop.reference_w * part).to_integral_value(rounding=ROUND_FLOOR))
