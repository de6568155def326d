"""Recorded cycles put together again: each is a patch on the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from controller.core.recorded.patch import apply
from controller.model.records import CycleRecorded


@dataclass(frozen=True, slots=True)
class Whole:
    """A cycle in plain form. What did not change since the cycle before is the same object."""

    seen: Any
    state_before: Any
    plan: Any
    state: Any


def unfold(before: Whole | None, cycle: CycleRecorded) -> Whole:
    """The whole of `cycle`, which follows `before`.

    Raises:
        ValueError: it is a patch and there is nothing before it.
    """
    if cycle.keyframe:
        return Whole(cycle.seen, cycle.state_before, cycle.plan, cycle.state)
    if before is None:
        raise ValueError("a cycle that is not a keyframe follows no other")
    return Whole(
        seen=apply(before.seen, cycle.seen),
        state_before=before.state,
        plan=apply(before.plan, cycle.plan),
        state=apply(before.state, cycle.state),
    )
