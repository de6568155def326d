"""How long a miner is given to do what it was told."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.model.fleet import Command, Motion
from controller.model.site import Pacing, Site


def pacing_of(site: Site, group: str) -> Pacing:
    """The site's pacing with what a group has in its place."""
    own = site.groups.get(group)
    if own is None or (own.stop_within_s is None and own.start_within_s is None):
        return site.pacing
    pacing = site.pacing
    return replace(
        pacing,
        stop_within_s=pacing.stop_within_s if own.stop_within_s is None else own.stop_within_s,
        start_within_s=pacing.start_within_s if own.start_within_s is None else own.start_within_s,
    )


def deadline_of(command: Command, pacing: Pacing, *, down: bool) -> datetime:
    """By when power has to show it: coming down is what limits wait for."""
    seconds = pacing.stop_within_s if down else pacing.start_within_s
    return command.at + timedelta(seconds=seconds)


def contested_until(motion: Motion, pacing: Pacing) -> datetime:
    """Until when a contested miner is left alone. Telling its switch again makes it no later."""
    first_at = motion.from_command_at or motion.command.at
    return first_at + timedelta(seconds=pacing.contested_s)
