"""What happens in a scenario and what it expects, in words: a table by the minute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from tests.scenarios.form import (
    DispatchForm,
    Event,
    Expectation,
    Number,
    OrderForm,
    Scenario,
    Wanted,
)

Span: TypeAlias = tuple[float, float]


def table(scenario: Scenario) -> str:
    """A row for each minute or span of minutes, in the order of time."""
    happens: dict[Span, list[str]] = {}
    holds: dict[Span, list[str]] = {}
    for minute, what in _happenings(scenario):
        happens.setdefault((minute, minute), []).append(what)
    for expectation in scenario.expect:
        holds.setdefault(_span(expectation), []).extend(expected(expectation))
    rows = ["| minute | what happens | what has to hold |", "|---|---|---|"]
    for span in sorted({*happens, *holds}):
        cells = ("; ".join(kind.get(span, [])) for kind in (happens, holds))
        rows.append(f"| {_minutes(span)} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _span(expectation: Expectation) -> Span:
    if expectation.minutes is not None:
        return expectation.minutes
    assert expectation.minute is not None, f"name minute or minutes: {expectation}"
    return expectation.minute, expectation.minute


def _minutes(span: Span) -> str:
    first, last = span
    return f"{first:g}" if first == last else f"{first:g} to {last:g}"


def _happenings(scenario: Scenario) -> Iterator[tuple[float, str]]:
    for what, schedule, unit in _schedules(scenario):
        for minute, value in schedule.items():
            if (minute, value) != ("0", "reads"):
                shown = value if isinstance(value, str) else f"{value:g}{unit}"
                yield float(minute), f"{what} {shown}"
    for event in scenario.happens:
        for told in _event(event):
            yield event.minute, told


def _schedules(scenario: Scenario) -> Iterator[tuple[str, Mapping[str, Wanted], str]]:
    yield "price", scenario.price_per_mwh, " $/MWh"
    yield "hashprice", scenario.hashprice_per_ph_day, " $/PH/day"
    yield "meter", scenario.meter, ""
    yield "meters of groups", scenario.group_meters, ""
    for name, schedule in scenario.signals.items():
        yield name, schedule, ""
    for name, said in scenario.conditions.items():
        yield f"the grid says of {name}:", said, ""
    for name, drawn in scenario.neighbour_kw.items():
        yield f"{name} draws", drawn, " kW"
    if scenario.local_time != {"0": 0}:
        yield "local time is UTC plus", scenario.local_time, " h"


def _event(event: Event) -> Iterator[str]:
    yield from _grid(event)
    yield from _people(event)
    if event.other_load_kw is not None:
        yield f"other load {event.other_load_kw:g} kW"
    if event.income_stops is not None:
        yield f"no share of {event.income_stops} is accepted any more"
    if event.income_returns is not None:
        yield f"shares of {event.income_returns} are accepted again"
    names = ", ".join(event.miners)
    if event.begin_to is not None:
        yield f"{names} from now on: {event.begin_to}"
    if event.set_to is not None:
        yield f"{names} set to {event.set_to} by somebody else"
    if event.flash is not None:
        yield f"{names} run {event.flash} from now on"


def _grid(event: Event) -> Iterator[str]:
    if event.dispatch is not None:
        yield _dispatch(event.dispatch)
    if event.cancel is not None:
        yield f"dispatch {event.cancel} is cancelled"
    if event.recall is not None:
        yield f"dispatch {event.recall} is recalled by voice"


def _dispatch(asked: DispatchForm) -> str:
    program = "" if asked.program == "program" else f" of {asked.program}"
    newer = f", version {asked.version}" if asked.version > 1 else ""
    until = "on" if asked.to_minute is None else f"to {asked.to_minute:g}"
    since = f"from minute {asked.from_minute:g}"
    return f"dispatch {asked.id}{program}{newer}: {_asks(asked)} {since} {until}"


def _asks(asked: DispatchForm) -> str:
    if asked.level:
        return f"level {asked.level}"
    if asked.follow_kw is not None:
        return f"follow {asked.follow_kw:g} kW"
    if asked.by_kw is not None:
        return f"{asked.by_kw:g} kW less than {asked.reference}"
    if asked.by_percent is not None:
        return f"{asked.by_percent:g} % less than {asked.reference}"
    return f"{asked.kw:g} kW"


def _people(event: Event) -> Iterator[str]:
    if (order := event.order) is not None:
        urgent = ", as an emergency," if order.emergency else ""
        what = f"{_ordered(order)}{urgent} to minute {order.to_minute:g}: {order.why}"
        yield f"{order.person} {what}"
    if event.end_order is not None:
        yield f"order {event.end_order} is ended"
    if (out := event.opt_out) is not None:
        yield f"{out.person} opts out of {out.dispatch}: {out.why}"
    if event.lock is not None:
        yield f"{event.lock.person} locks {event.lock.place}: {event.lock.why}"
    if event.release is not None:
        yield f"{event.release} is released"


def _ordered(order: OrderForm) -> str:
    if order.hold:
        return f"holds the {order.scope}"
    if order.floor_kw is not None:
        return f"orders {order.scope} to at least {order.floor_kw:g} kW"
    most = f"at most level {order.level}" if order.kw is None else f"{order.kw:g} kW"
    return f"orders {order.scope} to {most}"


def expected(expectation: Expectation) -> Iterator[str]:
    """What has to hold, one phrase for each thing."""
    if expectation.mode is not None:
        yield f"mode {expectation.mode}"
    for name in ("power_kw", "target_kw", "expected_kw", "limit_kw", "shortfall_kw"):
        wanted = getattr(expectation, name)
        if wanted is not None:
            yield f"{name.removesuffix('_kw')} {_number(wanted)} kW"
    yield from _commands(expectation)
    yield from _groups(expectation)
    if expectation.curtailed_kw is not None:
        causes = _parts(expectation.curtailed_kw, " kW")
        yield f"curtailed: {causes}" if causes else "nothing curtailed"
    yield from _whole_site(expectation)
    yield from _canaries(expectation)


def _canaries(expectation: Expectation) -> Iterator[str]:
    for firmware, stage in (expectation.canaries or {}).items():
        yield f"the canary of {firmware} is {stage}"
    if expectation.canaries == {}:
        yield "no canary"
    for firmware, count in (expectation.waived or {}).items():
        yield f"{count} miners of {firmware} could not wait for it"


def _whole_site(expectation: Expectation) -> Iterator[str]:
    for what, within in (("shed", expectation.shed_kw), ("added", expectation.add_kw)):
        for seconds, wanted in (within or {}).items():
            yield f"{_number(wanted)} kW could be {what} within {seconds} s"
    for what, names in (
        ("frozen meters", expectation.frozen_meters),
        ("contested", expectation.contested),
    ):
        if names is not None:
            yield f"{what}: {', '.join(names) or 'none'}"


def _commands(expectation: Expectation) -> Iterator[str]:
    if expectation.commands is not None:
        yield f"{_number(expectation.commands)} commands" if expectation.commands else "no commands"
    if expectation.command_reasons is not None:
        yield f"commands: {_parts(expectation.command_reasons) or 'none'}"
    if expectation.repeats is not None:
        yield f"{_number(expectation.repeats)} repeats" if expectation.repeats else "no repeats"


def _groups(expectation: Expectation) -> Iterator[str]:
    for group, levels in (expectation.levels or {}).items():
        yield f"planned in {group}: {_parts(levels)}"
    for group, levels in (expectation.running or {}).items():
        yield f"{group}: {_parts(levels)}"
    for group, held in (expectation.held or {}).items():
        yield f"{held} held in {group}"
    for group, reason in (expectation.reasons or {}).items():
        yield f"{group}: `{reason}`"
    yield from _worth(expectation)
    for group, on in (expectation.cooling or {}).items():
        yield f"the fans of {group} are to {'run' if on else 'rest'}"
    for group, words in (expectation.says or {}).items():
        yield f"{group} says: {words}"


def _worth(expectation: Expectation) -> Iterator[str]:
    for group, price in (expectation.break_even_per_mwh or {}).items():
        yield f"the next step of {group} pays below {_number(price)} $/MWh"
    for group, percent in (expectation.ratio_percent or {}).items():
        yield f"the miners of {group} are known to draw {_number(percent)} % of nominal"


def _parts(counts: Mapping[str, Wanted], unit: str = "") -> str:
    return ", ".join(f"{_number(count)}{unit} `{what}`" for what, count in counts.items())


def _number(wanted: Wanted) -> str:
    if isinstance(wanted, str):
        sign, number = wanted.split()
        return f"{'at most' if sign == '<=' else 'at least'} {number}"
    return _plain(wanted)


def _plain(number: Number) -> str:
    return f"{number:g}" if number == round(number) else str(number)
