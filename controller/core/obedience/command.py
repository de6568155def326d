"""The life of a command: intended, sent, confirmed by observed power, repeated, failed.

A miner in motion is advanced by what is seen of it. A command's return value proves nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from controller.core.obedience.evidence import (
    Look,
    falls,
    goes_down,
    is_at,
    is_contested,
    rises,
    shows,
    starts,
)
from controller.core.obedience.patience import contested_until, deadline_of
from controller.model.fleet import (
    CONFIRMED,
    CUT,
    FAILED,
    IDLE,
    INFERRED,
    INTENDED,
    OFF,
    SENT,
    Command,
    CommandEvent,
    Curve,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Outcome,
)
from controller.model.seen import State
from controller.reasons import Reason


class Advance(NamedTuple):
    """What became of a motion: None when the miner is at rest again."""

    motion: Motion | None
    events: tuple[CommandEvent, ...] = ()


def is_due(motion: Motion) -> bool:
    """Whether its command, which has no id yet, is to be told once more."""
    return not motion.command.id


def as_told(motion: Motion) -> Motion:
    """With the last command that it was told: one that waited is told no more."""
    return motion if motion.told is None else replace(motion, command=motion.told, told=None)


def begin(
    command: Command,
    deadline: datetime,
    *,
    group: str,
    curve: str,
    from_level: str,
    proven_w: int,
    late: bool = False,
) -> Motion:
    """The motion that a new command starts. Whoever is late with coming down stays so."""
    return Motion(
        command=command,
        stage=INTENDED,
        group=group,
        curve=curve,
        from_level=from_level,
        proven_w=proven_w,
        deadline=deadline,
        late=late,
    )


def resumed(state: State) -> State:
    """What a process takes up that begins where another ended: nobody looked in between, power may
    have gone and come back, so whoever was given up is told again as soon as it is heard, and
    nobody is known to be off whom somebody else might wake."""
    motions = {
        name: motion if motion.stage is CONFIRMED else replace(motion, late=False, lost=True)
        for name, motion in state.motions.items()
    }
    wakes = {name: replace(one, off_at=None) for name, one in state.wakes.items() if one.woken_at}
    return replace(state, motions=motions, wakes=wakes)


def advance(
    motion: Motion,
    miner: MinerSeen,
    curve: Curve,
    outcome: Outcome | None,
    look: Look,
) -> Advance:
    """Take a motion one look further, with what the fleet reported of its command."""
    if is_contested(motion) and _settled(motion, miner, look):
        if motion.stage is CONFIRMED or not _unproven(motion, miner, curve):
            return Advance(None)
        motion = _given_up(as_told(motion), look)
    if motion.stage is CONFIRMED:
        return Advance(motion) if is_contested(motion) else _rest(motion, miner)
    if shows(motion, miner, curve, look):
        return _confirm(as_told(motion), miner, look)
    if motion.stage is FAILED and is_contested(motion):
        return Advance(motion)
    if motion.stage is FAILED:
        return _wait(motion, miner, curve, look)
    return _in_flight(motion, miner, curve, outcome, look)


def _settled(motion: Motion, miner: MinerSeen, look: Look) -> bool:
    """Whether a contest is over: its time has passed, or its place was locked, where whatever runs
    is told to stop, whoever woke it."""
    locked = miner.locked and motion.command.level != CUT
    return locked or contested_until(motion, look.pacing) <= look.now


def _given_up(motion: Motion, look: Look) -> Motion:
    """Of a miner that no meter has shown to be off when its contest ends, or when its start has
    failed: it goes on counting, as anybody else who only says so."""
    command = replace(motion.command, reason=Reason.DISOBEDIENT)
    return replace(motion, stage=FAILED, command=command, rest_until=look.now)


def _in_flight(
    motion: Motion, miner: MinerSeen, curve: Curve, outcome: Outcome | None, look: Look
) -> Advance:
    if is_due(motion):
        closed = rises(motion, curve) and not look.may_start
        return Advance(_let_go(as_told(motion), miner, curve, look) if closed else motion)
    if outcome is not None:
        if outcome.stage is FAILED:
            return _again(motion, miner, curve, look, outcome.detail)
        told = replace(motion, stage=outcome.stage)
        event = event_of(told, miner, look.now, outcome.detail)
        return Advance(replace(motion, stage=SENT), (event,))
    if motion.deadline > look.now:
        return Advance(motion)
    return _again(motion, miner, curve, look, _why(motion, miner, look))


def _why(motion: Motion, miner: MinerSeen, look: Look) -> str:
    if not miner.reachable:
        return "it cannot be reached"
    if motion.command.miner in look.unheard:
        return "it says so, and no meter has spoken that could show it"
    return "its power does not show it"


def refuses_more(motion: Motion, miner: MinerSeen, curve: Curve) -> bool:
    """Whether a miner was given up because it did not rise as told, or came down as far as no meter
    shows, but runs: money and limits may lower it, only raising it has to wait."""
    failed = motion.stage is FAILED and miner.reachable and not is_contested(motion)
    if not failed or miner.level in IDLE:
        return False
    return rises(motion, curve) or _unproven(motion, miner, curve)


def unproven_off(motion: Motion, miner: MinerSeen, curve: Curve) -> bool:
    """Whether a miner was given up that says that it is off, and no meter shows it: it counts in
    full as it is, and may be told to start."""
    given_up = motion.stage is FAILED and not is_contested(motion)
    if not given_up or miner.level not in IDLE:
        return False
    return miner.reachable and not miner.locked and _unproven(motion, miner, curve)


def overruled_by_lock(motion: Motion, miner: MinerSeen) -> bool:
    """Whether a miner was told a level above off, also one that it was given up on its way to, and
    its place is locked, where it is told nothing any more but to go off."""
    return miner.locked and motion.command.level not in IDLE


def beyond_reach(motion: Motion, miner: MinerSeen, curve: Curve) -> bool:
    """Whether a miner in motion can be told nothing for now: contested, given up, or at rest and
    lost."""
    if is_contested(motion):
        return True
    if motion.stage is FAILED:
        stops = miner.reachable and overruled_by_lock(motion, miner)
        moves = refuses_more(motion, miner, curve) or unproven_off(motion, miner, curve)
        return not stops and not moves
    return motion.stage is CONFIRMED and not miner.reachable


def _wait(motion: Motion, miner: MinerSeen, curve: Curve, look: Look) -> Advance:
    """A disobedient miner is told again after its time, or as soon as it is back; one that says
    that it obeyed, not before a meter has spoken against it."""
    due = _rested(motion, look) or (motion.lost and miner.reachable)
    if due and not _unproven(motion, miner, curve):
        return Advance(_let_go(motion, miner, curve, look))
    if due and miner.reachable and motion.command.miner not in look.unheard:
        return Advance(_anew(motion, curve, look, attempt=1))
    return Advance(motion if miner.reachable else replace(motion, lost=True))


def _unproven(motion: Motion, miner: MinerSeen, curve: Curve) -> bool:
    """Whether a miner says that it obeyed and no meter shows it: at rest it would be believed."""
    says_so = is_at(motion.command.level, miner.level)
    claims = miner.grade is INFERRED and says_so
    return claims and falls(motion, curve)


def _let_go(motion: Motion, miner: MinerSeen, curve: Curve, look: Look) -> Motion | None:
    """What is left of a command that is told no more: nothing, or of a start of a miner that is
    off, the stop before it, if no meter has shown that one."""
    command = replace(motion.command, level=OFF, dispatch="")
    stop = _given_up(replace(motion, command=command, from_level=""), look)
    return stop if starts(motion) and _unproven(stop, miner, curve) else None


def _rested(motion: Motion, look: Look) -> bool:
    return motion.rest_until is None or motion.rest_until <= look.now


def _rest(motion: Motion, miner: MinerSeen) -> Advance:
    """A confirmed miner rests, unless somebody else moved it."""
    moved = miner.reachable and not is_at(motion.command.level, miner.level)
    return Advance(None if moved else motion)


def _confirm(motion: Motion, miner: MinerSeen, look: Look) -> Advance:
    """It has arrived, and rests for as long as its pacing says."""
    confirmed = replace(
        motion,
        stage=CONFIRMED,
        proven_w=miner.power_w,
        rest_until=_rest_until(motion, miner, look),
        late=False,
        lost=False,
    )
    scope = look.shown.get(motion.command.miner)
    if scope is not None:
        miner = replace(miner, grade=EvidenceGrade.GROUP_METER)
        detail = f"shown by the meter of {scope}"
    elif miner.grade is INFERRED and motion.group in look.unmetered:
        detail = "no meter can show it: counted in full"
    else:
        detail = ""
    return Advance(confirmed, (event_of(confirmed, miner, look.now, detail),))


def _rest_until(motion: Motion, miner: MinerSeen, look: Look) -> datetime:
    """Until when comfort leaves a confirmed miner alone. A level that it was raised to is kept like
    a start: on some firmware every change costs minutes without hash. Lowered, it may rise again
    at once, and then rests."""
    if is_contested(motion):
        return contested_until(motion, look.pacing)
    rest_s = 0
    if motion.command.level == OFF:
        rest_s = look.pacing.minimum_off_s
    elif motion.from_level in IDLE or miner.power_w > motion.proven_w:
        rest_s = look.pacing.minimum_on_s
    return look.now + timedelta(seconds=rest_s)


def _again(motion: Motion, miner: MinerSeen, curve: Curve, look: Look, why: str) -> Advance:
    """Tell it once more, or give it up so that others take its place."""
    failed = replace(
        motion,
        stage=FAILED,
        rest_until=_next_try(motion, look),
        late=goes_down(motion, curve),
        lost=not miner.reachable,
    )
    events = (event_of(failed, miner, look.now, why),)
    before = 0 if motion.lost and miner.reachable else motion.command.attempt
    if before >= _attempts(motion, look):
        return Advance(failed, events)
    if rises(motion, curve) and not look.may_start:
        return Advance(_let_go(motion, miner, curve, look), events)
    return Advance(_anew(motion, curve, look, attempt=before + 1), events)


def _next_try(motion: Motion, look: Look) -> datetime:
    if is_contested(motion):
        return contested_until(motion, look.pacing)
    return look.now + timedelta(seconds=look.pacing.retry_after_s)


def _attempts(motion: Motion, look: Look) -> int:
    """Whoever is woken all the time is told once more, and no more; its switch is told again."""
    once = is_contested(motion) and motion.command.level != CUT
    return 1 if once else look.pacing.attempts


def _anew(motion: Motion, curve: Curve, look: Look, attempt: int) -> Motion:
    """Its command once more, with the time that it has for it. Sharing waits no more for one that
    was to come down and let its time pass: it goes on counting, so that others make its room."""
    command = replace(motion.command, id="", attempt=attempt, at=look.now)
    deadline = deadline_of(command, look.pacing, down=not rises(motion, curve))
    first_at = motion.from_command_at or motion.command.at
    return replace(
        motion,
        command=command,
        told=motion.command,
        stage=INTENDED,
        from_command_at=first_at if attempt > 1 else None,
        deadline=deadline,
        late=goes_down(motion, curve) and (motion.late or attempt > 1),
        lost=False,
    )


def event_of(motion: Motion, miner: MinerSeen, now: datetime, detail: str) -> CommandEvent:
    """What the ledger keeps of a motion's new stage."""
    proven = motion.stage is CONFIRMED
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
