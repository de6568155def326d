"""Whether a group's hashes are paid for: its running miners have shares accepted, or not."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.model.remembered import Unpaid
from controller.model.seen import Snapshot, State

DOUBT = 3
"""Income is in doubt from the third part on of the time after which it counts as lost."""


def unpaid(seen: Snapshot, state: State) -> dict[str, Unpaid]:
    """The groups whose income has stopped. Only a share that is accepted brings it back: neither a
    pause in which nobody runs nor another process does. A client pays for power, not for shares."""
    found = {}
    for name, group in seen.site.groups.items():
        before, paid_at = state.unpaid.get(name), seen.paid_at.get(name)
        if group.income_lost_after_s is None or group.hosting is not None:
            continue
        if before is not None:
            after = _still(before, paid_at)
        else:
            lost_at = _lost_at(paid_at, group.income_lost_after_s)
            after = Unpaid(since=paid_at, due=paid_at) if paid_at and _over(lost_at, seen) else None
        if after is not None:
            found[name] = after
    return found


def _still(before: Unpaid, paid_at: datetime | None) -> Unpaid | None:
    if paid_at is None or before.due is None:
        return replace(before, due=paid_at)
    return None if paid_at > before.due else before


def _lost_at(paid_at: datetime | None, after_s: int) -> datetime | None:
    return None if paid_at is None else paid_at + timedelta(seconds=after_s)


def _over(lost_at: datetime | None, seen: Snapshot) -> bool:
    return lost_at is not None and lost_at <= seen.now


def expected_losses(seen: Snapshot, state: State) -> dict[str, datetime]:
    """By group whose income is paid, when it counts as lost unless a share is accepted before."""
    found = {}
    for name, paid_at in seen.paid_at.items():
        group = seen.site.groups.get(name)
        after_s = None if group is None or group.hosting else group.income_lost_after_s
        if after_s is not None and name not in state.unpaid:
            found[name] = paid_at + timedelta(seconds=after_s)
    return found


def in_doubt(seen: Snapshot, state: State) -> dict[str, datetime]:
    """Those of them that have waited for a third of the time already."""
    return {
        name: lost_at
        for name, lost_at in expected_losses(seen, state).items()
        if (seen.now - seen.paid_at[name]) * DOUBT >= lost_at - seen.paid_at[name]
    }
