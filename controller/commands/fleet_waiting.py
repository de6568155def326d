"""Waiting until the miners of a scope are as was ordered, as their own readings show."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from controller.commands.fleet_pages import miners_of
from controller.commands.person import duration_s
from controller.commands.progress import Progress
from controller.model.fleet import IDLE
from controller.model.grid import SITE

if TYPE_CHECKING:
    from controller.config.compose import Settings

_LOOK_EVERY_S = 0.5


class Count(NamedTuple):
    there: int
    """Miners that are as was ordered. One that is out of reach is not counted."""
    wanted: int
    """How many of the miners should be."""
    miners: int
    enough: bool


def of_all(there: int, miners: int) -> Count:
    """Enough are all."""
    return Count(there=there, wanted=miners, miners=miners, enough=there == miners)


def with_wait(parser: ArgumentParser, until: str) -> None:
    parser.add_argument(
        "--wait",
        type=duration_s,
        dest="wait_s",
        metavar="TIME",
        help=f"{until}, at most for so long; 1 if they do not",
    )


def until_enough(what: str, look: Callable[[], Count], limit_s: float) -> Count:
    """The first look that finds enough, or the last one when `limit_s` real seconds have gone by;
    `what` the miners should be is told on standard error.

    Raises:
        UnreachableError: the daemon has gone.
    """
    deadline = time.monotonic() + limit_s
    seen = look()
    progress = Progress(what, seen.miners)
    while True:
        progress(seen.there)
        if seen.enough or time.monotonic() > deadline:
            progress.end()
            return seen
        time.sleep(_LOOK_EVERY_S)
        seen = look()


def off(settings: Settings, scope: str) -> Count:
    """Of the miners of a scope, those that are off."""
    there = [one for one in miners_of(settings.http) if covers(scope, one)]
    return of_all(sum(one["reachable"] and one["level"] in IDLE for one in there), len(there))


def covers(scope: str, miner: dict[str, Any]) -> bool:
    return scope in (SITE, miner["group"], miner["miner"])
