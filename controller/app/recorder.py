"""Turns each cycle into what the ledger keeps of it: the difference to the cycle before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from controller.core.recorded.chain import Whole
from controller.core.recorded.patch import diff
from controller.model.base import to_plain
from controller.model.plan import Plan
from controller.model.records import CycleRecorded
from controller.model.seen import Snapshot, State

KEYFRAME_EVERY = 200


class _Entries:
    """The plain form of a mapping's values. A value that is the very object it was in the cycle
    before is not taken apart again: a cohort may name 10,000 miners."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, Any]] = {}
        self._mapping: Mapping[str, object] | None = None
        self._plain: dict[str, Any] = {}

    def plain(self, mapping: Mapping[str, object]) -> dict[str, Any]:
        """Of the very mapping of the cycle before, the very same: so nothing of it is compared."""
        if mapping is not self._mapping:
            self._mapping, self._plain = mapping, self._taken_apart(mapping)
        return self._plain

    def _taken_apart(self, mapping: Mapping[str, object]) -> dict[str, Any]:
        known, self._known = self._known, {}
        for key, value in mapping.items():
            entry = known.get(key)
            if entry is None or entry[0] is not value:
                entry = (value, to_plain(value))
            self._known[key] = entry
        return {key: entry[1] for key, entry in self._known.items()}


class Recorder:
    """Records the cycles of one run, the first of them whole, and every `keyframe_every`th."""

    def __init__(self, keyframe_every: int = KEYFRAME_EVERY) -> None:
        self._every = keyframe_every
        self._since_keyframe = 0
        self._before: Whole | None = None
        self._state: State | None = None
        self._cohorts = _Entries()
        self._curves = _Entries()
        self._moving = _Entries()
        self._motions = _Entries()
        self._wakes = _Entries()
        self._wear = _Entries()

    def record(
        self, seen: Snapshot, state_before: State, plan: Plan, state_after: State, next_at: datetime
    ) -> CycleRecorded:
        """The record of a cycle: a keyframe where it does not follow the last one recorded."""
        before = self._before if self._follows(state_before) else None
        whole = Whole(
            seen=self._seen(seen),
            state_before=self._state_of(state_before) if before is None else before.state,
            plan=to_plain(plan),
            state=self._state_of(state_after),
        )
        self._before, self._state = whole, state_after
        self._since_keyframe = 0 if before is None else self._since_keyframe + 1
        return _cycle(seen.now, before, whole, next_at)

    def _follows(self, state_before: State) -> bool:
        if self._since_keyframe + 1 >= self._every:
            return False
        return state_before is self._state or state_before == self._state

    def lost(self) -> None:
        """The last record is not in the ledger, or nobody knows yet: the next one is whole."""
        self._before = None

    def _seen(self, seen: Snapshot) -> dict[str, Any]:
        plain: dict[str, Any] = to_plain(replace(seen, cohorts={}, curves={}, moving={}))
        if seen.cohorts:
            plain["cohorts"] = self._cohorts.plain(seen.cohorts)
        if seen.curves:
            plain["curves"] = self._curves.plain(seen.curves)
        if seen.moving:
            plain["moving"] = self._moving.plain(seen.moving)
        return plain

    def _state_of(self, state: State) -> dict[str, Any]:
        plain: dict[str, Any] = to_plain(replace(state, motions={}, wakes={}, wear={}))
        if state.motions:
            plain["motions"] = self._motions.plain(state.motions)
        if state.wakes:
            plain["wakes"] = self._wakes.plain(state.wakes)
        if state.wear:
            plain["wear"] = self._wear.plain(state.wear)
        return plain


def _cycle(at: datetime, before: Whole | None, whole: Whole, next_at: datetime) -> CycleRecorded:
    if before is None:
        return CycleRecorded(
            at=at,
            keyframe=True,
            seen=whole.seen,
            state=whole.state,
            plan=whole.plan,
            next_at=next_at,
            state_before=whole.state_before,
        )
    return CycleRecorded(
        at=at,
        keyframe=False,
        seen=diff(before.seen, whole.seen),
        state=diff(before.state, whole.state),
        plan=diff(before.plan, whole.plan),
        next_at=next_at,
    )
