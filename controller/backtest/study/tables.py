"""What was played, and what the cases came to, as tables."""

from __future__ import annotations

from collections.abc import Iterator

from controller.backtest.report.cells import number
from controller.backtest.report.result import HOUSE
from controller.backtest.report.summary import Figure
from controller.backtest.study.cases import (
    LIGHT,
    MAIN,
    ON_OFF,
    SHAPES,
    SPLIT,
    Case,
    Machine,
)
from controller.backtest.study.findings import Findings
from controller.backtest.study.markdown import percent, signed, table
from controller.backtest.study.running import STRIKE

_CASE = ("machine", "starts", "price known")


def machines() -> list[str]:
    """What is played."""
    rows = [_machine(one) for one in (*ON_OFF, *SHAPES[1:])]
    return table(("machine", "levels beside off", "power, W", "TH/s", "J/TH at the top"), rows)


def _machine(machine: Machine) -> list[str]:
    low, top = machine.levels[0], machine.levels[-1]
    one = low is top
    return [
        machine.name,
        str(len(machine.levels)),
        f"{top.power_w}" if one else f"{low.power_w} to {top.power_w}",
        f"{top.hashrate_ths}" if one else f"{low.hashrate_ths} to {top.hashrate_ths}",
        number(top.power_w / float(top.hashrate_ths), 1),
    ]


def markets(found: Findings) -> list[str]:
    """What power cost, and up to where hashing paid for it."""
    cases = [one for one in SPLIT if one.start is LIGHT]
    rows = []
    for hub in found.hubs:
        for name in found.years:
            own = [found.gains(hub, case)[name] for case in cases]
            evens = (f"{one.break_even:.0f} ({number(sum(one.hours[1:]))})" for one in own)
            rows.append([hub, name, number(own[0].price, 1), *evens])
    titles = ("hub", "year", "mean full price", *(one.machine.name for one in cases))
    return table(titles, rows, 2)


def shares(found: Findings) -> Iterator[str]:
    """By hub: of three ways to run, the part of the perfect gain."""
    for hub in found.hubs:
        yield f"**{hub}**, per cent: naive strike / tuned strike / **curtaild** [90 % interval]"
        rows = [
            [*_named(case), *(_three(found, hub, case, name) for name in found.years)]
            for case in MAIN
        ]
        yield from table((*_CASE, *found.years), rows, 3)


def _named(case: Case) -> list[str]:
    known = "when over" if case.known_at == "end" else "as it begins"
    return [case.machine.name, case.start.name, known]


def _three(found: Findings, hub: str, case: Case, name: str) -> str:
    ways = (STRIKE, "tuned_strike", HOUSE)
    naive, tuned, own = (percent(found.share(hub, case, name, way)) for way in ways)
    figure = found.part(hub, case, name).accounts[HOUSE].share
    return f"{naive} / {tuned} / **{own}**{_interval(figure)}"


def _interval(figure: Figure | None) -> str:
    if figure is None or figure.low is None or figure.high is None:
        return ""
    return f" [{percent(figure.low)} to {percent(figure.high)}]"


def profits(found: Findings) -> list[str]:
    """What a MW earned under curtaild, and more than always on, prices known when over."""
    rows = [
        [hub, case.machine.name, case.start.name, *_cells(found, hub, case)]
        for hub in found.hubs
        for case in MAIN
        if case.known_at == "end"
    ]
    return table(("hub", "machine", "starts", *found.years), rows, 3)


def _cells(found: Findings, hub: str, case: Case) -> list[str]:
    return [_earned(found, hub, case, name) for name in found.years]


def _earned(found: Findings, hub: str, case: Case, name: str) -> str:
    profit, gain = found.profit(hub, case, name), found.gain(hub, case, name)
    return f"{number(profit / case.mw)} ({signed(gain / case.mw)})"
