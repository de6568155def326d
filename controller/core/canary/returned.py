"""Whether a canary that stands where it stood is as it was: its settings, and its power."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from controller.core.obedience.evidence import ABOVE, told_w
from controller.core.obedience.patience import pacing_of
from controller.model.fleet import IDLE, OFF, Curve, MinerSeen
from controller.model.remembered import Canary
from controller.model.seen import Snapshot

RAMP = 2
"""How many times the time that it has to come up it may take to draw what it drew."""


class Spoilt(NamedTuple):
    """What is not as it was."""

    text: str
    waits: bool
    """Whether it may still come right by itself."""


def lost(canary: Canary, miner: MinerSeen) -> str:
    """What a command has taken from it; empty where it is set as it was, as far as it was asked."""
    if miner.settings is None or miner.settings == canary.settings:
        return ""
    return "it has other pools than before" if miner.settings else "it has no pools any more"


def spoilt(canary: Canary, miner: MinerSeen, curve: Curve | None) -> Spoilt | None:
    """What a command has done to it; None where it is as it was, as far as it was asked. Of another
    level than it stood at, that its power shows it is all that can be said."""
    if why := lost(canary, miner):
        return Spoilt(why, waits=False)
    due_w = _due_w(canary, curve)
    elsewhere = miner.level != canary.level
    if elsewhere or canary.level in IDLE or _alike(due_w, miner.power_w):
        return None
    before = "drew" if due_w == canary.power_w else "is to draw"
    return Spoilt(f"it draws {miner.power_w} W, and {before} {due_w} W", waits=True)


def _due_w(canary: Canary, curve: Curve | None) -> int:
    """What it drew; of one that was awake without work, what its level says."""
    for level in curve.levels if curve else ():
        if level.name == canary.level and 2 * canary.power_w < level.power_w:
            return level.power_w
    return canary.power_w


def _alike(before_w: int, after_w: int) -> bool:
    """Within what wobble and a firmware's own estimate come to."""
    return before_w <= ABOVE * after_w and after_w <= ABOVE * before_w


def returns_to(canary: Canary, seen: Snapshot) -> str:
    """The level that it is told on its way back: where it stood, or as high as a person allows by
    now; empty where that is off, and it ran."""
    miner = seen.canaries.get(canary.miner)
    if miner is None or not miner.ceiling or miner.curve not in seen.curves:
        return canary.level
    curve = seen.curves[miner.curve]
    if told_w(curve, miner.ceiling) >= told_w(curve, canary.level):
        return canary.level
    return "" if miner.ceiling == OFF else miner.ceiling


def overdue(canary: Canary, miner: MinerSeen, seen: Snapshot) -> bool:
    """Whether its power had all the time that it needs."""
    if canary.told_at is None:
        return False
    within_s = RAMP * pacing_of(seen.site, miner.group).start_within_s
    return seen.now > canary.told_at + timedelta(seconds=within_s)
