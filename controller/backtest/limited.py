"""What the site's limits leave of its miners: what always on, and whoever knows every price, may
run at the most.

Limits that lie within each other leave the most when the best steps are granted first, whatever the
price: a dearer one only takes steps away from the end. So each kind of miners has a share that does
not change, and a mean of two levels where that ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from controller.backtest.machines import Machines
from controller.backtest.yardsticks.machine import Rung
from controller.core.economics.steps import concave
from controller.core.scopes import scopes_of
from controller.model.grid import SITE
from controller.model.site import Site

LEAST_W = 1.0
"""Of one miner: less room than this is none."""


@dataclass(frozen=True, slots=True)
class _Step:
    """From one level to the next, of all miners of a kind."""

    which: int
    rung: int
    power_w: float
    merit: float
    """TH/s per W."""


def rungs_within(
    site: Site, machines: Sequence[Machines], other_w: float
) -> list[tuple[Rung, ...]]:
    """Of each kind of miners, how one of them may run on the mean of all: its levels up to what the
    limits leave, less headroom, and that as the last."""
    left_w = _room(site, machines, other_w)
    granted = [0.0] * len(machines)
    for step in sorted(_steps(machines), key=lambda one: (-one.merit, one.which, one.rung)):
        scopes = [one for one in scopes_of(site, machines[step.which].group) if one in left_w]
        taken_w = max(0.0, min([step.power_w, *(left_w[scope] for scope in scopes)]))
        granted[step.which] += taken_w
        for scope in scopes:
            left_w[scope] -= taken_w
    return [
        _up_to(one, given_w / one.count) for one, given_w in zip(machines, granted, strict=True)
    ]


def _room(site: Site, machines: Sequence[Machines], other_w: float) -> dict[str, float]:
    """By scope with a limit, what it leaves above standby."""
    kept = 1 - float(site.headroom)
    limits: dict[str, int | None] = {SITE: site.import_limit_w}
    limits |= {name: one.limit_w for name, one in site.breakers.items()}
    limits |= {name: one.limit_w for name, one in site.groups.items()}
    left_w = {scope: kept * limit_w for scope, limit_w in limits.items() if limit_w is not None}
    left_w[SITE] -= other_w + sum(one.firm_w for one in site.neighbours.values())
    for one in machines:
        for scope in scopes_of(site, one.group):
            if scope in left_w:
                left_w[scope] -= one.count * one.curve.off.power_w
    return left_w


def _steps(machines: Sequence[Machines]) -> list[_Step]:
    found = []
    for which, one in enumerate(machines):
        levels = concave(one.curve)
        for rung, (low, high) in enumerate(pairwise(levels)):
            power_w = high.power_w - low.power_w
            merit = float(high.hashrate_ths - low.hashrate_ths) / power_w
            found.append(_Step(which, rung, float(power_w * one.count), merit))
    return found


def _up_to(machines: Machines, more_w: float) -> tuple[Rung, ...]:
    """The levels of one miner that draw no more than so much above standby, and their mean that
    draws just that."""
    levels = machines.curve.levels
    most_w = levels[0].power_w + more_w
    rungs = [Rung(one.name, float(one.power_w), float(one.hashrate_ths)) for one in levels]
    within = [one for one in rungs if one.power_w <= most_w + LEAST_W]
    if len(within) == len(rungs):
        return tuple(rungs)
    mean = Rung("within limits", most_w, _hash_at(machines, most_w))
    if mean.power_w - within[-1].power_w > LEAST_W:
        within.append(mean)
    return tuple(within)


def _hash_at(machines: Machines, power_w: float) -> float:
    """What a mean of two levels hashes that draws so much."""
    levels = concave(machines.curve)
    for low, high in pairwise(levels):
        if power_w <= high.power_w:
            part = (power_w - low.power_w) / (high.power_w - low.power_w)
            gained = float(high.hashrate_ths - low.hashrate_ths)
            return float(low.hashrate_ths) + part * gained
    return float(levels[-1].hashrate_ths)


def limits_bind(machines: Sequence[Machines], rungs: Sequence[tuple[Rung, ...]]) -> bool:
    """Whether limits leave less than all levels."""
    tops = zip(machines, rungs, strict=True)
    return any(within[-1].power_w < one.curve.top.power_w for one, within in tops)


def most_w(machines: Sequence[Machines], rungs: Sequence[tuple[Rung, ...]]) -> float:
    """What all of them draw at the most that limits leave."""
    return sum(one.count * within[-1].power_w for one, within in zip(machines, rungs, strict=True))
