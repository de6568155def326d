"""Waiting until the miners of a scope are off, as their own readings show."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from controller.commands.fleet_pages import miners_of
from controller.commands.progress import Progress
from controller.model.fleet import IDLE
from controller.model.grid import SITE

if TYPE_CHECKING:
    from controller.config.compose import Settings

_LOOK_EVERY_S = 0.5


class Stopped(NamedTuple):
    off: int
    miners: int

    @property
    def all(self) -> bool:
        return self.off == self.miners


def until_off(settings: Settings, scope: str, limit_s: float) -> Stopped:
    """How many are off when all are, or `limit_s` real seconds have gone by. One that is out of
    reach is not counted as off.

    Raises:
        UnreachableError: the daemon has gone.
    """
    deadline = time.monotonic() + limit_s
    seen = _look(settings, scope)
    progress = Progress("off", seen.miners)
    while True:
        progress(seen.off)
        if seen.all or time.monotonic() > deadline:
            progress.end()
            return seen
        time.sleep(_LOOK_EVERY_S)
        seen = _look(settings, scope)


def _look(settings: Settings, scope: str) -> Stopped:
    there = [one for one in miners_of(settings.http) if scope in (SITE, one["group"], one["miner"])]
    off = sum(one["reachable"] and one["level"] in IDLE for one in there)
    return Stopped(off=off, miners=len(there))
