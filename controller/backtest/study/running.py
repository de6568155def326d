"""Plays the cases, and keeps of each what the page is made of."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

from controller.backtest.accounts import total
from controller.backtest.past import History
from controller.backtest.play import Backtest
from controller.backtest.report.result import CEILING, HOUSE, Result
from controller.backtest.report.spans import Span, of_storm
from controller.backtest.report.summary import Part, summarise
from controller.backtest.study.cases import LEVELS, SPLIT, Case, settings_of
from controller.backtest.study.gains import Gains, Past, gains
from controller.backtest.yardsticks.machine import Rung, Start
from controller.backtest.yardsticks.perfect import perfect
from controller.backtest.yardsticks.settlement import account, settle
from controller.backtest.yardsticks.strike import strike
from controller.backtest.years import part
from controller.version import code_version

STORM = "13–20 Feb 2021"
STRIKE = "strike"


@dataclass(frozen=True)
class Work:
    """One case at one hub."""

    hub: str
    case: Case
    history: History


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    work: tuple[str, Case]
    parts: tuple[Part, ...]
    full: Rung
    """How one miner runs on the mean when always on: its top level, or what a limit leaves."""
    free: Mapping[str, float]
    """By name of part, the profit of one who knows every price and whose starts cost nothing; of
    `LEVELS`."""
    gains: Mapping[str, Gains]
    """By name of part, and of the storm; of `SPLIT`."""


def run(works: Sequence[Work], jobs: int) -> Iterator[Outcome]:
    """All of them in their order, so many at a time."""
    if jobs == 1:
        yield from _told(map(outcome, works), len(works))
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from _told(pool.map(outcome, works), len(works))


def _told(outcomes: Iterable[Outcome], count: int) -> Iterator[Outcome]:
    """With a line on standard error for each: the whole takes minutes."""
    for number, one in enumerate(outcomes, 1):
        hub, case = one.work
        limited = ", limited" if case.limited else ""
        what = f"{case.machine.name}, {case.start.name} starts, known at {case.known_at}{limited}"
        sys.stderr.write(f"{number} of {count}: {hub}, {what}\n")
        yield one


def outcome(work: Work) -> Outcome:
    """Play a case, and sum it up."""
    case, history = work.case, replace(work.history, known_at=work.case.known_at)
    backtest = Backtest(settings_of(case), history)
    result = asyncio.run(backtest.result("study", code_version()))
    parts, past = summarise(result), _past(backtest)
    return Outcome(
        work=(work.hub, case),
        parts=parts,
        full=past.machine.rungs[-1],
        free=_free(past, parts) if case in LEVELS else {},
        gains=_gains(past, result, parts) if case in SPLIT else {},
    )


def _past(backtest: Backtest) -> Past:
    history, judged = backtest.history, backtest.history.judged
    (kind,) = backtest.ground().kinds
    return Past(
        machine=kind.machine,
        market=part(kind.market, history.first, history.stop),
        days=backtest.days[history.first : history.stop],
        hours=[int(judged.time(index).timestamp() // 3600) for index in range(len(judged))],
    )


def _free(past: Past, parts: Sequence[Part]) -> dict[str, float]:
    machine, market = replace(past.machine, start=Start(0.0, 0.0)), past.market
    flows = settle(machine, market, perfect(machine, market))
    days = account("free", flows, flows, past.days).days
    return {one.name: total(days[day] for day in one.span.days).profit for one in parts}


def _gains(past: Past, result: Result, parts: Sequence[Part]) -> dict[str, Gains]:
    hours = past.market.hours
    energy_mwh = {
        STRIKE: settle(past.machine, past.market, strike(past.machine, past.market)).energy_mwh,
        HOUSE: [kw / 1000 * hours for kw in result.load_kw],
        CEILING: settle(past.machine, past.market, perfect(past.machine, past.market)).energy_mwh,
    }
    spans = [*(one.span for one in parts), *_storm(result.days)]
    return gains(past, energy_mwh, result.accounts, spans)


def _storm(days: Sequence[date]) -> Iterator[Span]:
    own = tuple(day for day in days if of_storm(day))
    if own:
        yield Span(STORM, own, whole=False)
