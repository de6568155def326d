"""Room that is kept for canaries, so that the starts of others do not keep them from returning."""

from __future__ import annotations

from collections.abc import Mapping

from controller.core.scopes import scopes_of
from controller.model.remembered import Canary, CanaryStage
from controller.model.seen import Snapshot


def reserved_w(seen: Snapshot, canaries: Mapping[str, Canary]) -> dict[str, int]:
    """By scope, what canaries drew where they stood beyond what they draw now. One that was told to
    return counts with it."""
    found: dict[str, int] = {}
    for canary in canaries.values():
        miner = seen.canaries.get(canary.miner)
        going = canary.stage is CanaryStage.GOING
        waits = canary.stage is CanaryStage.RETURNING and canary.told_at is None
        if miner is not None and (going or waits):
            for scope in scopes_of(seen.site, miner.group):
                power_w = max(0, canary.power_w - miner.power_w)
                found[scope] = found.get(scope, 0) + power_w
    return found
