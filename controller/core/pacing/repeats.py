"""Commands that are told once more keep to the same stages as those that are told first."""

from __future__ import annotations

from collections.abc import Mapping

from controller.core.obedience.command import overruled_by_lock
from controller.core.pacing.staging import Stage
from controller.core.pools.cooling import Fans
from controller.core.situation import Situation
from controller.model.fleet import CUT, OFF, Motion


def held_repeats(
    now: Situation,
    down: Stage | None,
    up: Stage | None,
    staggers: Mapping[str, Stage],
    fans: Mapping[str, Fans],
) -> frozenset[str]:
    """Miners whose repeat has to wait: others of the same step have gone, their fans have not run,
    or their place is locked and their stop has still to have its turn. The stages are drawn upon by
    those that go, and by whoever was told at this very look."""
    held = _locked(now)
    if down is None and up is None and not staggers and not fans:
        return frozenset(held)
    for name, motion in sorted(now.motions.items()):
        told = bool(motion.command.id)
        if name in held or (told and motion.command.at < now.seen.now):
            continue
        change_w = _change_w(now, name, motion)
        stages = [down] if change_w < 0 else [up, _stagger(now, motion, staggers)]
        mine = [one for one in stages if one is not None]
        waits = change_w > 0 and _waits_for_fans(now, motion, fans)
        if not told and (waits or not all(one.takes(abs(change_w)) for one in mine)):
            held.add(name)
            continue
        for one in mine:
            one.draw(abs(change_w), now.seen.now)
    return frozenset(held)


def _locked(now: Situation) -> set[str]:
    repeats = ((name, one) for name, one in now.motions.items() if not one.command.id)
    return {name for name, one in repeats if overruled_by_lock(one, now.seen.moving[name])}


def _change_w(now: Situation, name: str, motion: Motion) -> int:
    """By how much the miner would change what it is seen to draw."""
    told = motion.command.level
    told_w = 0 if told == CUT else now.seen.curves[motion.curve].level(told).power_w
    return told_w - now.seen.moving[name].power_w


def _stagger(now: Situation, motion: Motion, staggers: Mapping[str, Stage]) -> Stage | None:
    group = now.seen.site.groups.get(motion.group)
    starts = motion.from_level in (OFF, CUT)
    return staggers.get(group.breaker) if group and starts else None


def _waits_for_fans(now: Situation, motion: Motion, fans: Mapping[str, Fans]) -> bool:
    around = fans.get(motion.group)
    return around is not None and not around.ready(now.seen.now)
