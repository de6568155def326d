"""What a reading proves of a miner in motion, and what it counts with until it does.

A command's return value proves nothing; power does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from controller.model.fleet import (
    CONFIRMED,
    CUT,
    FAILED,
    IDLE,
    INFERRED,
    INTENDED,
    OFF,
    SENT,
    Curve,
    MinerSeen,
    Motion,
)
from controller.model.site import Pacing
from controller.reasons import Reason

IN_FLIGHT = frozenset({INTENDED, SENT})
CONTESTED = Reason.CONTESTED
ABOVE = 1.12
"""Up to which part of a lower level's nominal power a miner counts as having come down to it: more
than wobble and the inaccuracy of a firmware's own estimate, less than a step of a curve off."""
RUNNING = 0.5
"""From which part of a level's nominal power a miner counts as having come up to it: a machine with
a dead board runs too, and is then counted with what it draws."""


@dataclass(frozen=True, slots=True)
class Look:
    """The circumstances in which motions are advanced."""

    now: datetime
    pacing: Pacing
    may_start: bool
    closed: Mapping[str, Reason] = field(default_factory=dict)
    """By scope, why nothing may start there."""
    held: bool = False
    """Whether a person holds the site: nothing starts for money."""
    shown: Mapping[str, str] = field(default_factory=dict)
    """By miner without watts of its own: the scope whose meter shows that it came down."""
    unheard: Collection[str] = ()
    """Miners that say so, and of whom no meter has spoken since that could show it."""
    unmetered: Collection[str] = ()
    """Groups where no meter could ever show it."""


def told_w(curve: Curve, level: str) -> int:
    """Nominal power of what a command asks for; behind an open switch, none."""
    return 0 if level == CUT else curve.level(level).power_w


def is_at(told: str, seen: str) -> bool:
    """Whether a miner seen at a level does what it was told: behind an open switch it is off."""
    return seen == told or (told == OFF and seen == CUT)


def is_contested(motion: Motion) -> bool:
    """Whether somebody else keeps waking the miner: see `core/pacing/contested.py`."""
    return motion.command.reason is CONTESTED


def shows(motion: Motion, miner: MinerSeen, curve: Curve, look: Look) -> bool:
    """Whether power observed since the command proves that the miner does what it says.

    One without watts of its own is taken at its word where it says that it came up: it counted in
    full from the command on. That it came down a meter has to show, or none ever can.
    """
    command = motion.command
    if not miner.reachable or miner.at is None or miner.at <= command.at:
        return False
    if not is_at(command.level, miner.level):
        return False
    if miner.grade is INFERRED:
        by_word = not falls(motion, curve) or motion.group in look.unmetered
        return by_word or command.miner in look.shown
    if command.level in (OFF, CUT):
        return True  # a reading says so only where its power is a standby power, or none
    nominal = told_w(curve, command.level)
    if goes_down(motion, curve):
        return miner.power_w <= ABOVE * nominal
    return miner.power_w >= RUNNING * nominal


def goes_down(motion: Motion, curve: Curve) -> bool:
    """Whether the command asks for no more power than the miner was proven to draw."""
    return told_w(curve, motion.command.level) <= motion.proven_w


def starts(motion: Motion) -> bool:
    """Whether the command takes its miner from off to where it runs."""
    return motion.from_level in IDLE and motion.command.level not in IDLE


def rises(motion: Motion, curve: Curve) -> bool:
    """Whether the command may raise the miner's power. A start does, though the miner may count in
    full already because nothing has shown that it is off."""
    return starts(motion) or not goes_down(motion, curve)


def falls(motion: Motion, curve: Curve) -> bool:
    """Whether a meter would show it: by more than a firmware's own estimate may be wrong."""
    return told_w(curve, motion.command.level) * ABOVE < motion.proven_w


def counted_w(motion: Motion, miner: MinerSeen, curve: Curve) -> int:
    """What a miner in motion counts with under limits. A contested one counts in full, whatever it
    says, but where its switch was proven to be open."""
    known_w = drawn_w(motion, miner, curve)
    if is_contested(motion) and not _is_cut(motion, miner):
        return max(known_w, curve.top.power_w)
    return known_w


def _is_cut(motion: Motion, miner: MinerSeen) -> bool:
    return motion.command.level == CUT == miner.level and motion.stage is CONFIRMED


def drawn_w(motion: Motion, miner: MinerSeen, curve: Curve) -> int:
    """The most that a miner in motion may be drawing: what is not proven counts in full. This is
    what meters are compared with."""
    if motion.stage is CONFIRMED:
        return miner.power_w if miner.reachable else max(miner.power_w, motion.proven_w)
    trusted = miner.reachable and miner.grade is not INFERRED
    if motion.stage is FAILED and trusted:
        return miner.power_w
    return max(motion.proven_w, miner.power_w, reach_w(curve, motion))


def reach_w(curve: Curve, motion: Motion) -> int:
    """How high a command may take its miner. One whose switch closes boots as it likes before it
    can be told anything."""
    if motion.from_level == CUT:
        return curve.top.power_w
    return told_w(curve, motion.command.level)
