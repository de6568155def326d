"""Whether the recorded decisions can be put together, and rest on dispatches that are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from controller.core.recorded.chain import Whole, unfold
from controller.ledger.findings import Finding
from controller.model.base import from_plain, to_plain
from controller.model.plan import Plan
from controller.model.records import (
    CycleRecorded,
    DispatchArrived,
    DispatchOptedOut,
    DispatchRecalled,
    Record,
    RunStarted,
)
from controller.model.seen import Snapshot, State


class CyclesCheck:
    """Follows the chain of keyframes and patches."""

    def __init__(self) -> None:
        self._whole: Whole | None = None
        self._dispatches: dict[tuple[str, int], list[Any]] = {}
        """As each version is recorded, and as it is after somebody opted out of it."""
        self._checked: Any = None

    def see(self, seq: int, record: Record) -> Iterator[Finding]:
        if isinstance(record, RunStarted):
            self._whole = None
        elif isinstance(record, DispatchArrived):
            accepted = record.dispatch
            if accepted is not None and not record.refused:
                self._dispatches[accepted.id, accepted.version] = [to_plain(accepted)]
        elif isinstance(record, DispatchOptedOut):
            yield from self._opt_out(seq, record)
        elif isinstance(record, DispatchRecalled):
            yield from self._recall(seq, record)
        elif isinstance(record, CycleRecorded):
            yield from self._cycle(seq, record)

    def _recall(self, seq: int, record: DispatchRecalled) -> Iterator[Finding]:
        """What was recalled may be seen as it was before, in a cycle that had begun to look."""
        dispatch = record.dispatch
        if dispatch.recall is None or not dispatch.cancelled:
            yield Finding(seq, f"dispatch {dispatch.id} is recalled by nobody")
        if (dispatch.id, dispatch.version) not in self._dispatches:
            what = f"dispatch {dispatch.id}, version {dispatch.version}"
            yield Finding(seq, f"{what} is recalled, and no row before records it as accepted")

    def _opt_out(self, seq: int, record: DispatchOptedOut) -> Iterator[Finding]:
        """It may be seen as it was before, in a cycle that had begun to look."""
        dispatch = record.dispatch
        known = self._dispatches.setdefault((dispatch.id, dispatch.version), [])
        if dispatch.opted_out is None:
            yield Finding(seq, f"nobody opted out of dispatch {dispatch.id}")
        if not known:
            what = f"dispatch {dispatch.id}, version {dispatch.version}"
            yield Finding(seq, f"{what} was opted out of, and no row before records it as accepted")
        known.append(to_plain(dispatch))

    def finish(self) -> Iterator[Finding]:
        """The chain may end anywhere: nothing to find."""
        yield from ()

    def _cycle(self, seq: int, record: CycleRecorded) -> Iterator[Finding]:
        try:
            self._whole = whole = unfold(self._whole, record)
            seen = from_plain(whole.seen, Snapshot)
            plan = from_plain(whole.plan, Plan)
            for state in (whole.state_before, whole.state):
                from_plain(state, State)
        except ValueError as problem:
            yield Finding(seq, f"its cycle cannot be put together: {problem}")
            return
        if not seen.now == plan.at == record.at:
            yield Finding(seq, "its cycle is not of the time that the row says")
        yield from self._in_force(seq, whole.seen.get("dispatches", {}))

    def _in_force(self, seq: int, dispatches: dict[str, Any]) -> Iterator[Finding]:
        if dispatches is self._checked:
            return
        self._checked = dispatches
        for name, dispatch in dispatches.items():
            if dispatch not in self._dispatches.get((name, dispatch["version"]), ()):
                yield Finding(
                    seq, f"dispatch {name} was in force as no row before records it as accepted"
                )
