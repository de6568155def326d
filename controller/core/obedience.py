"""The life of a command: intended, sent, confirmed by observed power, repeated, failed.

A miner in motion is advanced by what is seen of it. A command's return value proves nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.model.fleet import (
    OFF,
    Command,
    CommandEvent,
    Curve,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Outcome,
    Stage,
)
from controller.model.seen import State
from controller.model.site import Pacing, Site

IN_FLIGHT = frozenset({Stage.INTENDED, Stage.SENT})
ABOVE = 1.12
"""Up to which part of a lower level's nominal power a miner counts as having come down to it: more
than wobble and the inaccuracy of a firmware's own estimate, less than a step of a curve off."""
RUNNING = 0.5
"""From which part of a level's nominal power a miner counts as having come up to it: a machine with
a dead board runs too, and is then counted with what it draws."""


@dataclass(frozen=True, slots=True)
class Advance:
    """What became of a motion: None when the miner is at rest again. A motion whose command has no
    id yet is to be told once more."""

    motion: Motion | None
    events: tuple[CommandEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """The circumstances in which motions are advanced."""

    now: datetime
    pacing: Pacing
    may_start: bool
    shown: Mapping[str, str] = field(default_factory=dict)
    """By miner without watts of its own: the scope whose meter shows that it came down."""
    unmetered: Collection[str] = ()
    """Groups where no meter could show it."""


def shows(motion: Motion, miner: MinerSeen, curve: Curve, look: Look) -> bool:
    """Whether power observed since the command proves that the miner does what it says.

    One without watts of its own is taken at its word where it says that it came up: it counted in
    full from the command on. That it came down a meter has to show, or none ever can.
    """
    command = motion.command
    if not miner.reachable or miner.at is None or miner.at <= command.at:
        return False
    if miner.level != command.level:
        return False
    if miner.grade is EvidenceGrade.INFERRED:
        by_word = not falls(motion, curve) or motion.group in look.unmetered
        return by_word or command.miner in look.shown
    nominal = curve.level(command.level).power_w
    if command.level == OFF:
        return True  # a reading says `off` only where its power is a standby power
    if goes_down(motion, curve):
        return miner.power_w <= ABOVE * nominal
    return miner.power_w >= RUNNING * nominal


def goes_down(motion: Motion, curve: Curve) -> bool:
    """Whether the command asks for no more power than the miner was proven to draw."""
    return curve.level(motion.command.level).power_w <= motion.proven_w


def falls(motion: Motion, curve: Curve) -> bool:
    """Whether a meter would show it: by more than a firmware's own estimate may be wrong."""
    return curve.level(motion.command.level).power_w * ABOVE < motion.proven_w


def counted_w(motion: Motion, miner: MinerSeen, curve: Curve) -> int:
    """What a miner in motion counts with: what is not proven counts in full."""
    nominal = curve.level(motion.command.level).power_w
    if motion.stage is Stage.CONFIRMED:
        return miner.power_w if miner.reachable else max(miner.power_w, motion.proven_w)
    trusted = miner.reachable and miner.grade is not EvidenceGrade.INFERRED
    if motion.stage is Stage.FAILED and trusted:
        return miner.power_w
    return max(motion.proven_w, miner.power_w, nominal)


def begin(
    command: Command,
    deadline: datetime,
    *,
    group: str,
    curve: str,
    from_level: str,
    proven_w: int,
) -> Motion:
    """The motion that a new command starts."""
    return Motion(
        command=command,
        stage=Stage.INTENDED,
        group=group,
        curve=curve,
        from_level=from_level,
        proven_w=proven_w,
        deadline=deadline,
    )


def pacing_of(site: Site, group: str) -> Pacing:
    """The site's pacing with what a group has in its place."""
    own = site.groups.get(group)
    if own is None or (own.stop_within_s is None and own.start_within_s is None):
        return site.pacing
    pacing = site.pacing
    return replace(
        pacing,
        stop_within_s=pacing.stop_within_s if own.stop_within_s is None else own.stop_within_s,
        start_within_s=pacing.start_within_s if own.start_within_s is None else own.start_within_s,
    )


def resumed(state: State) -> State:
    """What a process takes up that begins where another ended: nobody looked in between, power may
    have gone and come back, so whoever was given up is told again as soon as it is heard."""
    motions = {
        name: motion if motion.stage is Stage.CONFIRMED else replace(motion, lost=True)
        for name, motion in state.motions.items()
    }
    return replace(state, motions=motions)


def deadline_of(command: Command, pacing: Pacing, *, down: bool) -> datetime:
    """By when power has to show it: coming down is what limits wait for."""
    seconds = pacing.stop_within_s if down else pacing.start_within_s
    return command.at + timedelta(seconds=seconds)


def advance(
    motion: Motion,
    miner: MinerSeen,
    curve: Curve,
    outcome: Outcome | None,
    look: Look,
) -> Advance:
    """Take a motion one look further."""
    if motion.stage is Stage.CONFIRMED:
        return _rest(motion, miner, look)
    if shows(motion, miner, curve, look):
        return _confirm(motion, miner, look)
    if motion.stage is Stage.FAILED:
        return _wait(motion, miner, curve, look)
    return _in_flight(motion, miner, curve, outcome, look)


def _in_flight(
    motion: Motion, miner: MinerSeen, curve: Curve, outcome: Outcome | None, look: Look
) -> Advance:
    if outcome is not None and outcome.command == motion.command.id:
        if outcome.stage is Stage.FAILED:
            return _again(motion, miner, curve, look, outcome.detail)
        told = event_of(replace(motion, stage=outcome.stage), miner, look.now, outcome.detail)
        return Advance(replace(motion, stage=Stage.SENT), (told,))
    if motion.deadline > look.now:
        return Advance(motion)
    why = "its power does not show it" if miner.reachable else "it cannot be reached"
    return _again(motion, miner, curve, look, why)


def refuses_more(motion: Motion, miner: MinerSeen, curve: Curve) -> bool:
    """Whether a miner was given up because it did not rise as told, or came down as far as no meter
    shows, but runs: money and limits may lower it, only raising it has to wait."""
    failed = motion.stage is Stage.FAILED and miner.reachable
    astray = not goes_down(motion, curve) or _unproven(motion, miner, curve)
    return failed and miner.level != OFF and astray


def beyond_reach(motion: Motion, miner: MinerSeen, curve: Curve) -> bool:
    """Whether a miner in motion can be told nothing for now: given up, or at rest and lost."""
    if motion.stage is Stage.FAILED:
        return not refuses_more(motion, miner, curve)
    return motion.stage is Stage.CONFIRMED and not miner.reachable


def _wait(motion: Motion, miner: MinerSeen, curve: Curve, look: Look) -> Advance:
    """A disobedient miner is told again after its time, or as soon as it is back."""
    due = _rested(motion, look) or (motion.lost and miner.reachable)
    if due and not _unproven(motion, miner, curve):
        return Advance(None)
    if due and miner.reachable:
        return Advance(_anew(motion, curve, look, attempt=1))
    return Advance(motion if miner.reachable else replace(motion, lost=True))


def _unproven(motion: Motion, miner: MinerSeen, curve: Curve) -> bool:
    """Whether a miner says that it obeyed and no meter shows it: at rest it would be believed."""
    claims = miner.grade is EvidenceGrade.INFERRED and miner.level == motion.command.level
    return claims and falls(motion, curve)


def _rested(motion: Motion, look: Look) -> bool:
    return motion.rest_until is None or motion.rest_until <= look.now


def _rest(motion: Motion, miner: MinerSeen, look: Look) -> Advance:
    """A confirmed miner rests, unless somebody else moved it or its rest is over."""
    moved = miner.reachable and miner.level != motion.command.level
    return Advance(None if moved or _rested(motion, look) else motion)


def _confirm(motion: Motion, miner: MinerSeen, look: Look) -> Advance:
    rest_s = 0
    if motion.command.level == OFF:
        rest_s = look.pacing.minimum_off_s
    elif motion.from_level == OFF:
        rest_s = look.pacing.minimum_on_s
    confirmed = replace(
        motion,
        stage=Stage.CONFIRMED,
        proven_w=miner.power_w,
        rest_until=look.now + timedelta(seconds=rest_s),
        lost=False,
    )
    scope = look.shown.get(motion.command.miner)
    if scope is not None:
        miner = replace(miner, grade=EvidenceGrade.GROUP_METER)
        detail = f"shown by the meter of {scope}"
    elif miner.grade is EvidenceGrade.INFERRED and motion.group in look.unmetered:
        detail = "no meter can show it: counted in full"
    else:
        detail = ""
    return Advance(confirmed, (event_of(confirmed, miner, look.now, detail),))


def _again(motion: Motion, miner: MinerSeen, curve: Curve, look: Look, why: str) -> Advance:
    """Tell it once more, or give it up so that others take its place."""
    rest = timedelta(seconds=look.pacing.retry_after_s)
    failed = replace(
        motion, stage=Stage.FAILED, rest_until=look.now + rest, lost=not miner.reachable
    )
    events = (event_of(failed, miner, look.now, why),)
    before = 0 if motion.lost and miner.reachable else motion.command.attempt
    if before >= look.pacing.attempts:
        return Advance(failed, events)
    if not goes_down(motion, curve) and not look.may_start:
        return Advance(None, events)
    return Advance(_anew(motion, curve, look, attempt=before + 1), events)


def _anew(motion: Motion, curve: Curve, look: Look, attempt: int) -> Motion:
    """Its command once more, with the time that it has for it."""
    command = replace(motion.command, id="", attempt=attempt, at=look.now)
    deadline = deadline_of(command, look.pacing, down=goes_down(motion, curve))
    return replace(motion, command=command, stage=Stage.INTENDED, deadline=deadline, lost=False)


def event_of(motion: Motion, miner: MinerSeen, now: datetime, detail: str) -> CommandEvent:
    """What the ledger keeps of a motion's new stage."""
    proven = motion.stage is Stage.CONFIRMED
    power_w = miner.power_w if proven else max(miner.power_w, motion.proven_w)
    return CommandEvent(
        command=motion.command,
        stage=motion.stage,
        at=now,
        group=motion.group,
        power_w=power_w,
        grade=miner.grade,
        detail=detail,
    )
