"""What money and people want of miners whose firmware is new here waits for its canary.

Limits do not wait: what one takes away now, or a dispatch to come by the time that its miners need,
is told at once, and so is what generators or a set-point need. That is said as a waiver, and so is
what a person orders off where the same order keeps the canary from returning: it went, and has its
pools.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from operator import gt

from controller.core.canary.returned import returns_to
from controller.core.planning.wishes import Wish
from controller.core.situation import Situation
from controller.model.remembered import CanaryStage
from controller.reasons import Reason

AT_ONCE = frozenset({Reason.ENGINE, Reason.SET_POINT})
"""Floors that cannot wait: generators are at risk, or the grid has been promised."""


def rehearsed(wishes: Iterable[Wish], now: Situation) -> list[Wish]:
    """The wishes, of new firmware no other than what is there, with what they wait for."""
    return [_rehearsed(one, now) if one.pool.firmware and one.pool.size else one for one in wishes]


def _rehearsed(one: Wish, now: Situation) -> Wish:
    there = one.pool.counts.standing[1:]
    kept_off = _kept_off(one.pool.firmware, now)
    top = one.pool.ceiling if kept_off else len(one.ladder)
    held = replace(
        one,
        pool=replace(one.pool, ceiling=top),
        wanted=there,
        most=_most(one, there, now),
        ideal=there,
        reason=Reason.CANARY,
        money=Reason.CANARY if any(map(gt, one.allowed, there)) else one.money,
        awaited=one.allowed,
    )
    if one.allowed != held.allowed or (kept_off and one.wanted != there):
        return held
    # A dispatch to come will want some of them to go: there is time to try now.
    return replace(one, awaited=(0,) * len(there)) if _called(now) else one


def _most(one: Wish, there: tuple[int, ...], now: Situation) -> tuple[int, ...]:
    """How many may stand where for floors: only what cannot wait raises anybody, and nobody above
    what people allow."""
    if not any(floor.reason in AT_ONCE for floor in now.floors):
        return there
    return one.most[: one.pool.ceiling] + there[one.pool.ceiling :]


def _kept_off(firmware: str, now: Situation) -> bool:
    """Whether its canary went, and a person keeps it off."""
    canary = now.state.canaries.get(firmware)
    if canary is None or canary.stage is not CanaryStage.RETURNING:
        return False
    return not returns_to(canary, now.seen)


def _called(now: Situation) -> bool:
    at = now.seen.now
    return any(one.start > at and one.asks(at) for one in now.seen.dispatches.values())
