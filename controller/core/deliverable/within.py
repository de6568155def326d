"""How far the site's power could be moved within 10 s, 1, 10 and 30 minutes, and how sure that is.

What goes counts with the share of commands that earlier ones of its kind show to be done in that
time; where fewer than eight commands are known of, all of it by the declared time and nothing
before. The confidence is the part of these kW that is sure: the lower bound of the Wilson interval
of that share, weighted by watts. Nothing learned, no confidence.

Counted is what could be told and is seen to obey, whatever power costs. Unreachable, disobedient,
contested and locked miners count nothing, nor do those that are on their way, nor those that no
meter could show to have moved. Minimum on times do not matter: a limit goes before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from controller.core.deliverable.done import NOTHING, UNKNOWN, Amount, goes
from controller.core.deliverable.rising import added, rises, staged_w
from controller.core.obedience.learned import stop_s
from controller.core.obedience.patience import pacing_of
from controller.core.pacing.staging import SITE_DOWN, largest_step
from controller.core.pools.pool import Pool
from controller.core.situation import Situation
from controller.model.grid import SITE, Limit
from controller.model.plan import Curtailed, Deliverable, Demand, Mode
from controller.model.quality import Fresh
from controller.model.remembered import Learned
from controller.model.site import Program
from controller.reasons import Reason

HORIZONS_S = (10, 60, 600, 1800)
HUNDREDTH = Decimal("0.01")
NEVER_TOGETHER = frozenset(
    {
        Reason.IMPORT_LIMIT,
        Reason.ENGINE,
        Reason.NEIGHBOUR,
        Reason.BREAKER_LIMIT,
        Reason.GROUP_LIMIT,
    }
)
"""What ratings keep off never runs beside the rest: nobody can shed it."""
NOT_SHED = NEVER_TOGETHER | {Reason.MAINTENANCE_LOCK, Reason.UNREACHABLE, Reason.DISOBEDIENT}
"""Nor did these go because they were told to, or they cannot be told."""


class Load(NamedTuple):
    """What runs and could be told to go, above its standby, of pools that stop alike."""

    learned: Learned
    declared_s: int
    slow_s: int
    """How long stops take."""
    powers_w: list[int]
    """Of each pool."""


def deliverable(now: Situation) -> tuple[Deliverable, ...]:
    """For each horizon. What can be done in less time can be done in more."""
    loads, could = _loads(now), rises(now)
    down = up = NOTHING
    found = []
    for within_s in HORIZONS_S:
        down = max(down, _shed(now, loads, within_s))
        up = max(up, added(now, could, within_s))
        found.append(
            Deliverable(
                within_s=within_s,
                shed_w=down.power_w,
                add_w=up.power_w,
                shed_confidence=_confidence(down),
                add_confidence=_confidence(up),
            )
        )
    return tuple(found)


def too_much_asked(
    now: Situation, found: tuple[Deliverable, ...], curtailed: Mapping[Reason, Curtailed]
) -> dict[str, Demand]:
    """By program that may ask for more than can be shed in its time; what is off already, because
    it was told so, counts as shed. While a dispatch of the program is in force it is not judged."""
    if now.mode is Mode.STARTING:
        return {}
    called = {one.program for one in now.seen.dispatches.values() if one.in_force(now.seen.now)}
    demands = {
        name: demand(program, found, curtailed, now.limits)
        for name, program in now.seen.site.programs.items()
        if name not in called
    }
    return {name: one for name, one in demands.items() if one is not None}


def demand(
    program: Program,
    found: tuple[Deliverable, ...],
    curtailed: Mapping[Reason, Curtailed],
    limits: Iterable[Limit] = (),
) -> Demand | None:
    """What a program may ask for beyond what was measured; None where that is enough. No more can
    be shed than the connection, or its generators, could ever carry."""
    gone_w = sum(one.power_w for why, one in curtailed.items() if why not in NOT_SHED)
    ever = (Reason.IMPORT_LIMIT, Reason.ENGINE)
    carried_w = [one.limit_w for one in limits if one.reason in ever]
    measured_w = min([measured(found, program).shed_w + gone_w, *carried_w])
    asked = asked_w(program)
    if asked <= measured_w:
        return None
    return Demand(asked_w=asked, within_s=given_s(program), measured_w=measured_w)


def asked_w(program: Program) -> int:
    """The most that it may ask to be shed, as far as it says."""
    return max(program.reserve_w, program.capacity_w)


def given_s(program: Program) -> int:
    """From the time of issue to the moment by which power has to be gone, at the least."""
    return max(program.notice_s, program.response_s)


def measured(found: tuple[Deliverable, ...], program: Program) -> Deliverable:
    """What is known for the longest horizon within the program's time; less than the shortest is
    judged by that."""
    return [one for one in found if one.within_s <= max(given_s(program), HORIZONS_S[0])][-1]


def _loads(now: Situation) -> list[Load]:
    found: dict[tuple[Learned, int], Load] = {}
    for pool in now.pools:
        power_w = _load_w(pool)
        if power_w:
            learned = now.state.learned.get(pool.kind, UNKNOWN)
            declared_s = pacing_of(now.seen.site, pool.group).stop_within_s
            alike = found.get((learned, declared_s))
            if alike is None:
                slow_s = stop_s(now.seen, now.state, pool.kind)
                alike = Load(learned, declared_s, slow_s, [])
                found[learned, declared_s] = alike
            alike.powers_w.append(power_w)
    return list(found.values())


def _load_w(pool: Pool) -> int:
    """Where no meter could show that a miner is off, its rungs draw alike."""
    if pool.units_w[0] >= pool.units_w[-1]:
        return 0
    standby_w = pool.levels[0].power_w
    resting = sum(
        [
            max(0, one.power_w - standby_w * len(one.members))
            for rung, held in pool.free.items()
            if rung
            for one in held
        ]
    )
    arrived = (one for one in pool.pinned if not one.dispatched and not one.refuses and one.rung)
    return resting + sum(max(0, one.counted_w - standby_w) for one in arrived)


def _shed(now: Situation, loads: list[Load], within_s: int) -> Amount:
    total, slow_s = NOTHING, 0
    for one in loads:
        amount = goes(one.powers_w, one.learned, one.declared_s, within_s)
        total = total.plus(amount)
        if amount.power_w:
            slow_s = max(slow_s, one.slow_s)
    meter = now.seen.meters_w.get(SITE)
    if isinstance(meter, Fresh):
        total = total.at_most(meter.value)
    return total.at_most(in_steps_w(now, total.power_w, within_s - slow_s))


def in_steps_w(now: Situation, power_w: int, spare_s: int) -> int:
    """What of this power goes in as many of the site's largest steps as can begin within so many
    seconds."""
    most_w = now.seen.site.pacing.largest_step_down_w
    stage = largest_step(now.seen.site, SITE_DOWN, now.state, now.seen.now)
    if stage is None or most_w is None:
        return power_w
    return min(power_w, staged_w(stage, most_w, max(0, spare_s), now.seen.now))


def _confidence(amount: Amount) -> Decimal:
    if not amount.power_w:
        return Decimal(0)
    return (Decimal(amount.sure_w) / amount.power_w).quantize(HUNDREDTH, rounding=ROUND_FLOOR)
