"""Open dispatches that have lasted longer than their program allows."""

from __future__ import annotations

from collections.abc import Iterator

from controller.model.grid import Dispatch
from controller.model.seen import Snapshot


def overdue(seen: Snapshot) -> Iterator[Dispatch]:
    """They stay in force, and need a fresh word of their source."""
    for _, dispatch in sorted(seen.dispatches.items()):
        program = seen.site.programs.get(dispatch.program)
        if dispatch.end is not None or program is None or program.longest_s is None:
            continue
        lasts_s = (seen.now - dispatch.start).total_seconds()
        if dispatch.in_force(seen.now) and lasts_s > program.longest_s:
            yield dispatch
