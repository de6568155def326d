"""Miners of a new firmware that could not wait for its canary, as it is told and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from controller.core.pacing.moves import Step
from controller.core.situation import Situation
from controller.model.remembered import Waiver
from controller.reasons import Reason


def waivers(now: Situation, steps: Iterable[Step]) -> Mapping[str, Waiver]:
    """By firmware that is not proven, with the steps of this look."""
    found = dict(now.state.waivers)
    for step in steps:
        firmware = step.move.pool.firmware
        if firmware and step.reason is not Reason.CANARY:
            first = Waiver(at=now.seen.now, reason=step.reason, miners=0)
            before = found.get(firmware, first)
            found[firmware] = replace(before, miners=before.miners + 1)
    return found
