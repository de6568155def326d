"""Choices read off a string of bytes: thousands of whole situations a second, and as hypothesis
draws the bytes it can still shrink what it finds."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

T = TypeVar("T")
SCALE = Fraction(os.environ.get("CURTAILD_CASES", "1"))
"""How many times as many cases `make test-long` tries of every property; mutation tries fewer."""


class Chances:
    """Zeros, of which there are as many as wanted behind the end, choose what comes first: the
    plainest."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._next = 0

    def below(self, count: int) -> int:
        """A number from 0 to less than `count`, at most 65,536 of them."""
        taken = self._source[self._next : self._next + (1 if count <= 256 else 2)]
        self._next += len(taken)
        return int.from_bytes(taken, "big") % count

    def of(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def one_in(self, count: int) -> bool:
        return self.below(count) == count - 1

    def before(self, now: datetime, seconds: int = 900) -> datetime:
        return now - timedelta(seconds=self.below(seconds))

    def around(self, now: datetime, seconds: int = 900) -> datetime:
        return now + timedelta(seconds=self.between(-seconds, seconds))


def cases(build: Callable[[Chances], T], size: int = 600) -> st.SearchStrategy[T]:
    """What `build` makes of any `size` bytes."""
    return st.binary(min_size=size, max_size=size).map(lambda source: build(Chances(source)))


def many(count: int = 2_000) -> Callable[[Any], Any]:
    """That many cases in CI, the same at each run; `make test-long` looks for others."""
    return settings(
        max_examples=max(10, int(count * SCALE)),
        derandomize=SCALE <= 1,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
