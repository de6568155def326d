"""What is owed or due, and cannot be had: income that has stopped, a reserve that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from controller.model.plan import Mode
from controller.model.view import View
from controller.surfaces.api_models import Attention, Severity


def obligations(view: View) -> Iterator[Attention]:
    yield from _income(view)
    yield from _reserves(view)


def _income(view: View) -> Iterator[Attention]:
    for group, since in sorted(view.plan.unpaid_since.items()):
        minutes = int((view.seen.now - since).total_seconds()) // 60
        text = (
            f"No share of {group} was accepted for {minutes} min: its hashes earn nothing. "
            "Look at its pools and its uplink."
        )
        yield Attention(severity=Severity.ALARM, about="income", text=text)


def _reserves(view: View) -> Iterator[Attention]:
    if view.plan.mode is Mode.STARTING:
        return  # nobody knows yet what runs
    for program, reserve in sorted(view.plan.reserves.items()):
        if reserve.short_w:
            text = (
                f"The reserve sold under {program} cannot be delivered: of "
                f"{reserve.sold_w / 1000:.1f} kW only {reserve.deliverable_w / 1000:.1f} kW run "
                "and could go."
            )
            yield Attention(severity=Severity.ALARM, about="reserve", text=text)
