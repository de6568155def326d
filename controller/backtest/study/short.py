"""What was found, in a few sentences that are all numbers of the tables below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from controller.backtest.report.result import HOUSE
from controller.backtest.study.cases import (
    HEAVY,
    LEVELS,
    LIGHT,
    LIMITED,
    ON_OFF,
    SPLIT,
    Case,
    StartCost,
)
from controller.backtest.study.findings import Findings
from controller.backtest.study.gains import FEW_HOURS
from controller.backtest.study.markdown import between, hundredfold, over
from controller.backtest.study.running import STORM, STRIKE

_WAYS = {HOUSE: "curtaild", "tuned_strike": "the tuned strike", STRIKE: "the naive strike"}


def points(found: Findings) -> Iterator[str]:
    """One sentence or two each."""
    for start in (LIGHT, HEAVY):
        yield (
            f"**Shares, {start.name} starts.** {found.calm}, prices known when an interval is "
            f"over: of what perfect foresight gains over always on, {_shares(found, start)}."
        )
    yield f"**Money.** That is, with light starts, {_money(found)}: $ a MW and year over always on."
    if found.stormy:
        yield _storm(found)
    yield _few(found)
    yield _waiting(found)
    yield _levels(found)


def _each(found: Findings) -> Iterator[tuple[str, Case]]:
    cases = (Case(machine, LIGHT, "end") for machine in ON_OFF)
    return product(found.hubs, cases)


def _shares(found: Findings, start: StartCost) -> str:
    told = []
    for way, words in _WAYS.items():
        cases = (case for case in SPLIT if case.start is start)
        all_of = (
            found.share(hub, case, found.calm, way) for hub, case in product(found.hubs, cases)
        )
        parts = [100 * one for one in all_of if one is not None]
        if parts:
            told.append(f"{words} gains {between(parts)} %")
    return ", ".join(told) or "there is nothing"


def _money(found: Findings) -> str:
    told = []
    for case in (Case(machine, LIGHT, "end") for machine in ON_OFF):
        gains = [found.a_mw_year(hub, case) for hub in found.hubs]
        told.append(f"{case.machine.name} {between(gains)}")
    return "; ".join(told)


def _storm(found: Findings) -> str:
    own, years = [], []
    for hub, case in _each(found):
        gain = found.gains(hub, case)[STORM].ways[HOUSE].net / case.mw
        own.append(gain)
        years.append(over(gain, found.a_mw_year(hub, case)))
    return (
        f"**The storm.** {STORM} by itself brought {between(own)} $ a MW, as much as "
        f"{between(years, 1)} years without it. That is why figures are given without it, too."
    )


def _few(found: Findings) -> str:
    """Of years without the storm."""
    parts = []
    for hub, case in _each(found):
        for name in found.calm_years:
            own = found.gains(hub, case)[name].ways[HOUSE]
            parts.append(hundredfold(own.best_hours[-1], own.gross))
    return (
        f"**Few hours.** The best {FEW_HOURS[-1]} hours of a year make {between(parts)} % of its "
        "gain before starts, by hub, machine and year, without the storm."
    )


def _waiting(found: Findings) -> str:
    costs = []
    for hub, case in _each(found):
        early = Case(case.machine, case.start, "start")
        lost = found.gain(hub, early, found.calm) - found.gain(hub, case, found.calm)
        costs.append(hundredfold(lost, found.reach(hub, case, found.calm)))
    return (
        "**Waiting.** That a price is known only when its interval is over costs "
        f"{between(costs)} % of the perfect gain, with light starts."
    )


def _levels(found: Findings) -> str:
    return (
        f"**Levels.** Under curtaild, S19k Pro with all their profiles earn "
        f"{_more(found, LEVELS)} % more than with the default alone, by drawing more while power "
        "is cheap; on a site with machines for 130 % of its import limit they earn "
        f"{_more(found, LIMITED)} % more, by running low."
    )


def _more(found: Findings, cases: Sequence[Case]) -> str:
    """How many per cent more the last earns than the first."""
    base, *_, most = cases
    pairs = ([found.profit(hub, one, found.calm) for one in (base, most)] for hub in found.hubs)
    return between((hundredfold(high - low, low) for low, high in pairs), 1)
