"""What each floor asks for: which pools can make it up, what their steps count for, what is
missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from controller.core.limits.floors import Rank, heat_w
from controller.core.planning.filling import Ask, Counts
from controller.core.planning.reserve import go_in_time, load_permille
from controller.core.planning.room import beyond_reach_w
from controller.core.planning.sharing import Share, share
from controller.core.planning.wishes import Wish
from controller.core.pools.cooling import cooled
from controller.core.pools.pool import Pool
from controller.core.scopes import scopes_of
from controller.core.situation import Situation
from controller.model.grid import SITE, Floor


class Asking:
    """What the floors of a situation ask of its wishes."""

    def __init__(self, wishes: Sequence[Wish], now: Situation) -> None:
        self._wishes = wishes
        self._now = now
        self._within: dict[str, list[int]] = {}
        for which, one in enumerate(wishes):
            for scope in scopes_of(now.seen.site, one.pool.group):
                self._within.setdefault(scope, []).append(which)

    @cached_property
    def anyway(self) -> Sequence[Sequence[int]]:
        """What would be granted if there were no floors. Whoever merely may not stop yet is none of
        it, and keeps nobody from it: a floor would find others in a moment, and these start and
        stop for nothing."""
        return [_by_merit(one) for one in share(self._wishes, (), self._now, guard=False)]

    @cached_property
    def _fans_w(self) -> Mapping[str, int]:
        """By group, what its fans draw beside the first step there, whether they run yet or not:
        those that run go with the last one. Not where what nobody can stop may keep them on."""
        now, pools = self._now, [one.pool for one in self._wishes]
        kept = {pool.group for pool in pools if pool.stuck_w or pool.late_w} - now.fans_w.keys()
        declared = cooled(now.seen.site)
        return {name: one.power_w for name, one in declared.items() if name not in kept}

    def of(self, floor: Floor, given: Counts, reserved: Counts) -> Ask:
        """What is missing of a floor, when floors have these steps, and reserves those."""
        if floor.rank == Rank.RESERVE:
            return Ask(floor, floor.floor_w, self._reserve(floor), reserved)
        steps_w = {which: _steps_w(self._wishes[which]) for which in self._mine(floor)}
        fans_w = dict(self._fans_w) if floor.scope == SITE else {}
        ask = Ask(floor, floor.floor_w, steps_w, given, fans_w, starts=not self._silent(floor))
        ask.missing_w -= self._base_w(floor) + ask.worth_w(given)
        for which, one in enumerate(self._wishes) if fans_w else ():
            if any(given[which]):
                ask.missing_w -= fans_w.pop(one.pool.group, 0)
        return ask

    def _mine(self, floor: Floor) -> Sequence[int]:
        return self._within.get(floor.scope, ())

    def _reserve(self, floor: Floor) -> Mapping[int, Sequence[int]]:
        """Above standby, by what miners draw, in pools that go in time."""
        seen, state = self._now.seen, self._now.state
        program = seen.site.programs[floor.source]
        found = {}
        for which in self._mine(floor):
            pool = self._wishes[which].pool
            if go_in_time(pool, program, seen, state):
                permille = load_permille(pool, state)
                steps = self._wishes[which].ladder
                found[which] = [max(1, step.power_w * permille // 1000) for step in steps]
        return found

    def _base_w(self, floor: Floor) -> int:
        """What counts for a floor with everything off. What cannot be told anything or is late may
        be gone: it counts for the site only, whose meter would show it, and with no more than it
        says itself. Fans that run beside miners are none of it."""
        pools = [self._wishes[which].pool for which in self._mine(floor)]
        standby_w = sum(pool.size * pool.levels[0].power_w for pool in pools)
        if floor.scope != SITE:
            return standby_w
        rest_w = sum(beyond_reach_w(pool) + pool.late_w - pool.unsaid_w for pool in pools)
        running_w = sum(w for name, w in self._fans_w.items() if name not in self._now.fans_w)
        return standby_w + rest_w + max(0, self._now.fixed_w[SITE] - running_w)

    def _silent(self, floor: Floor) -> bool:
        if floor.rank != Rank.HEAT:
            return False
        heat = self._now.seen.site.groups[floor.scope].heat
        return heat is not None and heat_w(heat, self._now.seen)[1]


def _steps_w(one: Wish) -> Sequence[int]:
    """What miners are expected to draw more; where no meter can or did show it, what is nominal."""
    pool: Pool = one.pool
    if pool.unproven or pool.units_w[0] >= pool.units_w[-1]:
        return [step.power_w for step in one.ladder]
    return pool.steps_w


def _by_merit(one: Share) -> tuple[int, ...]:
    return one.granted[: one.wish.worth] + (0,) * (len(one.granted) - one.wish.worth)
