"""Fills floors with steps, best first, and remembers which step went into which promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul

from controller.core.planning.promises import Promise
from controller.core.planning.room import Room
from controller.core.planning.sharing import Tranche
from controller.core.planning.wishes import Wish
from controller.model.grid import Floor

Counts = list[list[int]]
"""By wish, then by step of its ladder: how many miners."""


@dataclass(slots=True)
class Ask:
    """What is still missing of a floor, and of which steps it may be made up."""

    floor: Floor
    missing_w: int
    steps_w: Mapping[int, Sequence[int]]
    """By wish that takes part, what each of its steps counts for."""
    counted: Counts
    """What counts for it, or for floors of its kind, already."""
    fans_w: dict[str, int] = field(default_factory=dict)
    """By group: what its fans count for with the first step there."""
    starts: bool = True
    """Whether something may start for it."""

    def worth_w(self, counts: Counts) -> int:
        """What so many miners at each step count for."""
        return sum(sum(map(mul, counts[which], each)) for which, each in self.steps_w.items())


class Filling:
    """The steps that floors have been given so far."""

    def __init__(self, wishes: Sequence[Wish], room: Room) -> None:
        self.given: Counts = [[0] * len(one.ladder) for one in wishes]
        self.found: list[Promise] = []
        self._wishes = wishes
        self._room = room

    def fill(
        self,
        ask: Ask,
        order: Sequence[Tranche],
        caps: Sequence[Sequence[int]],
        most_cost: int | None = None,
        *,
        limited: bool = True,
    ) -> None:
        """Give steps in this order until nothing is missing: no more than `caps`, none that costs
        more than `most_cost`, and where `limited` only as many as limits have room for."""
        steps_w, starts = ask.steps_w, ask.starts
        for tranche in order:
            if ask.missing_w <= 0:
                return
            if most_cost is not None and tranche.cost > most_cost:
                continue
            which, index = tranche.which, tranche.rung - 1
            full = ask.counted[which][index] >= caps[which][index]
            if which in steps_w and not full and (starts or not tranche.start):
                self._take(ask, tranche, caps[which], limited=limited)

    def _take(self, ask: Ask, tranche: Tranche, caps: Sequence[int], *, limited: bool) -> None:
        which, index = tranche.which, tranche.rung - 1
        pool = self._wishes[which].pool
        counted, given = ask.counted[which], self.given[which]
        cap = min(counted[index - 1] if index else pool.size, caps[index])
        if not tranche.start:
            cap = min(cap, pool.standing_from(tranche.rung))
        step_w = ask.steps_w[which][index]
        beside_w = ask.missing_w - ask.fans_w.get(pool.group, 0)
        more = min(cap - counted[index], max(1, -(-beside_w // step_w)))
        if more <= 0:
            return
        had = given[index] - counted[index]
        fresh = max(0, more - had)
        if fresh and limited:
            spaces = self._room.of(pool.group)
            more -= fresh
            fresh, _ = spaces.take(pool.steps_w[index], fresh, None, start=tranche.start)
            more += fresh
        if not more:
            return
        counted[index] += more
        given[index] = max(given[index], counted[index])
        ask.missing_w -= more * step_w + ask.fans_w.pop(pool.group, 0)
        if fresh:
            floor = ask.floor
            self.found.append(Promise(which, tranche.rung, fresh, floor.reason, floor.source))
