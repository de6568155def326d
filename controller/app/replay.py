"""Recorded cycles decided again: the same input has to give the same plan, bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, zip_longest
from typing import Any, TypeAlias

import msgspec

from controller.core.recorded.chain import Whole, unfold
from controller.model.base import encode, from_plain, to_plain
from controller.model.plan import Plan
from controller.model.records import CycleRecorded, Record, RunStarted
from controller.model.seen import Snapshot, State

Decide: TypeAlias = Callable[[Snapshot, State], tuple[Plan, State, datetime]]

SHOWN = 5
"""How many differences of a cycle are named."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A cycle that comes out otherwise, or cannot be decided again."""

    seq: int
    at: datetime
    paths: tuple[str, ...]
    """The first places: `plan.target_w: recorded 1, replayed 2`."""


@dataclass(frozen=True, slots=True)
class ReplayReport:
    compared: int
    differences: tuple[Difference, ...]
    unreadable: tuple[Difference, ...]
    """Cycles that could not be decided again, with the reason."""
    other_versions: tuple[tuple[int, str], ...]
    """The runs, by seq, of another version of the code than the one that replays."""

    @property
    def ok(self) -> bool:
        return not self.differences and not self.unreadable

    def lines(self) -> Iterator[str]:
        """The report for people."""
        for seq, version in self.other_versions:
            yield f"run {seq} was decided by version {version}"
        for difference in (*self.unreadable, *self.differences):
            yield f"cycle {difference.seq} at {difference.at.isoformat()}"
            yield from (f"  {path}" for path in difference.paths)
        yield (
            f"{self.compared} cycles decided again, {len(self.differences)} differ, "
            f"{len(self.unreadable)} unreadable"
        )

    def __str__(self) -> str:
        return "\n".join(self.lines())


def replay(
    rows: Iterable[tuple[int, Record]], decide: Decide, *, code_version: str
) -> ReplayReport:
    """Decide every recorded cycle again.

    `rows` are records with their seq, in order; other kinds than runs and cycles are passed over.
    Each cycle starts from the state that was recorded, so one difference does not breed others.
    """
    replaying = _Replaying(decide, code_version)
    for seq, record in rows:
        if isinstance(record, RunStarted):
            replaying.run(seq, record)
        elif isinstance(record, CycleRecorded):
            replaying.cycle(seq, record)
    return replaying.report()


class _Replaying:
    def __init__(self, decide: Decide, code_version: str) -> None:
        self._decide = decide
        self._code_version = code_version
        self._whole: Whole | None = None
        self._compared = 0
        self._differences: list[Difference] = []
        self._unreadable: list[Difference] = []
        self._other_versions: list[tuple[int, str]] = []

    def run(self, seq: int, record: RunStarted) -> None:
        self._whole = None
        if record.code_version != self._code_version:
            self._other_versions.append((seq, record.code_version))

    def cycle(self, seq: int, record: CycleRecorded) -> None:
        try:
            self._whole = whole = unfold(self._whole, record)
            seen = from_plain(whole.seen, Snapshot)
            state = from_plain(whole.state_before, State)
        except (ValueError, msgspec.ValidationError) as problem:
            self._unreadable.append(Difference(seq, record.at, (str(problem),)))
            return
        paths = self._compare(seq, seen, state, (whole.plan, whole.state, record.next_at))
        self._compared += 1
        if paths:
            self._differences.append(Difference(seq, record.at, paths))

    def _compare(
        self, seq: int, seen: Snapshot, state: State, recorded: tuple[Any, Any, datetime]
    ) -> tuple[str, ...]:
        try:
            replayed = self._decide(seen, state)
        except Exception as problem:
            problem.add_note(f"while cycle {seq} was decided again")
            raise
        if encode(recorded) == encode(replayed):
            return ()
        parts = zip(("plan", "state", "next"), recorded, replayed, strict=True)
        paths = (
            path
            for name, was, now in parts
            for path in differing(name, to_plain(was), to_plain(now))
        )
        return tuple(islice(paths, SHOWN))

    def report(self) -> ReplayReport:
        return ReplayReport(
            self._compared,
            tuple(self._differences),
            tuple(self._unreadable),
            tuple(self._other_versions),
        )


def differing(path: str, recorded: Any, replayed: Any) -> Iterator[str]:
    """Where two plain values differ, each place as one line."""
    if isinstance(recorded, dict) and isinstance(replayed, dict):
        for key in sorted(recorded.keys() | replayed.keys()):
            yield from differing(f"{path}.{key}", recorded.get(key), replayed.get(key))
    elif isinstance(recorded, list) and isinstance(replayed, list):
        for index, (was, now) in enumerate(zip_longest(recorded, replayed)):
            yield from differing(f"{path}[{index}]", was, now)
    elif encode(recorded) != encode(replayed):
        yield f"{path}: recorded {_shown(recorded)}, replayed {_shown(replayed)}"


def _shown(plain: Any) -> str:
    return "nothing" if plain is None else encode(plain).decode()[:200]
