"""What silence, public conditions, a hold and one more limit do to any decision."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.limits.silence import closed, listened
from controller.core.obedience.motions import Orders
from controller.core.scopes import all_scopes, scopes_of
from controller.core.situation import assess
from controller.model.fleet import IDLE, Command
from controller.model.grid import SITE, ManualOrder
from controller.model.plan import Mode, Plan
from controller.model.quality import Fresh, Stale
from controller.model.seen import Snapshot, State
from controller.reasons import Reason
from tests.core.cases.chances import Chances, cases, many
from tests.core.cases.sites import NOW
from tests.core.cases.situations import Situation, settled, situation
from tests.core.promises import miners, rise_w

MONEY = {Reason.PROFITABLE, Reason.UNPROFITABLE, Reason.INCOME_LOST}


def order(**changes: object) -> ManualOrder:
    plain = {"id": "mine", "scope": SITE, "person": "Ada", "why": "a test", "issued_at": NOW}
    until = NOW + timedelta(hours=1)
    return ManualOrder(**{**plain, "until": until, **changes})  # type: ignore[arg-type]


def risen(seen: Snapshot, state: State, plan: Plan) -> list[Command]:
    """The commands that may raise what their miner counts with."""
    known = miners(seen)
    return [
        one
        for one in plan.commands
        if one.level not in IDLE
        and rise_w(one, known[one.miner], state.motions.get(one.miner), seen) > 0
    ]


def scopes_started(seen: Snapshot, state: State) -> set[str]:
    plan, _, _ = decide(seen, state)
    known = miners(seen)
    groups = {known[one.miner].group for one in risen(seen, state, plan)}
    return {scope for group in groups for scope in scopes_of(seen.site, group)}


@many()
@given(cases(situation))
def test_nothing_starts_where_a_source_is_silent(at: Situation) -> None:
    seen, state = at
    shut = closed(seen, listened(seen, state))
    assert not scopes_started(seen, state) & shut.keys()


def mute(seen: Snapshot) -> Snapshot:
    """All signals have just fallen silent."""
    said = {
        name: Stale(value=one.value, at=one.at) if isinstance(one, Fresh) else one
        for name, one in seen.signals.items()
    }
    return replace(seen, signals=said)


@many()
@given(cases(situation))
def test_signals_that_fall_silent_start_nothing_there_and_raise_no_limit(at: Situation) -> None:
    seen, state = at
    speaking = listened(seen, state)
    assert not scopes_started(mute(seen), state) & {one.scope for one in seen.site.rules.values()}
    for seconds in (0, 3600):
        later = seen.now + timedelta(seconds=seconds)
        loud, quiet = lowest(seen, later, speaking), lowest(mute(seen), later, speaking)
        assert all(quiet[scope] <= loud[scope] for scope in quiet)


def lowest(seen: Snapshot, at: datetime, state: State) -> dict[str, int]:
    """By scope, the lowest limit, were it later and all who speak now spoke again."""
    said = {
        name: replace(one, at=at) if isinstance(one, Fresh) else one
        for name, one in seen.signals.items()
    }
    then = replace(seen, now=at, signals=said)
    limits = assess(then, state, Orders(1)).limits
    return {
        scope: min((one.limit_w for one in limits if one.scope == scope), default=10**9)
        for scope in all_scopes(seen.site)
    }


@many()
@given(cases(situation))
def test_public_conditions_inform_and_never_order(at: Situation) -> None:
    seen, state = at
    plan, after, next_at = decide(replace(seen, conditions={}), state)
    word = Fresh(value="EEA 3: shed load now", at=NOW)
    informed, remembered, asked_at = decide(replace(seen, conditions={"iso": word}), state)
    assert replace(informed, outlook=plan.outlook) == plan
    assert (remembered, asked_at) == (after, next_at)
    (told,) = (one for one in informed.outlook if one.source == "iso")
    assert told.what == "the grid says: EEA 3: shed load now"


@many()
@given(cases(situation))
def test_a_hold_neither_starts_nor_stops_for_money(at: Situation) -> None:
    """A command of before is told once more all the same: a stop that may have been obeyed already
    cannot be taken back unseen."""
    seen, state = at
    held = replace(seen, orders={**seen.orders, "mine": order(hold=True)})
    plan, _, _ = decide(held, state)
    assert plan.mode in (Mode.STARTING, Mode.FAILSAFE, Mode.MANUAL)
    for_money = [one for one in plan.commands if one.reason in MONEY]
    assert [one for one in for_money if not told_before(one, state)] == []
    assert [one for one in risen(held, state, plan) if one.reason in MONEY] == []


def told_before(command: Command, state: State) -> bool:
    motion = state.motions.get(command.miner)
    return motion is not None and motion.command.level == command.level


def capped(chances: Chances) -> tuple[Snapshot, State, ManualOrder]:
    seen, state = settled(chances)
    scope = chances.of(all_scopes(seen.site))
    return seen, state, order(scope=scope, limit_w=chances.below(40) * 1000)


@many()
@given(cases(capped))
def test_one_limit_more_never_allows_more(at: tuple[Snapshot, State, ManualOrder]) -> None:
    """Where it holds down a part of the site, smaller steps of another may fill the rest better:
    the whole then draws more by less than one step."""
    seen, state, cap = at
    free, _, _ = decide(seen, state)
    bound, _, _ = decide(replace(seen, orders={"mine": cap}), state)
    assert [one for one in bound.limits if one.source != "mine by Ada"] == list(free.limits)
    assert planned_w(bound, seen, cap.scope) <= planned_w(free, seen, cap.scope)
    step_w = max(curve.top.power_w for curve in seen.curves.values())
    more_w = bound.target_w - free.target_w
    assert more_w <= 0 if cap.scope == SITE else more_w < step_w


def planned_w(plan: Plan, seen: Snapshot, scope: str) -> int:
    within = (one for one in plan.allocations.values() if scope in scopes_of(seen.site, one.group))
    return sum(one.power_w for one in within)
