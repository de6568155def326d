"""What commands came to: how long miners take to do as told, and how often they do not.

Kept by `group/curve`, down and up apart. An order teaches one thing, its repeats included: how long
it took from its first telling to the reading whose power showed it, or that it was given up. One
that was overruled teaches nothing, nor does one that only a miner's word confirms. How far power
differs from nominal is kept elsewhere: of miners that report watts in `State.excess_permille`, of
others in `State.ratio_permille`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache

from msgspec.structs import replace

from controller.core.obedience.evidence import IN_FLIGHT, is_contested, rises
from controller.core.obedience.patience import pacing_of
from controller.model.fleet import (
    CONFIRMED,
    FAILED,
    INFERRED,
    CommandEvent,
    Curve,
    EvidenceGrade,
    MinerSeen,
    Motion,
)
from controller.model.remembered import Learned
from controller.model.seen import Snapshot, State

BUCKETS_S = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
"""Up to 1, 2, 4 … 512 s; a last bucket holds what took longer."""
BEYOND_S = 2 * BUCKETS_S[-1]
"""What a command counts as that took longer than the last bound."""
KNOWN = 8
"""From so many confirmed commands on they speak louder than what is declared."""
SHARE = (95, 100)
"""Which part of them a response time covers."""
FADES_ABOVE = 256
"""Above so many commands all counts are halved: the newest weigh most."""
Z = Decimal("1.96")
"""Of the standard normal distribution: 95 % lie within it to both sides."""
PLACES = Decimal("0.001")


def stop_s(seen: Snapshot, state: State, kind: str) -> int:
    """Seconds within which 95 % of the confirmed downward commands of a `group/curve` were shown by
    power; what is declared for its group while fewer than eight are known."""
    declared_s = pacing_of(seen.site, kind.partition("/")[0]).stop_within_s
    known = state.learned.get(kind)
    return declared_s if known is None else _covers_s(known.stops, declared_s)


def start_s(seen: Snapshot, state: State, kind: str) -> int:
    """The same of upward commands."""
    declared_s = pacing_of(seen.site, kind.partition("/")[0]).start_within_s
    known = state.learned.get(kind)
    return declared_s if known is None else _covers_s(known.starts, declared_s)


def chance(learned: Learned, within_s: int, *, up: bool) -> Decimal:
    """How sure it is that a command is done within a time, from 0 to 1: the lower bound of the
    Wilson interval (95 %) of the share that was. Those given up were not; 0 where nothing is known.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference,
    Journal of the American Statistical Association 22 (1927).
    """
    times, failed = _of(learned, up=up)
    done = sum(n for bound, n in zip(BUCKETS_S, times, strict=False) if bound <= within_s)
    return _wilson(done, sum(times) + failed)


def failure_rate(learned: Learned, *, up: bool) -> Decimal:
    """Which fraction of commands was given up; 0 where none is known."""
    times, failed = _of(learned, up=up)
    tried = sum(times) + failed
    return (Decimal(failed) / tried).quantize(PLACES) if tried else Decimal(0)


def learnt(
    seen: Snapshot, state: State, motions: Mapping[str, Motion], events: Iterable[CommandEvent]
) -> dict[str, Learned]:
    """What is known after this look: `events` are what it found of `state.motions`, and `motions`
    what goes on of these."""
    known = dict(state.learned)
    for event in events:
        before = state.motions.get(event.command.miner)
        if before is None or before.stage not in IN_FLIGHT or is_contested(before):
            continue
        curve = seen.curves[before.curve]
        kind = f"{before.group}/{before.curve}"
        one = known.get(kind, Learned())
        if event.stage is CONFIRMED:
            shown_at = _shown_at(event, seen.moving[event.command.miner])
            # Of one that nobody watched on its way it is not known when it arrived.
            if shown_at is not None and not before.lost:
                known[kind] = _done(one, before, curve, shown_at)
        elif _given_up(motions.get(event.command.miner)):
            known[kind] = _failed(one, before, curve)
    return known


def _shown_at(event: CommandEvent, miner: MinerSeen) -> datetime | None:
    """When power showed it: the reading, or where a meter had to show it, the look that proved it.
    A miner's word alone shows nothing."""
    if event.grade is INFERRED:
        return None
    return event.at if event.grade is EvidenceGrade.GROUP_METER else miner.at


def _given_up(after: Motion | None) -> bool:
    return after is None or after.stage is FAILED


def _done(one: Learned, motion: Motion, curve: Curve, shown_at: datetime) -> Learned:
    told_at = motion.from_command_at or motion.command.at
    seconds = (shown_at - told_at).total_seconds()
    if rises(motion, curve):
        return _faded(replace(one, starts=_counted(one.starts, seconds)))
    return _faded(replace(one, stops=_counted(one.stops, seconds)))


def _failed(one: Learned, motion: Motion, curve: Curve) -> Learned:
    if rises(motion, curve):
        return _faded(replace(one, starts_failed=one.starts_failed + 1))
    return _faded(replace(one, stops_failed=one.stops_failed + 1))


def _counted(times: tuple[int, ...], seconds: float) -> tuple[int, ...]:
    counts = list(times) or [0] * (len(BUCKETS_S) + 1)
    counts[sum(seconds > bound for bound in BUCKETS_S)] += 1
    return tuple(counts)


def _faded(one: Learned) -> Learned:
    if sum(one.stops) + one.stops_failed > FADES_ABOVE:
        stops = tuple(count // 2 for count in one.stops)
        one = replace(one, stops=stops, stops_failed=one.stops_failed // 2)
    if sum(one.starts) + one.starts_failed > FADES_ABOVE:
        starts = tuple(count // 2 for count in one.starts)
        one = replace(one, starts=starts, starts_failed=one.starts_failed // 2)
    return one


def _of(learned: Learned, *, up: bool) -> tuple[tuple[int, ...], int]:
    if up:
        return learned.starts, learned.starts_failed
    return learned.stops, learned.stops_failed


def _covers_s(times: tuple[int, ...], declared_s: int) -> int:
    known = sum(times)
    if known < KNOWN:
        return declared_s
    part, whole = SHARE
    covered = 0
    for bound, count in zip(BUCKETS_S, times, strict=False):
        covered += count
        if covered * whole >= known * part:
            return bound
    return BEYOND_S


@lru_cache(maxsize=4096)
def _wilson(done: int, tried: int) -> Decimal:
    if not done:
        return Decimal(0)
    share = Decimal(done) / tried
    square = Z * Z / tried
    spread = Z * ((share * (1 - share) + square / 4) / tried).sqrt()
    least = (share + square / 2 - spread) / (1 + square)
    return least.quantize(PLACES, rounding=ROUND_FLOOR)
