"""What a person on shift should know of feeds: silence, disagreement, an assumed price."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from controller.model.grid import SITE
from controller.model.quality import Disagreement, Fresh, Missing, Observed
from controller.model.view import View
from controller.surfaces.api_models import Attention, Severity
from controller.surfaces.present.parts import duration

ALARM, WARNING = Severity.ALARM, Severity.WARNING
T = TypeVar("T")


def heard(view: View) -> Iterator[Attention]:
    seen = view.seen
    yield from _observed("price", "The price", WARNING, seen.price_per_mwh, view)
    yield from _assumed(view)
    yield from _observed("hashprice", "The hashprice", WARNING, seen.hashprice_per_ph_day, view)
    for scope, meter in sorted(seen.meters_w.items()):
        if scope in view.plan.frozen_meters:
            continue
        name = "The site's meter" if scope == SITE else f"The meter of {scope}"
        severity = ALARM if scope == SITE else WARNING
        yield from _observed(f"meter {scope}", name, severity, meter, view)
    yield from _late(view)
    for one in view.disagreements:
        yield _apart(one)


def _observed(
    about: str, name: str, severity: Severity, observed: Observed[T], view: View
) -> Iterator[Attention]:
    if isinstance(observed, Fresh):
        return
    text = f"{name} is missing: {getattr(observed, 'why', '')}."
    if not isinstance(observed, Missing):
        age = duration((view.seen.now - observed.at).total_seconds())
        text = f"{name} is stale: the last word is {age} old."
    yield Attention(severity=severity, about=about, text=text)


def _assumed(view: View) -> Iterator[Attention]:
    seen = view.seen
    if seen.price_assumed_per_mwh is None or isinstance(seen.price_per_mwh, Fresh):
        return
    text = (
        f"Until it is known the site acts upon {seen.price_assumed_per_mwh} per MWh, as "
        "quality.price_when_stale says: what does not pay at that is stopped, nothing starts."
    )
    yield Attention(severity=WARNING, about="price", text=text)


def _late(view: View) -> Iterator[Attention]:
    for name, one in sorted(view.adapters.items()):
        if not one.late:
            continue
        silent = "since the start"
        if one.heard_at is not None:
            silent = f"for {duration((view.seen.now - one.heard_at).total_seconds())}"
        text = f"{name} is late: it has said nothing new {silent}."
        yield Attention(severity=WARNING, about=name, text=text)


def _apart(one: Disagreement) -> Attention:
    text = (
        f"Two feeds of the {one.about} disagree: {one.acted_upon} says {one.value}, {one.other} "
        f"says {one.other_value}. {one.acted_upon} is acted upon: it comes first in "
        f"quality.{one.about}_feeds."
    )
    return Attention(severity=WARNING, about=one.about, text=text)
