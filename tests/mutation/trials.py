"""Mutants tried one by one, each in a process of its own that has collected all tests already."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pytest
from _pytest.runner import runtestprotocol

from .mutants import Mutant
from .reach import Reach
from .skill import Skill
from .swap import NotPossibleError, put_in

ENOUGH_S = 20.0
"""So much time of tests, as they take while lines are recorded, is spent on one that survives."""
SLOWER = 4
"""A mutant that makes its tests so many times slower runs away."""


class Outcome(StrEnum):
    KILLED = "killed"
    RAN_AWAY = "ran away"
    ILL_TYPED = "ill typed"
    SURVIVED = "survived"
    UNREACHED = "unreached"
    IMPOSSIBLE = "impossible"
    LISTED = "listed as harmless"
    """Not tried again, and counted with the survivors."""


@dataclass(frozen=True)
class Result:
    outcome: Outcome
    by: str = ""
    """The test that killed it."""


Told = Callable[[Mutant, Result], None]
_IMPOSSIBLE = "-"


class Trials:
    """A plugin that, in the place of running the tests, tries mutants with them."""

    def __init__(
        self,
        mutants: Sequence[Mutant],
        reach: Reach,
        skill: Skill,
        told: Told,
        until: float,
        width: int,
    ) -> None:
        self._mutants = mutants
        self._reach = reach
        self._told = told
        self._until = until
        self._width = width
        self._running: dict[int, tuple[Mutant, list[int], int]] = {}
        self._killers: dict[tuple[str, str], list[int]] = {}
        self._skill = skill

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        gc.collect()
        gc.freeze()
        for mutant in self._mutants:
            if time.monotonic() > self._until:
                break
            order = self._order(mutant)
            if not order:
                self._told(mutant, Result(Outcome.UNREACHED))
                continue
            while len(self._running) >= self._width:
                self._wait()
            self._start(mutant, order, items)
        while self._running:
            self._wait()
        return True

    def _order(self, mutant: Mutant) -> list[int]:
        """Whoever killed a neighbour comes first, then who kills most in the time it takes."""
        reaching = set(self._reach.of(mutant))
        place = (mutant.place.file, mutant.place.name)
        known = [one for one in self._killers.get(place, ()) if one in reaching]
        rest = sorted(reaching.difference(known), key=lambda one: (self._idle_s(one), one))
        return list(self._affordable([*known, *rest]))

    def _idle_s(self, which: int) -> float:
        """The seconds that a test takes for each mutant that it may be expected to kill."""
        return (self._reach.seconds[which] + 0.005) / self._skill.chance(self._reach.tests[which])

    def _start(self, mutant: Mutant, order: list[int], items: dict[str, pytest.Item]) -> None:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            os._exit(self._try(mutant, order, items, write))
        os.close(write)
        self._running[child] = mutant, order, read

    def _try(
        self, mutant: Mutant, order: list[int], items: dict[str, pytest.Item], write: int
    ) -> int:
        expected_s = sum(self._reach.seconds[one] for one in order)
        _bound(int(SLOWER * expected_s) + 5)
        try:
            put_in(mutant)
        except NotPossibleError:
            os.write(write, _IMPOSSIBLE.encode())
            return 1
        for which in order:
            if _fails(items[self._reach.tests[which]]):
                os.write(write, str(which).encode())
                return 1
        return 0

    def _affordable(self, order: list[int]) -> Iterator[int]:
        spent_s = 0.0
        for which in order:
            if spent_s >= ENOUGH_S:
                return
            spent_s += self._reach.seconds[which]
            yield which

    def _wait(self) -> None:
        child, status = os.wait()
        mutant, order, read = self._running.pop(child)
        said = os.read(read, 64).decode()
        os.close(read)
        result = self._result(mutant, status, said)
        self._learn(order, int(said) if result.by else None)
        self._told(mutant, result)

    def _learn(self, order: list[int], killer: int | None) -> None:
        ran = order if killer is None else order[: order.index(killer)]
        for which in ran:
            self._skill.tried(self._reach.tests[which], killed=False)
        if killer is not None:
            self._skill.tried(self._reach.tests[killer], killed=True)

    def _result(self, mutant: Mutant, status: int, said: str) -> Result:
        if os.WIFSIGNALED(status):
            return Result(Outcome.RAN_AWAY)
        if said == _IMPOSSIBLE:
            return Result(Outcome.IMPOSSIBLE)
        if not said:
            return Result(Outcome.SURVIVED if status == 0 else Outcome.KILLED)
        killers = self._killers.setdefault((mutant.place.file, mutant.place.name), [])
        killer = int(said)
        with contextlib.suppress(ValueError):
            killers.remove(killer)
        killers.insert(0, killer)
        return Result(Outcome.KILLED, self._reach.tests[killer])


def _fails(item: pytest.Item) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _bound(seconds: int) -> None:
    """Of CPU, of time and of memory: what runs away is ended by the kernel."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(10 * seconds)
