"""In which order miners come up: first what makes up floors, by their rank, then what earns most.

The pace of restoring is shared by all that would rise. What a floor waits for is not kept waiting
by what rises for money.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from controller.core.pacing.moves import Move, Moves, Starts
from controller.core.planning.promised import due_promises
from controller.core.planning.sharing import Share
from controller.core.situation import Situation

FIRST = -1
"""The place of a canary: others wait for it."""


class Rise(NamedTuple):
    """Miners that would come up."""

    who: Move | Starts
    merit: int
    """What the first step that they take brings in."""
    place: int | None = None
    """Of the promise that they make up, or `FIRST`; None: they rise for money."""

    @property
    def turn(self) -> tuple[bool, int, int]:
        """Promises in their order, then the best start first."""
        return self.place is None, self.place or 0, -self.merit


def rises(now: Situation, shares: Sequence[Share], risers: Mapping[int, Moves]) -> list[Rise]:
    """`risers` are the moves of those shares, by index, whose miners may come up."""
    if not any(one.starts or not all(move.down for move in one.named) for one in risers.values()):
        return []
    owed = _owed(now, shares)
    found: list[Rise] = []
    for which, moves in risers.items():
        share = shares[which]
        for move in moves.named:
            if not move.down:
                place = next(owed.get((which, move.from_rung + 1), iter(())), None)
                found.append(Rise(move, _merit(share, move.from_rung), place))
        if moves.starts is not None:
            merit, places = _merit(share, 0), owed.get((which, 1), ())
            found += [Rise(part, merit, place) for place, part in _parts(moves.starts, places)]
    return found


def _owed(now: Situation, shares: Sequence[Share]) -> dict[tuple[int, int], Iterator[int]]:
    """By share and rung: for each miner that is missing there of what is promised, the place of the
    promise."""
    promised: dict[tuple[int, int], int] = {}
    missing: dict[tuple[int, int], list[int]] = {}
    for place, one in enumerate(due_promises([share.wish for share in shares], now)):
        key = one.which, one.rung
        before = promised.get(key, 0)
        promised[key] = before + one.count
        there = max(before, shares[one.which].wish.pool.standing_from(one.rung))
        missing.setdefault(key, []).extend([place] * (promised[key] - there))
    return {key: iter(places) for key, places in missing.items()}


def _parts(starts: Starts, places: Iterable[int]) -> Iterator[tuple[int | None, Starts]]:
    """Those that start for each promise, and the rest."""
    done, many = 0, len(starts.goals)
    for place, alike in groupby(places):
        count = min(len(list(alike)), many - done)
        if count:
            yield place, replace(starts, goals=starts.goals[done : done + count], ahead=done)
            done += count
    if done < many:
        yield None, replace(starts, goals=starts.goals[done:], ahead=done)


def _merit(share: Share, rung: int) -> int:
    """Of the step up from this rung; of whoever is told the top again, of the last."""
    ladder = share.wish.ladder
    return ladder[min(rung, len(ladder) - 1)].merit
