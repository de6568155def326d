"""What money, people and floors want of miners whose firmware is new here waits for its canary.

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
from controller.core.planning.lasting import lasting
from controller.core.planning.promised import promises
from controller.core.planning.wishes import Wish
from controller.core.situation import Situation
from controller.model.remembered import CanaryStage
from controller.reasons import Reason

AT_ONCE = frozenset({Reason.ENGINE, Reason.SET_POINT})
"""Floors that cannot wait: generators are at risk, or the grid has been promised."""


def rehearsed(wishes: Iterable[Wish], now: Situation) -> list[Wish]:
    """The wishes, of new firmware no other than what is there, with what they wait for."""
    found = list(wishes)
    if not any(_is_new(one) for one in found):
        return found
    raised, _ = promises(lasting(found, now), now)
    for which, one in enumerate(found):
        if _is_new(one):
            found[which] = _rehearsed(one, raised[which].allowed, now)
    return found


def _is_new(one: Wish) -> bool:
    return bool(one.pool.firmware) and one.pool.size > 0


def _rehearsed(one: Wish, allowed: tuple[int, ...], now: Situation) -> Wish:
    """`allowed` are so many as people allow of those that money and floors want."""
    there = one.pool.counts.standing[1:]
    kept_off = _kept_off(one.pool.firmware, now)
    top = one.pool.ceiling if kept_off else len(one.ladder)
    still = replace(one, most=_most(one, there, now))
    held = replace(still, pool=replace(one.pool, ceiling=top), wanted=there, ideal=there)
    if allowed != held.allowed or (kept_off and one.wanted != there):
        rises = any(map(gt, allowed, there))
        money = Reason.CANARY if rises else one.money
        return replace(held, reason=Reason.CANARY, money=money, awaited=allowed)
    if one.allowed != held.allowed:
        still = held  # money would stop some that floors need
    # A dispatch to come will want some of them to go: there is time to try now.
    return replace(still, awaited=(0,) * len(there)) if _called(now) else still


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
