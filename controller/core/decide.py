"""The decision: from everything that is seen and remembered to a plan. Pure.

The order of the parts is the argument for its safety: first what miners have proven, then what
limits leave, then what economics wants of that, and at the very end what may start.
"""

from __future__ import annotations

from datetime import datetime

from controller.core.motions import Orders, begin_moves, issue_repeats
from controller.core.planning import Share, share
from controller.core.probes import with_probes
from controller.core.report import report
from controller.core.schedule import next_look
from controller.core.situation import Situation, assess
from controller.core.verdict import verdict
from controller.core.wishes import Wish, wish, with_floors
from controller.model.fleet import OFF, Stage
from controller.model.plan import Plan
from controller.model.seen import Snapshot, State


def decide(seen: Snapshot, state: State) -> tuple[Plan, State, datetime]:
    """The plan for now, what to remember, and when to ask again at the latest."""
    orders = Orders(state.next_command)
    now = assess(seen, state, orders)
    wishes = [wish(pool, now.seen, now.state, now.halt) for pool in now.pools]
    wishes = with_probes(wishes, now.seen, now.state)
    shares = _shares(now, wishes)
    ideal = _shares(now, [one.unhindered() for one in wishes])
    found = verdict(now, shares)
    motions = begin_moves(now.seen, now.motions, found.steps, orders)
    motions = issue_repeats(motions, orders)
    after = State(
        motions=motions,
        other_w=now.other_w if seen.fleet_known else state.other_w,
        moved_at=seen.now if orders.events else state.moved_at,
        restored_at=found.allowance.at,
        restore_credit_w=found.allowance.left_w,
        running=_running(now, shares),
        excess_permille={
            **now.state.excess_permille,
            **{pool.key: pool.excess_permille for pool in now.pools},
        },
        meter_heard_at=now.state.meter_heard_at,
        rose_at=_rose_at(now, orders),
        balances=now.state.balances,
        fitted_permille=now.state.fitted_permille,
        ratio_permille=now.state.ratio_permille,
        unpaid=now.state.unpaid,
        next_command=orders.next_command,
    )
    plan = report(now, shares, ideal, orders)
    return plan, after, next_look(now.seen, after, found.waits_w, found.allowance)


def _rose_at(now: Situation, orders: Orders) -> datetime | None:
    rose = (one.stage is Stage.CONFIRMED and one.command.level != OFF for one in orders.events)
    return now.seen.now if any(rose) else now.state.rose_at


def _shares(now: Situation, wishes: list[Wish]) -> list[Share]:
    promised = with_floors(wishes, now.floors)
    return share(promised, now.limits, now.fixed_w, now.seen.site)


def _running(now: Situation, shares: list[Share]) -> dict[str, int]:
    """What economics let run; while it cannot be decided, what it let run before."""
    if now.halt is not None:
        return dict(now.state.running)
    return {share.wish.pool.kind: share.wish.worth for share in shares}
