"""Which miners without watts of their own a meter shows to have come down.

A meter proves a step when it fell by as much since nothing was under way, less what others did in
the meantime. Of miners that went down together the oldest commands are proven first, by name among
equals, and as many as the meter fell for: who lies cannot be told, how many do can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from controller.core.counting.nameplate import NOMINAL, is_inferred, kind_of
from controller.core.obedience.evidence import (
    IN_FLIGHT,
    RUNNING,
    drawn_w,
    falls,
    is_at,
    told_w,
)
from controller.core.scopes import scopes_of
from controller.model.fleet import CONFIRMED, FAILED, IDLE, INFERRED, MinerSeen, Motion
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State

WHOLE = 0.5
"""Which part of the last step the meter may lack: less would be another miner's."""


class _Claim(NamedTuple):
    """A miner that says it came down."""

    name: str
    motion: Motion
    counts_w: int
    goal_w: int


def proven(seen: Snapshot, state: State) -> Mapping[str, str]:
    """By miner, the scope whose meter shows that it obeyed. `seen` is weighed."""
    claims = list(_claims(seen, state))
    found: dict[str, str] = {}
    for scope in {claim.motion.group for claim in claims}:
        mine = [claim for claim in claims if claim.motion.group == scope]
        found |= _shown(scope, _after(mine, seen, state, scope), seen, state)
    for scope in _wide(claims, seen):
        mine = [claim for claim in claims if scope in scopes_of(seen.site, claim.motion.group)]
        rest = [claim for claim in mine if not _nearer_speaks(claim, scope, seen, state)]
        gone_w = sum(_late_w(claim) for claim in mine if claim.name in found)
        found |= _shown(scope, _after(rest, seen, state, scope), seen, state, gone_w)
    return found


def unheard(seen: Snapshot, state: State) -> frozenset[str]:
    """The miners that say that they came down, of whom no meter has spoken since that could have
    shown it: to tell them again would show no more."""
    return frozenset(
        claim.name
        for claim in _claims(seen, state)
        if not any(
            _speaks(seen, state, scope) and _after([claim], seen, state, scope)
            for scope in scopes_of(seen.site, claim.motion.group)
        )
    )


def _wide(claims: list[_Claim], seen: Snapshot) -> list[str]:
    """Breakers, then the site: each speaks for those of whom nothing nearer does."""
    around = {one for claim in claims for one in scopes_of(seen.site, claim.motion.group)[:-1]}
    return sorted(around, key=lambda scope: (scope == SITE, scope))


def _nearer_speaks(claim: _Claim, scope: str, seen: Snapshot, state: State) -> bool:
    around = scopes_of(seen.site, claim.motion.group)
    return any(_speaks(seen, state, one) for one in around[around.index(scope) + 1 :])


def _late_w(claim: _Claim) -> int:
    """What one given up still counts with, though its group's meter shows now that it came down:
    the site's meter fell for it too."""
    return claim.counts_w - claim.goal_w if claim.motion.stage is FAILED else 0


def _claims(seen: Snapshot, state: State) -> Iterator[_Claim]:
    for name, motion in state.motions.items():
        miner = seen.moving.get(name)
        if miner is None or not is_inferred(miner, seen) or motion.curve not in seen.curves:
            continue
        curve = seen.curves[motion.curve]
        if motion.stage is not CONFIRMED and _says_so(motion, miner) and falls(motion, curve):
            goal_w = told_w(curve, motion.command.level)
            if motion.command.level not in IDLE:
                goal_w = goal_w * state.ratio_permille.get(kind_of(miner), NOMINAL) // NOMINAL
            yield _Claim(name, motion, drawn_w(motion, miner, curve), goal_w)


def _says_so(motion: Motion, miner: MinerSeen) -> bool:
    heard = miner.reachable and miner.at is not None and miner.at > motion.command.at
    return heard and is_at(motion.command.level, miner.level)


def _speaks(seen: Snapshot, state: State, scope: str) -> bool:
    """Whether the scope's meter says what is drawn now, and a balance to compare it with."""
    return isinstance(seen.meters_w.get(scope), Fresh) and scope in state.balances


def _after(claims: list[_Claim], seen: Snapshot, state: State, scope: str) -> list[_Claim]:
    """Those that the meter can speak of: it was read after their command, and after everything that
    came up since."""
    meter = seen.meters_w.get(scope)
    if not isinstance(meter, Fresh):
        return []
    if state.rose_at is not None and meter.at <= state.rose_at:
        return []
    return [claim for claim in claims if meter.at > claim.motion.command.at]


def _shown(
    scope: str, claims: list[_Claim], seen: Snapshot, state: State, gone_w: int = 0
) -> dict[str, str]:
    meter = seen.meters_w.get(scope)
    if not claims or not isinstance(meter, Fresh):
        return {}
    if _no_room(scope, claims, meter, seen, state):
        return {claim.name: scope for claim in claims}
    if scope not in state.balances:
        return {}
    names = {claim.name for claim in claims}
    others_w = least_w(seen, state, scope, names, meter.at)
    fell_w = state.balances[scope].unexplained_w + others_w - gone_w - meter.value
    fell_w += sum(claim.counts_w for claim in claims)
    found, due_w = {}, 0
    for claim in sorted(claims, key=lambda one: (one.motion.command.at, one.name)):
        step_w = claim.counts_w - claim.goal_w
        due_w += step_w
        if fell_w < due_w - WHOLE * step_w:
            break
        found[claim.name] = scope
    return found


def _no_room(
    scope: str, claims: list[_Claim], meter: Fresh[int], seen: Snapshot, state: State
) -> bool:
    """Whether the meter leaves too little for a single one of them to be running.

    Not of a whole site: generation behind its meter would make room.
    """
    if scope == SITE or any(claim.motion.command.level not in IDLE for claim in claims):
        return False
    least = min(claim.counts_w for claim in claims)
    return meter.value - _own_w(seen, state, scope, meter.at) < RUNNING * least


def _own_w(seen: Snapshot, state: State, scope: str, metered_at: datetime) -> int:
    """What the scope's other miners report of themselves and draw at least."""
    resting = sum(
        one.power_w
        for one in seen.cohorts.values()
        if scope in scopes_of(seen.site, one.group) and one.grade is not INFERRED
    )
    moving = sum(
        _least_w(motion, seen.moving[name], seen, metered_at)
        for name, motion in state.motions.items()
        if name in seen.moving and _reports(motion, seen.moving[name], scope, seen)
    )
    return resting + moving


def _reports(motion: Motion, miner: MinerSeen, scope: str, seen: Snapshot) -> bool:
    within = scope in scopes_of(seen.site, motion.group)
    return within and miner.grade is not INFERRED


def least_w(seen: Snapshot, state: State, scope: str, but: set[str], metered_at: datetime) -> int:
    """The least that the miners of a scope may have drawn when it was metered, but for some."""
    resting = sum(
        c.power_w for c in seen.cohorts.values() if scope in scopes_of(seen.site, c.group)
    )
    return resting + sum(
        _least_w(motion, seen.moving[name], seen, metered_at)
        for name, motion in state.motions.items()
        if name not in but and name in seen.moving and scope in scopes_of(seen.site, motion.group)
    )


def _least_w(motion: Motion, miner: MinerSeen, seen: Snapshot, metered_at: datetime) -> int:
    """Somebody on the way may have arrived, or not have left: whichever is less. One on its way
    down that says later that it has not left had not left."""
    curve = seen.curves.get(motion.curve)
    if curve is None:
        return miner.power_w
    if motion.stage not in IN_FLIGHT:
        return drawn_w(motion, miner, curve)
    unmoved_w = min(motion.proven_w, miner.power_w)
    heard_after = miner.reachable and miner.at is not None and miner.at >= metered_at
    return unmoved_w if heard_after else min(told_w(curve, motion.command.level), unmoved_w)
