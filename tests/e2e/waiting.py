"""Waiting for what has to come, and no longer than it may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
LOOK_EVERY_S = 0.05


def until(condition: Callable[[], T], what: str, within_s: float = 30.0) -> T:
    """The first true answer of `condition`.

    Raises:
        AssertionError: there was none in time; it names `what` and the last answer.
    """
    deadline = time.monotonic() + within_s
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"in vain waited {within_s:g} s for {what}; last: {answer!r}")
        time.sleep(LOOK_EVERY_S)
    return answer
