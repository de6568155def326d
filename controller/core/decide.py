"""The decision: from everything that is seen and remembered to a plan. Pure.

The order of the parts is the argument for its safety: first what miners have proven, then what
limits leave, then what economics wants of that, and at the very end what may start.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from controller.core.explaining.report import report
from controller.core.limits.failsafe import held_by
from controller.core.obedience.motions import Orders
from controller.core.pacing.contested import fought_over, given_over, remembered
from controller.core.pacing.issuing import begin_moves, issue_repeats
from controller.core.pacing.verdict import Verdict, verdict
from controller.core.planning.probes import with_probes
from controller.core.planning.rehearsed import rehearsed
from controller.core.planning.reserve import counting
from controller.core.planning.shares import shares_of
from controller.core.planning.sharing import Share
from controller.core.planning.wishes import wish
from controller.core.pools.cooling import turned
from controller.core.pools.shown_levels import level_permille
from controller.core.schedule import next_look
from controller.core.situation import Situation, assess
from controller.model.fleet import CONFIRMED, IDLE
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State


def decide(seen: Snapshot, state: State) -> tuple[Plan, State, datetime]:
    """The plan for now, what to remember, and when to ask again at the latest."""
    orders = Orders(state.next_command)
    now = assess(seen, state, orders)
    shares, ideal, found = _settled(now)
    given_up: list[str] = []
    while over := fought_over(now, found.steps):
        now = given_over(now, over, orders)
        given_up += [step.move.miner for step in over]
        shares, ideal, found = _settled(now)
    motions = begin_moves(now.seen, now.motions, found.steps, orders)
    motions = issue_repeats(motions, orders, found.held, seen.now)
    after = found.remembered(now.state, motions)
    other_w = turned(seen.site, found.other_w, now.state.cooling, after.cooling)
    after = replace(
        after,
        motions=motions,
        other_w=_other_w(seen, state, other_w),
        moved_at=seen.now if orders.events or other_w != found.other_w else now.moved_at,
        running=_running(now, shares),
        excess_permille={
            **now.state.excess_permille,
            **{pool.key: pool.excess_permille for pool in now.pools if not pool.unproven},
        },
        level_permille=level_permille(now.pools, now.state.level_permille),
        reserve_permille=counting(now),
        rose_at=_rose_at(now, orders),
        wakes=remembered(now, found.steps, given_up, orders.events),
        next_command=orders.next_command,
    )
    plan = report(now, shares, ideal, orders, after)
    return plan, after, next_look(now.seen, after, found.waits)


def _settled(now: Situation) -> tuple[list[Share], list[Share], Verdict]:
    """What is shared out, what would be if every miner could be moved, and what moves now."""
    wishes = [wish(pool, now.seen, now.state, now.halt_of(pool.group)) for pool in now.pools]
    wishes = rehearsed(with_probes(wishes, now.seen, now.state), now)
    shares = shares_of(wishes, now)
    hindered = any(one.hindered for one in wishes)
    ideal = shares_of([one.unhindered() for one in wishes], now) if hindered else shares
    return shares, ideal, verdict(now, shares)


def _rose_at(now: Situation, orders: Orders) -> datetime | None:
    rose = (one.stage is CONFIRMED and one.command.level not in IDLE for one in orders.events)
    return now.seen.now if any(rose) else now.state.rose_at


def _other_w(seen: Snapshot, state: State, other_w: Mapping[str, int]) -> Mapping[str, int]:
    """What is kept of other load. While miners are heard for the first time it is worked out anew
    at each look, as long as its meter speaks."""
    if seen.fleet_known:
        return other_w
    silent = {
        scope: power_w
        for scope, power_w in other_w.items()
        if not isinstance(seen.meters_w.get(scope), Fresh)
    }
    return {**silent, **state.other_w}


def _running(now: Situation, shares: list[Share]) -> dict[str, int]:
    """What economics let run. Where nothing may start it lets no more run than before, and of whom
    nobody is there while it cannot be decided, as many as before."""
    undecided = now.halt is not None or held_by(now.seen) is not None
    found = dict(now.state.running) if undecided else {}
    for wished in (one.wish for one in shares):
        kind, closed = wished.pool.kind, now.halt_of(wished.pool.group) is not None
        before = now.state.running.get(kind, wished.worth)
        found[kind] = min(wished.worth, before) if closed else wished.worth
    return found
