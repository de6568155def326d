"""Whether the looks of a whole run kept to the paces that its site declares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from controller.core.obedience.evidence import IN_FLIGHT, told_w
from controller.core.pacing.lowering import MONEY
from controller.core.pools.wear import HOUR
from controller.model.fleet import IDLE, Command, MinerSeen, Motion
from controller.model.plan import Plan
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Pacing, Site
from tests.core.cases.sites import CURVES
from tests.core.promises import miners, rise_w

LARGEST_W = max(curve.top.power_w for curve in CURVES.values())


class Moved(NamedTuple):
    """What one look told miners to change, repeats left out."""

    at: datetime
    ups: dict[str, int]
    downs: list[int]
    for_money: list[int]
    """Those of the downs that nothing but money asks for."""
    starts: dict[str, int]


def moved(seen: Snapshot, before: State, plan: Plan) -> Moved:
    """`seen` is weighed."""
    known, found = miners(seen), Moved(seen.now, {}, [], [], {})
    for command in plan.commands:
        miner, motion = known[command.miner], before.motions.get(command.miner)
        told = told_w(seen.curves[miner.curve], command.level)
        if command.attempt > 1:
            continue
        if told < miner.power_w:
            fall_w = min(miner.power_w, _mean_w(known, miner)) - _drawn_w(seen, command, miner)
            found.downs.append(fall_w)
            if command.reason in MONEY:
                found.for_money.append(fall_w)
        elif (risen_w := rise_w(command, miner, motion, seen)) > 0:
            found.ups[command.miner] = risen_w
            if miner.level in IDLE and command.level not in IDLE and not _starting(motion):
                found.starts[command.miner] = risen_w
    return found


def _starting(motion: Motion | None) -> bool:
    """Whether it was told to come up already: to send it higher on its way is no other start."""
    return motion is not None and motion.stage in IN_FLIGHT and motion.command.level not in IDLE


def _mean_w(known: Mapping[str, MinerSeen], miner: MinerSeen) -> int:
    """What its equals draw: of who has just come to rest among them no more is reckoned with."""
    kind = (miner.group, miner.curve, miner.level, miner.locked)
    alike = [
        one.power_w
        for one in known.values()
        if one.reachable and (one.group, one.curve, one.level, one.locked) == kind
    ]
    return -(-sum(alike) // len(alike)) if alike else miner.power_w


def _drawn_w(seen: Snapshot, command: Command, miner: MinerSeen) -> int:
    """What a miner will draw where it goes: as far beyond its plate as where it is. What a switch
    takes of its standby is not paced."""
    curve = seen.curves[miner.curve]
    if command.level in IDLE:
        return curve.off.power_w
    told = told_w(curve, command.level)
    nominal_w = [one.power_w for one in curve.levels if one.name == miner.level not in IDLE]
    if not nominal_w or miner.power_w <= nominal_w[0]:
        return told
    return told * miner.power_w // nominal_w[0]


def strayed(site: Site, moves: list[Moved], groups: dict[str, str]) -> Iterator[str]:
    """Each pace that was exceeded; `groups` are those of the miners."""
    yield from _stepped(moves, site.pacing)
    for minutes in (0.25, 1, 5):
        yield from _hurried(moves, site.pacing, minutes)
    for name, breaker in site.breakers.items():
        behind = {group for group, one in site.groups.items() if one.breaker == name}
        yield from _staggered(moves, breaker, {m for m, group in groups.items() if group in behind})
    yield from _too_often(moves, site.pacing.starts_per_hour)


def _stepped(moves: list[Moved], pacing: Pacing) -> Iterator[str]:
    for span in _within(moves, pacing.step_s):
        ups = [w for one in span for w in one.ups.values()]
        downs = [w for one in span for w in one.downs]
        if _too_much(ups, pacing.largest_step_up_w):
            yield f"{span[0].at:%T} {ups} W come in one step"
        if _too_much(downs, pacing.largest_step_down_w):
            yield f"{span[0].at:%T} {downs} W go in one step"


def _hurried(moves: list[Moved], pacing: Pacing, minutes: float) -> Iterator[str]:
    for span in _within(moves, 60 * minutes):
        ups = [w for one in span for w in one.ups.values()]
        downs = [w for one in span for w in one.for_money]
        if _too_fast(ups, pacing.restore_w_per_minute, minutes):
            yield f"{span[0].at:%T} {ups} W come within {minutes} min"
        if _too_fast(downs, pacing.lower_w_per_minute, minutes):
            yield f"{span[0].at:%T} {downs} W go for money within {minutes} min"


def _within(moves: list[Moved], seconds: float) -> Iterator[list[Moved]]:
    """From each look on, the looks of less than so many seconds."""
    for index, first in enumerate(moves):
        found = []
        for one in moves[index:]:
            if (one.at - first.at).total_seconds() >= seconds:
                break
            found.append(one)
        yield found


def _too_much(parts: list[int], most_w: int | None) -> bool:
    """One miner always may."""
    return most_w is not None and len(parts) > 1 and sum(parts) > most_w


def _too_fast(parts: list[int], rate_w: int | None, minutes: float) -> bool:
    """A minute's worth at once, or the largest miner, and what comes to it since."""
    return rate_w is not None and sum(parts) > max(rate_w, LARGEST_W) + rate_w * minutes


def _staggered(moves: list[Moved], breaker: Breaker, behind: set[str]) -> Iterator[str]:
    for span in _within(moves, breaker.stagger_s) if breaker.stagger_s else ():
        starts = [[w for name, w in one.starts.items() if name in behind] for one in span]
        looks = [parts for parts in starts if parts]
        if len(looks) > 1:
            yield f"{span[0].at:%T} {looks} W start behind a breaker"
        if any(_too_much(parts, breaker.stagger_w) for parts in looks):
            yield f"{span[0].at:%T} {looks} W start together"


def _too_often(moves: list[Moved], most: int | None) -> Iterator[str]:
    for span in _within(moves, HOUR.total_seconds()) if most is not None else ():
        started = Counter(name for one in span for name in one.starts)
        if max(started.values(), default=0) > (most or 0):
            yield f"{span[0].at:%T} {started.most_common(1)} starts within an hour"
