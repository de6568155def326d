"""How often miners are started: spread evenly over equals, and rationed by the hour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from heapq import nsmallest

from controller.model.remembered import Wear
from controller.model.seen import Snapshot, State

HOUR = timedelta(hours=1)
NEW = Wear()


class Row:
    """The row in which equals go: who was started least often comes first, then a keyed hash of the
    miner decides. Whoever was started least goes down first too, and is the next to come up: so the
    starts of equals stay within one of each other."""

    def __init__(self, salt: str, wear: Mapping[str, Wear]) -> None:
        key = blake2b(salt.encode(), digest_size=32).digest()
        self._keyed = blake2b(key=key, digest_size=8)
        self._wear = wear

    def first(self, members: Sequence[str], count: int) -> list[str]:
        """The first `count` of these in the row. Only those are hashed whose starts leave it open
        whether they are among them."""
        taken: list[str] = []
        for _, equals in sorted(self._by_starts(members).items()):
            taken += [name for _, name in nsmallest(count - len(taken), self._places(equals))]
        return taken

    def _by_starts(self, members: Sequence[str]) -> Mapping[int, Sequence[str]]:
        found: dict[int, list[str]] = {}
        for name in members:
            found.setdefault(self._wear.get(name, NEW).starts, []).append(name)
        return found

    def _places(self, names: Iterable[str]) -> Iterator[tuple[bytes, str]]:
        for name in names:
            keyed = self._keyed.copy()
            keyed.update(name.encode())
            yield keyed.digest(), name


def tired(seen: Snapshot, state: State) -> dict[str, datetime]:
    """By miner that was started as often within the hour as it may be: when it may be again."""
    most = seen.site.pacing.starts_per_hour
    if most is None:
        return {}
    since = seen.now - HOUR
    return {
        name: one.recent[-most] + HOUR
        for name, one in state.wear.items()
        if len(one.recent) >= most and one.recent[-most] > since
    }


def worn(seen: Snapshot, wear: Mapping[str, Wear], names: Iterable[str]) -> Mapping[str, Wear]:
    """The wear with one more start of each of these. Once more miners are remembered than there
    are, those that left the configuration are forgotten; without that and without a start it is
    the very same mapping."""
    starting = list(names)
    if not starting and len(wear) <= _population(seen):
        return wear
    rationed = seen.site.pacing.starts_per_hour is not None
    after = dict(wear)
    for name in starting:
        after[name] = _started(after.get(name, NEW), seen.now, rationed=rationed)
    return after if len(after) <= _population(seen) else _of_those(seen, after)


def _started(before: Wear, now: datetime, *, rationed: bool) -> Wear:
    since = now - HOUR
    recent = (*(at for at in before.recent if at > since), now) if rationed else ()
    return Wear(starts=before.starts + 1, recent=recent)


def _population(seen: Snapshot) -> int:
    return len(seen.moving) + sum(len(cohort.members) for cohort in seen.cohorts.values())


def _of_those(seen: Snapshot, wear: Mapping[str, Wear]) -> dict[str, Wear]:
    there = {name for cohort in seen.cohorts.values() for name in cohort.members}
    return {name: one for name, one in wear.items() if name in there or name in seen.moving}
