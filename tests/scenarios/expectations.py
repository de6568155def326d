"""Whether a run did what its scenario expects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from controller.core.explaining.sentences import sentence
from controller.model.plan import Allocation, Plan
from tests.scenarios.form import Expectation, Scenario, Wanted
from tests.scenarios.runner import Cycle


def disappointments(scenario: Scenario, cycles: list[Cycle]) -> list[str]:
    """What was expected and not so, each as one line."""
    found: list[str] = []
    for expectation in scenario.expect:
        span = _span(expectation, cycles)
        found += _spanned(expectation, span)
        found += next(filter(None, (_looked(expectation, cycle) for cycle in span)), [])
    return found


def _looked(expectation: Expectation, cycle: Cycle) -> list[str]:
    return [f"minute {cycle.minute:g}: {line}" for line in _at(expectation, cycle)]


def _span(expectation: Expectation, cycles: list[Cycle]) -> list[Cycle]:
    """The looks that an expectation is about."""
    if expectation.minutes is not None:
        first, last = expectation.minutes
        return [cycle for cycle in cycles if first <= cycle.minute <= last]
    assert expectation.minute is not None, f"name minute or minutes: {expectation}"
    return [[cycle for cycle in cycles if cycle.minute <= expectation.minute][-1]]


def _spanned(expectation: Expectation, span: list[Cycle]) -> Iterator[str]:
    """What is counted over all looks together."""
    commands = [command for cycle in span for command in cycle.plan.commands]
    where = f"minute {expectation.minute}" if len(span) == 1 else f"minutes {expectation.minutes}"
    if not span:
        yield f"{where}: no look falls into them"
    for name, wanted, actual in (
        ("commands", expectation.commands, len(commands)),
        ("repeats", expectation.repeats, sum(command.attempt > 1 for command in commands)),
    ):
        if wanted is not None and not fits(wanted, actual):
            yield f"{where}: {name} expected {wanted}, was {actual}"
    if expectation.command_reasons is not None:
        reasons = Counter(command.reason.value for command in commands)
        yield from (
            f"{where}: {line}"
            for line in _mapping("command_reasons", expectation.command_reasons, reasons)
        )


def _at(expectation: Expectation, cycle: Cycle) -> Iterator[str]:
    plan = cycle.plan
    for name, watts in (
        ("power_kw", cycle.power_w),
        ("target_kw", plan.target_w),
        ("expected_kw", plan.expected_w),
        ("limit_kw", plan.limit_w),
        ("shortfall_kw", plan.shortfall_w),
    ):
        wanted = getattr(expectation, name)
        if wanted is not None and not fits(wanted, _kw(watts)):
            yield f"{name} expected {wanted}, was {_kw(watts)}"
    if expectation.mode is not None and expectation.mode != plan.mode.value:
        yield f"mode expected {expectation.mode}, was {plan.mode.value}"
    curtailed = {reason.value: _kw(one.power_w) for reason, one in plan.curtailed.items()}
    if expectation.curtailed_kw is not None:
        yield from _mapping("curtailed_kw", expectation.curtailed_kw, curtailed)
    yield from _groups(expectation, cycle)
    yield from _ratios(expectation, cycle)
    yield from _sentences(expectation, plan)
    yield from _whole_site(expectation, plan)
    yield from _canaries(expectation, plan)


def _canaries(expectation: Expectation, plan: Plan) -> Iterator[str]:
    stages = {name: one.stage.value for name, one in plan.rehearsals.items()}
    if expectation.canaries is not None and expectation.canaries != stages:
        yield f"canaries expected {expectation.canaries}, were {stages}"
    waived = {name: one.waived.miners for name, one in plan.rehearsals.items() if one.waived}
    if expectation.waived is not None and expectation.waived != waived:
        yield f"waived expected {expectation.waived}, were {waived}"


def _whole_site(expectation: Expectation, plan: Plan) -> Iterator[str]:
    for name, wanted, actual in (
        ("frozen_meters", expectation.frozen_meters, plan.frozen_meters),
        ("contested", expectation.contested, tuple(sorted(plan.contested))),
    ):
        if wanted is not None and wanted != actual:
            yield f"{name} expected {wanted}, was {actual}"
    for name, within, found in (
        ("shed_kw", expectation.shed_kw, {d.within_s: d.shed_w for d in plan.deliverable}),
        ("add_kw", expectation.add_kw, {d.within_s: d.add_w for d in plan.deliverable}),
    ):
        for seconds, kw in (within or {}).items():
            watts = found.get(int(seconds))
            if watts is None or not fits(kw, _kw(watts)):
                yield f"{name} within {seconds} s expected {kw}, was {watts} W"
    for group, on in (expectation.cooling or {}).items():
        if plan.cooling.get(group) is not on:
            yield f"cooling of {group} expected {on}, was {plan.cooling.get(group)}"


def _sentences(expectation: Expectation, plan: Plan) -> Iterator[str]:
    for group, words in (expectation.says or {}).items():
        one = plan.explained.get(group)
        said = None if one is None else sentence(one, "USD", plan.at)
        if said is None or words not in said:
            yield f"{group} expected to say {words!r}, says {said!r}"


def _ratios(expectation: Expectation, cycle: Cycle) -> Iterator[str]:
    known = cycle.after.ratio_permille.items()
    found = {kind.partition("/")[0]: Decimal(ratio) / 10 for kind, ratio in known}
    for group, percent in (expectation.ratio_percent or {}).items():
        if group not in found or not fits(percent, found[group]):
            yield f"ratio of {group} expected {percent} %, was {found.get(group)}"


def _groups(expectation: Expectation, cycle: Cycle) -> Iterator[str]:
    """What is expected of single groups."""
    allocations: dict[str, Allocation] = {}
    for one in cycle.plan.allocations.values():
        allocations[one.group] = _with(allocations.get(one.group), one)
    yield from (f"there is no group {name}" for name in _named(expectation) - allocations.keys())
    for name, one in allocations.items():
        for what, wanted, actual in (
            ("reason", expectation.reasons, one.reason.value),
            ("held", expectation.held, one.held),
        ):
            if wanted and name in wanted and wanted[name] != actual:
                yield f"{what} of {name} expected {wanted[name]}, was {actual}"
        for what, levels, there in (
            ("levels", expectation.levels, one.counts),
            ("running", expectation.running, cycle.running[name]),
        ):
            if levels and name in levels:
                yield from _mapping(f"{what} of {name}", levels[name], there)
        price = (expectation.break_even_per_mwh or {}).get(name)
        found = one.next_break_even_per_mwh
        if price is not None and (found is None or not fits(price, found)):
            yield f"break_even_per_mwh of {name} expected {price}, was {found}"


def _with(first: Allocation | None, one: Allocation) -> Allocation:
    """The miners of a group's allocations together; the rest as of the first."""
    if first is None:
        return one
    levels = {**first.counts, **one.counts}
    counts = {level: first.counts.get(level, 0) + one.counts.get(level, 0) for level in levels}
    return replace(first, counts=counts, held=first.held + one.held)


def _named(expectation: Expectation) -> set[str]:
    kinds = (
        expectation.reasons,
        expectation.held,
        expectation.levels,
        expectation.running,
        expectation.break_even_per_mwh,
    )
    return {name for kind in kinds for name in kind or {}}


def _mapping(name: str, wanted: Mapping[str, Wanted], actual: Mapping[str, Any]) -> Iterator[str]:
    same = wanted.keys() == actual.keys()
    if not same or not all(fits(value, actual[key]) for key, value in wanted.items()):
        yield f"{name} expected {dict(wanted)}, was { {key: str(v) for key, v in actual.items()} }"


def fits(wanted: Wanted, actual: Decimal | int) -> bool:
    """A number at the precision it is written with; "<= 40" and ">= 40" as bounds."""
    if isinstance(wanted, str):
        sign, number = wanted.split()
        return actual <= Decimal(number) if sign == "<=" else actual >= Decimal(number)
    written = Decimal(str(wanted))
    return Decimal(actual).quantize(Decimal(1).scaleb(int(written.as_tuple().exponent))) == written


def _kw(watts: int) -> Decimal:
    return Decimal(watts) / 1000
