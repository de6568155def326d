"""Firmwares of which it is not proven yet that commands leave them as they were."""

from __future__ import annotations

from collections.abc import Iterator

from controller.model.plan import Rehearsal
from controller.model.remembered import CanaryStage
from controller.model.view import View
from controller.surfaces.api_models import Attention, Severity


def canaries(view: View) -> Iterator[Attention]:
    for firmware, one in view.plan.rehearsals.items():
        yield from _canary(firmware, one)
        if one.waived is not None:
            text = (
                f"Told before a canary of {firmware} had come back, as {one.waived.reason.text}: "
                f"{_miners(one.waived.miners)}. Look whether they have their pools."
            )
            yield Attention(severity=Severity.WARNING, about="firmware", text=text)


def _canary(firmware: str, one: Rehearsal) -> Iterator[Attention]:
    if one.stage is CanaryStage.BARRED:
        text = (
            f"Told nothing: {_miners(one.waiting)} of {firmware}, because of its canary "
            f"{one.miner}: {one.why}. Look after it; then name the firmware under "
            "pacing.known_firmware."
        )
        yield Attention(severity=Severity.ALARM, about="firmware", text=text)
    elif one.waiting and not one.miner:
        text = f"Waiting, as none can be tried now: {_miners(one.waiting)} of {firmware}."
        yield Attention(severity=Severity.WARNING, about="firmware", text=text)
    elif one.waiting:
        text = (
            f"Waiting for {one.miner}, the first of {firmware} that is told anything here, to come "
            f"back as it was: {_miners(one.waiting)}."
        )
        yield Attention(severity=Severity.NOTICE, about="firmware", text=text)


def _miners(count: int) -> str:
    return "1 miner" if count == 1 else f"{count} miners"
