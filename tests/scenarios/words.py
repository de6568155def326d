"""What happens in a scenario and what it expects, in words: a table by the minute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from tests.scenarios.form import DispatchForm, Event, Expectation, Number, Scenario, Wanted

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
    for what, schedule, unit in (
        ("price", scenario.price_per_mwh, " $/MWh"),
        ("hashprice", scenario.hashprice_per_ph_day, " $/PH/day"),
        ("meter", scenario.meter, ""),
    ):
        for minute, value in schedule.items():
            if (minute, value) != ("0", "reads"):
                shown = value if isinstance(value, str) else f"{value:g}{unit}"
                yield float(minute), f"{what} {shown}"
    for event in scenario.happens:
        for told in _event(event):
            yield event.minute, told


def _event(event: Event) -> Iterator[str]:
    if event.dispatch is not None:
        yield _dispatch(event.dispatch)
    if event.cancel is not None:
        yield f"dispatch {event.cancel} is cancelled"
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


def _dispatch(asked: DispatchForm) -> str:
    newer = f", version {asked.version}" if asked.version > 1 else ""
    until = "on" if asked.to_minute is None else f"to {asked.to_minute:g}"
    return f"dispatch {asked.id}{newer}: {asked.kw:g} kW from minute {asked.from_minute:g} {until}"


def _people(event: Event) -> Iterator[str]:
    if (order := event.order) is not None:
        most = f"at most level {order.level}" if order.kw is None else f"{order.kw:g} kW"
        what = f"{most} to minute {order.to_minute:g}: {order.why}"
        yield f"{order.person} orders {order.scope} to {what}"
    if event.lock is not None:
        yield f"{event.lock.person} locks {event.lock.place}: {event.lock.why}"
    if event.release is not None:
        yield f"{event.release} is released"


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
    for group, price in (expectation.break_even_per_mwh or {}).items():
        yield f"the next step of {group} pays below {_number(price)} $/MWh"


def _parts(counts: Mapping[str, Wanted], unit: str = "") -> str:
    return ", ".join(f"{_number(count)}{unit} `{what}`" for what, count in counts.items())


def _number(wanted: Wanted) -> str:
    if isinstance(wanted, str):
        sign, number = wanted.split()
        return f"{'at most' if sign == '<=' else 'at least'} {number}"
    return _plain(wanted)


def _plain(number: Number) -> str:
    return f"{number:g}" if number == round(number) else str(number)
