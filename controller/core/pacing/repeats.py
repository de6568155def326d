"""Commands that are told once more keep to the same stages as those that are told first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from controller.core.canary.proven import barred
from controller.core.obedience.command import is_due, overruled_by_lock
from controller.core.obedience.evidence import rises, told_w
from controller.core.pacing.staging import Stage
from controller.core.pools.cooling import Fans
from controller.core.situation import Situation
from controller.model.fleet import IDLE, Motion


class Turns(NamedTuple):
    """What has its turn one after another."""

    down: Stage | None
    up: Stage | None
    staggers: Mapping[str, Stage]
    """By breaker."""
    fans: Mapping[str, Fans]
    """By group."""


def held_repeats(now: Situation, turns: Turns, lowered: Collection[str]) -> frozenset[str]:
    """Miners whose repeat has to wait: others of the same step have gone, their fans have not run,
    their firmware is barred, people allow them less by now, or their stop has still to have its
    turn, because their place is locked, or would bring those no lower that are to be `lowered`.
    The stages are drawn upon by those that go, and by whoever was told at this very look."""
    held, told_nothing = set[str](), barred(now.state)
    for name, motion in _of_this_look(now):
        change_w = _change_w(now, name, motion)
        up = change_w > 0
        stages = [turns.up, _stagger(now, motion, turns.staggers)] if up else [turns.down]
        mine = [one for one in stages if one is not None]
        waits = overruled_by_lock(motion, now.seen.moving[name])
        waits |= now.seen.moving[name].firmware in told_nothing
        waits |= change_w >= 0 and name in lowered
        waits |= up and _waits_for_fans(now, motion, turns.fans)
        waits |= _above_what_is_allowed(now, name, motion)
        fits = all(one.takes(abs(change_w)) for one in mine)
        if is_due(motion) and (waits or not fits):
            held.add(name)
            continue
        for one in mine:
            one.draw(abs(change_w), now.seen.now)
    return frozenset(held)


def _above_what_is_allowed(now: Situation, name: str, motion: Motion) -> bool:
    """Whether it was told to rise, and a person allows it less since: that it goes there may wait
    for the canary of its firmware, that it rises beyond need not."""
    ceiling = now.seen.moving[name].ceiling
    curve = now.seen.curves[motion.curve]
    if not ceiling or not rises(motion, curve):
        return False
    return told_w(curve, motion.command.level) > told_w(curve, ceiling)


def _of_this_look(now: Situation) -> list[tuple[str, Motion]]:
    """Those that are to be told once more, and whoever was told at this very look, by name."""
    return sorted(
        (name, one)
        for name, one in now.motions.items()
        if is_due(one) or one.command.at == now.seen.now
    )


def _change_w(now: Situation, name: str, motion: Motion) -> int:
    """By how much the miner would change what it is seen to draw."""
    curve = now.seen.curves[motion.curve]
    return told_w(curve, motion.command.level) - now.seen.moving[name].power_w


def _stagger(now: Situation, motion: Motion, staggers: Mapping[str, Stage]) -> Stage | None:
    group = now.seen.site.groups.get(motion.group)
    starts = motion.from_level in IDLE
    return staggers.get(group.breaker) if group and starts else None


def _waits_for_fans(now: Situation, motion: Motion, fans: Mapping[str, Fans]) -> bool:
    around = fans.get(motion.group)
    return around is not None and not around.ready(now.seen.now)
