"""What is owed or due, and cannot be had or is not kept: income that has stopped, a reserve that is
not there, a dispatch that costs more to obey than its penalty."""

from __future__ import annotations

from collections.abc import Iterator

from controller.model.plan import Mode
from controller.model.view import View
from controller.surfaces.api_models import Attention, Severity


def obligations(view: View) -> Iterator[Attention]:
    yield from _income(view)
    yield from _reserves(view)
    yield from _weighed(view)


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


def _weighed(view: View) -> Iterator[Attention]:
    for limit in view.plan.limits:
        beyond_w = view.plan.target_w - limit.limit_w
        if limit.surcharge_per_mwh is not None and beyond_w > 0:
            text = (
                f"The site is planned to draw {beyond_w / 1000:.1f} kW more than {limit.source} "
                f"asks ({limit.limit_w / 1000:.1f} kW), which is weighed against money."
            )
            yield Attention(severity=Severity.NOTICE, about="dispatch", text=text)
