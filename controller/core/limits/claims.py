"""Reductions laid below each other, so that no kW is counted twice.

A reduction claims kW below its frozen reference. Different programs may not claim the same kW, and
the claims of one program do not add up. So the limit is the lowest, over every reference R, of R
less, for each program, the largest of its reductions whose reference is R or lower. That is what
one gets by laying the claims below each other, the highest reference first. It depends neither on
names nor on the order of arrival, and one claim more never raises it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from controller.model.grid import Dispatch
from controller.model.plan import Plan
from controller.reasons import Reason


class Claim(NamedTuple):
    """The reduction of one dispatch."""

    reference_w: int
    reduction_w: int
    program: str
    id: str


class Stack(NamedTuple):
    """Claims laid below each other."""

    top_w: int
    """The reference that they are counted from."""
    below_w: Mapping[str, int]
    """By dispatch, from the top down: what its claim leaves to draw."""
    limit_w: int
    """What the lowest leaves."""


def claim_of(dispatch: Dispatch) -> Claim | None:
    """None where it is a cap or a set-point, or its reference is no higher than its limit."""
    reference_w = dispatch.reference_w
    if reference_w is None or reference_w <= dispatch.limit_w:
        return None
    return Claim(reference_w, reference_w - dispatch.limit_w, dispatch.program, dispatch.id)


def claims_of(dispatches: Iterable[Dispatch]) -> list[Claim]:
    return [claim for one in dispatches if (claim := claim_of(one)) is not None]


def stacked(claims: Iterable[Claim]) -> Stack | None:
    """The stack with the lowest limit, of several the one with most claims; None without any."""
    largest: dict[str, Claim] = {}
    lowest: tuple[int, int, list[Claim]] | None = None
    for top_w, alike in groupby(sorted(claims), key=lambda one: one.reference_w):
        for one in alike:
            held = largest.get(one.program)
            if held is None or held.reduction_w <= one.reduction_w:
                largest[one.program] = one
        left_w = top_w - sum(one.reduction_w for one in largest.values())
        if lowest is None or left_w <= lowest[0]:
            lowest = (left_w, top_w, list(largest.values()))
    return None if lowest is None else _laid(lowest[1], lowest[2])


def _laid(top_w: int, claims: list[Claim]) -> Stack:
    below_w, left_w = {}, top_w
    for one in sorted(claims, key=lambda one: (-one.reference_w, one.program)):
        left_w = max(0, left_w - one.reduction_w)
        below_w[one.id] = left_w
    return Stack(top_w, below_w, left_w)


def delivered_w(power_w: int, others: Iterable[Dispatch]) -> int:
    """What reductions of other programs have taken off the site's meter: all that they claim once
    it is down to their limit, nothing while it still shows their reference."""
    stack = stacked(claims_of(others))
    if stack is None:
        return 0
    return min(stack.top_w - stack.limit_w, max(0, stack.top_w - power_w))


def kept_off_w(plan: Plan) -> int:
    """The most that dispatches may have taken off the site's meter by a plan: what they keep off as
    far as it is proven, and what else is on its way down."""
    kept = (plan.curtailed.get(reason) for reason in (Reason.DISPATCH, Reason.EMERGENCY))
    going_w = max(0, plan.expected_w - plan.target_w)
    return going_w + sum(one.power_w for one in kept if one is not None)
