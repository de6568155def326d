"""Which miners without watts of their own a meter shows to have come down.

A meter proves a step when it fell by as much since nothing was under way, less what others did in
the meantime. Of miners that went down together the oldest commands are proven first, by name among
equals, and as many as the meter fell for: who lies cannot be told, how many do can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from controller.core.nameplate import NOMINAL, is_inferred, kind_of
from controller.core.obedience import IN_FLIGHT, RUNNING, counted_w, falls, goes_down
from controller.model.fleet import OFF, EvidenceGrade, MinerSeen, Motion, Stage
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
    for scope in sorted({claim.motion.group for claim in claims}):
        mine = [claim for claim in claims if claim.motion.group == scope]
        found |= _shown(scope, _after(mine, seen, state, scope), seen, state)
    rest = [claim for claim in claims if not _speaks(seen, state, claim.motion.group)]
    gone_w = sum(_late_w(claim) for claim in claims if claim.name in found)
    return found | _shown(SITE, _after(rest, seen, state, SITE), seen, state, gone_w)


def _late_w(claim: _Claim) -> int:
    """What one given up still counts with, though its group's meter shows now that it came down:
    the site's meter fell for it too."""
    return claim.counts_w - claim.goal_w if claim.motion.stage is Stage.FAILED else 0


def _claims(seen: Snapshot, state: State) -> Iterator[_Claim]:
    for name, motion in state.motions.items():
        miner = seen.moving.get(name)
        if miner is None or not is_inferred(miner, seen) or motion.curve not in seen.curves:
            continue
        curve = seen.curves[motion.curve]
        if motion.stage is not Stage.CONFIRMED and _says_so(motion, miner) and falls(motion, curve):
            goal_w = curve.level(motion.command.level).power_w
            if motion.command.level != OFF:
                goal_w = goal_w * state.ratio_permille.get(kind_of(miner), NOMINAL) // NOMINAL
            yield _Claim(name, motion, counted_w(motion, miner, curve), goal_w)


def _says_so(motion: Motion, miner: MinerSeen) -> bool:
    heard = miner.reachable and miner.at is not None and miner.at > motion.command.at
    return heard and miner.level == motion.command.level


def _speaks(seen: Snapshot, state: State, scope: str) -> bool:
    """Whether the scope's meter says what is drawn now, and a balance to compare it with."""
    return isinstance(seen.meters_w.get(scope), Fresh) and scope in state.balances


def _after(claims: list[_Claim], seen: Snapshot, state: State, scope: str) -> list[_Claim]:
    """Those that the meter can speak of: it was read after their command, and after everything that
    came up since."""
    meter = seen.meters_w.get(scope)
    if not isinstance(meter, Fresh) or not _speaks(seen, state, scope):
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
    names = {claim.name for claim in claims}
    others_w = least_w(seen, state, scope, names, meter.at)
    fell_w = state.balances[scope].unexplained_w + others_w - gone_w - meter.value
    fell_w += sum(claim.counts_w for claim in claims)
    if _no_room(scope, claims, meter, seen, state):
        return dict.fromkeys(sorted(names), scope)
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

    Of a group only: on a whole site generation behind the meter would make room.
    """
    if scope == SITE or any(claim.motion.command.level != OFF for claim in claims):
        return False
    least = min(claim.counts_w for claim in claims)
    return meter.value - _own_w(seen, state, scope, meter.at) < RUNNING * least


def _own_w(seen: Snapshot, state: State, scope: str, metered_at: datetime) -> int:
    """What the scope's other miners report of themselves and draw at least."""
    resting = sum(
        one.power_w
        for one in seen.cohorts.values()
        if one.group == scope and one.grade is not EvidenceGrade.INFERRED
    )
    moving = sum(
        _least_w(motion, seen.moving[name], seen, metered_at)
        for name, motion in state.motions.items()
        if name in seen.moving and _reports(motion, seen.moving[name], scope)
    )
    return resting + moving


def _reports(motion: Motion, miner: MinerSeen, scope: str) -> bool:
    return motion.group == scope and miner.grade is not EvidenceGrade.INFERRED


def least_w(seen: Snapshot, state: State, scope: str, but: set[str], metered_at: datetime) -> int:
    """The least that the miners of a scope may have drawn when it was metered, but for some."""
    resting = sum(c.power_w for c in seen.cohorts.values() if scope in (SITE, c.group))
    return resting + sum(
        _least_w(motion, seen.moving[name], seen, metered_at)
        for name, motion in state.motions.items()
        if name not in but and name in seen.moving and scope in (SITE, motion.group)
    )


def _least_w(motion: Motion, miner: MinerSeen, seen: Snapshot, metered_at: datetime) -> int:
    """Somebody on the way may have arrived, or not have left: whichever is less. One on its way
    down that says later that it has not left had not left."""
    curve = seen.curves.get(motion.curve)
    if curve is None:
        return miner.power_w
    if motion.stage not in IN_FLIGHT:
        return counted_w(motion, miner, curve)
    heard_after = miner.reachable and miner.at is not None and miner.at >= metered_at
    if heard_after and goes_down(motion, curve):
        return min(motion.proven_w, miner.power_w)
    return min(curve.level(motion.command.level).power_w, motion.proven_w, miner.power_w)
