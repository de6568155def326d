"""Sites of one interval, and what they could earn at best: a linear program, given to HiGHS.

The program knows nothing of steps, merit or hulls. Its unknowns are how many miners of each group
stand at each level, whole or not; each earns its revenue less its power, and no place draws more
than its limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

import highspy
import numpy as np

from controller.core.decide import decide
from controller.core.scopes import scopes_of
from controller.model.fleet import Cohort, Curve, Standing
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Economics, Group, Site
from controller.model.tariff import Consent, Hosting
from tests.core.cases.sites import NOW, curve

HASHPRICE = Decimal(60)

EVEN: Mapping[str, Curve] = {
    "long": curve(("off", 25, "0"), ("a", 1025, "60"), ("b", 2025, "110"), ("c", 3025, "140")),
    "short": curve(("off", 25, "0"), ("a", 1025, "45"), ("b", 2025, "85")),
    "with one below the hull": curve(
        ("off", 25, "0"), ("a", 1025, "52"), ("dull", 1525, "70"), ("b", 2025, "96")
    ),
}
"""Every step has the same watts."""
ODD: Mapping[str, Curve] = {
    "two": curve(("off", 25, "0"), ("full", 2794, "121.8")),
    "three": curve(("off", 40, "0"), ("eco", 1414, "70.2"), ("full", 2794, "121.8")),
    "four": curve(("off", 20, "0"), ("a", 700, "40"), ("b", 1900, "97"), ("c", 3530, "150")),
    "hollow": curve(("off", 30, "0"), ("a", 1000, "30"), ("b", 2000, "120"), ("c", 3100, "160")),
}


@dataclass(frozen=True)
class Hall:
    """A group of equal miners, all at one level to begin with."""

    curve: str
    miners: int
    level: int
    breaker: str = ""
    limit_w: int | None = None
    adder: Decimal = Decimal(0)
    losses: Decimal = Decimal(0)
    client_per_mwh: Decimal | None = None

    def price(self, market: Decimal) -> Decimal:
        """Losses are paid at the market's price."""
        return market * (1 + self.losses) + self.adder


@dataclass(frozen=True)
class Problem:
    halls: tuple[Hall, ...]
    site_w: int
    breakers_w: tuple[tuple[str, int | None], ...] = ()
    price: Decimal = Decimal(50)

    def at_price(self, price: Decimal) -> Problem:
        return replace(self, price=price)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"hall-{number}" for number in range(len(self.halls)))

    @property
    def limits_w(self) -> dict[str, int]:
        """By scope, of those that have one."""
        halls = zip(self.names, self.halls, strict=True)
        found = {SITE: self.site_w, **dict(self.breakers_w), **{n: h.limit_w for n, h in halls}}
        return {scope: limit_w for scope, limit_w in found.items() if limit_w is not None}


@cache
def curves() -> Mapping[str, Curve]:
    return {**EVEN, **ODD}


def snapshot(problem: Problem) -> Snapshot:
    """Its miners at rest, and nothing else behind the meter. No headroom, no margins: what fits
    runs."""
    halls = dict(zip(problem.names, problem.halls, strict=True))
    cohorts = {name: _cohort(name, hall) for name, hall in halls.items() if hall.miners}
    return Snapshot(
        now=NOW,
        site=Site(
            id="s",
            currency="USD",
            zone="UTC",
            import_limit_w=problem.site_w,
            groups={name: _group(hall) for name, hall in halls.items()},
            breakers={name: Breaker(limit_w=watts) for name, watts in problem.breakers_w},
            economics=Economics(),
            headroom=Decimal(0),
        ),
        price_per_mwh=Fresh(value=problem.price, at=NOW),
        hashprice_per_ph_day=Fresh(value=HASHPRICE, at=NOW),
        meters_w={SITE: Fresh(value=sum(one.power_w for one in cohorts.values()), at=NOW)},
        curves=curves(),
        cohorts=cohorts,
        fleet_known=True,
    )


def _group(hall: Hall) -> Group:
    price, hosting = hall.client_per_mwh, None
    if price is not None:
        hosting = Hosting(client="c", price_per_mwh=price, consent=Consent.PRICE)
    return Group(
        limit_w=hall.limit_w,
        breaker=hall.breaker,
        adder_per_mwh=hall.adder,
        losses=hall.losses,
        hosting=hosting,
    )


def _cohort(name: str, hall: Hall) -> Cohort:
    level = curves()[hall.curve].levels[hall.level]
    return Cohort(
        group=name,
        curve=hall.curve,
        level=level.name,
        standing=Standing.PRESENT,
        members=tuple(f"{name}-{number}" for number in range(hall.miners)),
        power_w=hall.miners * level.power_w,
    )


def planned(problem: Problem) -> Plan:
    return decide(snapshot(problem), State())[0]


def profits(hall: Hall, market: Decimal) -> list[Decimal]:
    """What a miner earns in an hour at each level, in millionths: TH/s at the hashprice of a PH/s
    and day, or what its client pays, less its power."""
    price, found = hall.price(market), []
    for level in curves()[hall.curve].levels:
        earned = level.hashrate_ths * HASHPRICE * 1000 / 24
        if hall.client_per_mwh is not None:
            earned = level.power_w * hall.client_per_mwh
        found.append(earned - level.power_w * price)
    return found


def profit(problem: Problem, plan: Plan) -> Decimal:
    """Of an hour as planned, in millionths."""
    total = Decimal(0)
    halls = dict(zip(problem.names, problem.halls, strict=True))
    for one in plan.allocations.values():
        names = [level.name for level in curves()[one.curve].levels]
        earned = dict(zip(names, profits(halls[one.group], problem.price), strict=True))
        total += sum((earned[name] * count for name, count in one.counts.items()), Decimal(0))
    return total


def best_profit(problem: Problem) -> float:
    """The most that an hour could earn, in millionths, if miners could be divided."""
    site = snapshot(problem).site
    gains: list[float] = []
    columns: list[list[tuple[int, float]]] = []
    scopes = {scope: row for row, scope in enumerate(problem.limits_w)}
    upper = [float(watts) for watts in problem.limits_w.values()]
    lower = [-highspy.kHighsInf] * len(upper)
    for name, hall in zip(problem.names, problem.halls, strict=True):
        rows = [scopes[scope] for scope in scopes_of(site, name) if scope in scopes]
        levels = curves()[hall.curve].levels
        for level, gain in zip(levels, profits(hall, problem.price), strict=True):
            gains.append(float(gain))
            columns.append([*((row, float(level.power_w)) for row in rows), (len(upper), 1.0)])
        lower.append(float(hall.miners))
        upper.append(float(hall.miners))
    return _maximum(gains, columns, lower, upper)


def _maximum(
    gains: list[float],
    columns: list[list[tuple[int, float]]],
    lower: list[float],
    upper: list[float],
) -> float:
    """Of non-negative unknowns: `columns` hold the rows that each takes part in."""
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(gains), len(lower)
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = np.array(gains)
    program.col_lower_ = np.zeros(len(gains))
    program.col_upper_ = np.full(len(gains), highspy.kHighsInf)
    program.row_lower_, program.row_upper_ = np.array(lower), np.array(upper)
    starts = np.cumsum([0, *(len(column) for column in columns)])
    program.a_matrix_.start_ = starts.astype(np.int32)
    program.a_matrix_.index_ = np.array([r for c in columns for r, _ in c], dtype=np.int32)
    program.a_matrix_.value_ = np.array([v for c in columns for _, v in c])
    solver = _solver()
    solver.passModel(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"no optimum: {solver.getModelStatus()}")
    return float(solver.getInfo().objective_function_value)


@cache
def _solver() -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    return solver
