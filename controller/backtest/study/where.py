"""Where gains come from: which prices, how few hours, what starts and waiting cost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from controller.backtest.report.cells import number
from controller.backtest.report.result import CEILING, HOUSE
from controller.backtest.study.cases import LIGHT, ON_OFF, SPLIT, STARTS, Case, Machine
from controller.backtest.study.findings import USUAL, Findings
from controller.backtest.study.gains import EDGES, FEW_HOURS, Gain, Gains
from controller.backtest.study.markdown import (
    between,
    hundredfold,
    listed,
    over,
    percent,
    said,
    signed,
    table,
)
from controller.backtest.study.running import STORM, STRIKE

SPIKE = EDGES[2]
"""From so many times the break-even on, prices are called spikes."""


def prices(found: Findings) -> Iterator[str]:
    """At which prices the gain is made."""
    yield from said(
        f"{USUAL.machine.name}, light starts, prices known when an interval is over; {found.calm}.",
        "$ a MW in all those days, over always on and before starts; hours are those in which the",
        "full price was so many times the break-even. There to be had: every price foreseen, and",
        "free starts.",
    )
    titles = ("hub", "price ÷ break-even", "hours", "there to be had", *_WAYS.values())
    rows = []
    for hub in found.hubs:
        own = found.gains(hub, USUAL)
        rows += [[hub, *row] for row in _by_price(own[found.calm])]
        if found.stormy:
            rows.append([hub, f"any, {STORM}", *_whole(own[STORM])])
    yield from table(titles, rows, 2)
    yield from listed(_spikes(found, hub) for hub in found.hubs)


_WAYS = {CEILING: "perfect", STRIKE: "naive strike", HOUSE: "curtaild"}


def _by_price(of: Gains) -> Iterator[list[str]]:
    for which, name in enumerate(_classes()):
        sums = (of.there[which], *(of.ways[way].by_class[which] for way in _WAYS))
        yield [name, number(of.hours[which]), *_a_mw(*sums)]
    yield ["all", *_whole(of)]


def _whole(of: Gains) -> list[str]:
    sums = (sum(of.there), *(of.ways[way].gross for way in _WAYS))
    return [number(sum(of.hours)), *_a_mw(*sums)]


def _a_mw(*sums: float) -> list[str]:
    return [number(one / USUAL.mw) for one in sums]


def _classes() -> list[str]:
    edges = [f"{one:g}" for one in EDGES]
    middle = (f"{low} to {high}" for low, high in pairwise(edges))
    return [f"below {edges[0]}", *middle, f"above {edges[-1]}"]


def _spikes(found: Findings, hub: str) -> str:
    of = found.gains(hub, USUAL)[found.calm]
    first = EDGES.index(SPIKE) + 1
    mine = of.ways[HOUSE]
    there, own = sum(of.there[first:]), sum(mine.by_class[first:])
    below, near, *_ = mine.by_class
    hours = sum(of.hours)
    return (
        f"{hub}: prices above {SPIKE:g} times the break-even, "
        f"{percent(sum(of.hours[first:]) / hours, 1)} % of all hours, make "
        f"{percent(over(there, sum(of.there)))} % of what was there and "
        f"{percent(over(own, mine.gross))} % of what curtaild gained. Prices of "
        f"{EDGES[0]:g} to {EDGES[1]:g} times, {percent(of.hours[1] / hours, 1)} % of hours, make "
        f"{percent(over(of.there[1], sum(of.there)))} % of what was there; curtaild gained "
        f"{number(near / USUAL.mw)} $ a MW there, and standing still below the break-even made "
        f"{number(below / USUAL.mw)}."
    )


def few_hours(found: Findings) -> Iterator[str]:
    """How few hours make the gain."""
    ten, fifty = FEW_HOURS
    yield from said(
        f"Per cent of a year's gain of curtaild, before starts, that its best {ten} hours / its",
        f"best {fifty} hours / its best seven days make; light starts, prices known when over.",
        "Above 100, all other hours together lost some of it.",
    )
    rows = []
    for hub in found.hubs:
        for machine in ON_OFF:
            own = found.gains(hub, Case(machine, LIGHT, "end"))
            rows.append([hub, machine.name, *(_few(own[name]) for name in found.years)])
    yield from table(("hub", "machine", *found.years), rows, 2)


def _few(of: Gains) -> str:
    own = of.ways[HOUSE]
    parts = (*own.best_hours, own.best_week)
    return " / ".join(percent(over(one, own.gross)) for one in parts)


def starts(found: Findings) -> Iterator[str]:
    """What starts cost."""
    yield from said(
        f"A year, on the mean of {found.calm}, prices known when over: how often a miner starts,",
        "and what that costs in $ a MW as power without hash and as wear.",
    )
    ways = (STRIKE, HOUSE, CEILING)
    titles = (
        "hub", "machine", "starts",
        *(f"{_WAYS[way]}: {what}" for way in ways for what in ("starts a year", "lost + worn, $")),
    )  # fmt: skip
    rows = []
    for hub in found.hubs:
        for case in SPLIT:
            of = found.gains(hub, case)[found.calm]
            cells = (cell for way in ways for cell in _start(of.ways[way], of.years * case.mw, of))
            rows.append([hub, case.machine.name, case.start.name, *cells])
    yield from table(titles, rows, 3)
    yield from listed(_saved(found, hub) for hub in found.hubs)


def _start(own: Gain, mw_years: float, of: Gains) -> tuple[str, str]:
    lost, worn = (own.starting - own.wear) / mw_years, own.wear / mw_years
    return number(own.starts / of.years), f"{number(lost)} + {number(worn)}"


def _saved(found: Findings, hub: str) -> str:
    told = []
    for start in STARTS:
        cases = [one for one in SPLIT if one.start is start]
        parts = [_parts(found.gains(hub, case)[found.calm]) for case in cases]
        naive, own = zip(*parts, strict=True)
        told.append(
            f"with {start.name} starts they take {between(naive)} % of what the naive strike gains "
            f"before them, {between(own)} % of what curtaild does"
        )
    return f"{hub}, by machine: {'; '.join(told)}."


def _parts(of: Gains) -> list[float | None]:
    ways = (of.ways[way] for way in (STRIKE, HOUSE))
    return [hundredfold(one.starting, one.gross) for one in ways]


def waiting(found: Findings) -> Iterator[str]:
    """What it costs to know a price one interval later."""
    yield from said(
        f"A year, on the mean of {found.calm}: the gain of curtaild over always on in $ a MW, when",
        "prices are known as an interval begins, and when it is over. The difference is what",
        "waiting costs; in brackets it is in per cent of the perfect gain.",
    )
    what = ("as it begins", "when over", "waiting costs")
    titles = [f"{start.name}: {one}" for start in STARTS for one in what]
    rows = [
        [
            hub,
            machine.name,
            *(cell for case in _late(machine) for cell in _waiting(found, hub, case)),
        ]
        for hub in found.hubs
        for machine in ON_OFF
    ]
    yield from table(("hub", "machine", *titles), rows, 2)


def _late(machine: Machine) -> Iterator[Case]:
    return (Case(machine, start, "end") for start in STARTS)


def _waiting(found: Findings, hub: str, late: Case) -> Iterator[str]:
    early = Case(late.machine, late.start, "start")
    mw_years = late.mw * found.gains(hub, late)[found.calm].years
    soon, then = (found.gain(hub, case, found.calm) for case in (early, late))
    yield from (signed(one / mw_years) for one in (soon, then))
    part = over(soon - then, found.reach(hub, late, found.calm))
    yield f"{number((soon - then) / mw_years)} ({percent(part)})"
