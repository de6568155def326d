"""Power that is reserved with the utility, as limits of the site.

A month's highest demand is billed, and the first window of the hours counts towards it like all
others. So a limit begins before its hours do, by as long as miners may take to stop, as declared of
the slowest group, and ends with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.core.economics.tariff import in_band, local, next_band_change
from controller.model.grid import SITE, Limit
from controller.model.seen import Snapshot
from controller.model.site import Site
from controller.reasons import Reason


def reserved_limits(seen: Snapshot) -> Iterator[Limit]:
    """Of what is not to be exceeded, in the order in which it is declared."""
    clocks = [local(seen, at) for at in (seen.now, seen.now + _sooner(seen.site))]
    for one in seen.site.reserved:
        if one.limits and any(in_band(one.hours, clock) for clock in clocks):
            yield Limit(
                scope=SITE,
                limit_w=one.power_w,
                source=one.hours.name,
                reason=Reason.RESERVED_POWER,
            )


def next_reserved(seen: Snapshot) -> datetime | None:
    """When such a limit may begin next, ahead of its hours; None where nothing is reserved, or
    nothing changes within two days."""
    if not seen.site.reserved:
        return None
    sooner = _sooner(seen.site)
    hours_at = next_band_change(replace(seen, now=seen.now + sooner))
    return None if hours_at is None else hours_at - sooner


def _sooner(site: Site) -> timedelta:
    own_s = (group.stop_within_s for group in site.groups.values())
    declared_s = [one for one in own_s if one is not None]
    return timedelta(seconds=max([site.pacing.stop_within_s, *declared_s]))
