"""What meters do not show, and what programs ask beyond what the site was measured to do."""

from __future__ import annotations

from collections.abc import Iterator

from controller.model.grid import SITE
from controller.model.view import View
from controller.surfaces.api_models import Attention, Severity


def measured(view: View) -> Iterator[Attention]:
    yield from _frozen(view)
    yield from _too_much(view)


def _frozen(view: View) -> Iterator[Attention]:
    """However fresh its stamps, it counts as stale."""
    for scope in view.plan.frozen_meters:
        site = scope == SITE
        name = "The site's meter" if site else f"The meter of {scope}"
        stepped_w = abs(view.state.watched[scope].stepped_w) if scope in view.state.watched else 0
        text = (
            f"{name} stands still: it did not show {stepped_w / 1000:.1f} kW that miners behind it "
            "moved. It counts as silent until it moves."
        )
        severity = Severity.ALARM if site else Severity.WARNING
        yield Attention(severity=severity, about=f"meter {scope}", text=text)


def _too_much(view: View) -> Iterator[Attention]:
    for program, one in sorted(view.plan.too_much_asked.items()):
        text = (
            f"Program {program} may ask for {one.asked_w / 1000:.1f} kW within {one.within_s} s; "
            f"the site has been measured to shed {one.measured_w / 1000:.1f} kW in that time."
        )
        yield Attention(severity=Severity.WARNING, about="program", text=text)
