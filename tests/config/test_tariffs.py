"""Adders by time of use, losses, taxes, clients and heat: what is read, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from controller.config.load import load
from controller.config.site import to_site
from controller.model.rules import Heat
from controller.model.tariff import Band, Consent, Hosting
from controller.wiring import SETTINGS
from tests.config.sound import provide, spoilt

Complaints = Callable[..., list[str]]
LIMIT = "limit_kw: 120"
RICH = """limit_kw: 120
    losses_percent: 1.5
    adders: [{name: night, per_mwh: -3, hours: "22:00-06:00"}]
    hosting: {client: Ada Ltd, price_per_mwh: 61.5}
    heat: {most_kw: 80.5, source: greenhouse}"""
PACING = "pacing:\n"
ECONOMICS = """economics:
  losses_percent: 4
  tax_percent: 7.5
  adders:
    - {name: peak, per_mwh: 30, hours: "14:00-19:00", months: [7, 6], weekdays: [fri, mon]}
    - {name: all-day, per_mwh: 1}
pacing:
"""


def test_what_is_declared_is_what_the_core_sees(tmp_path: Path) -> None:
    path = spoilt(provide(tmp_path), LIMIT, RICH, PACING, ECONOMICS)
    site = to_site(load(path, SETTINGS, {}))
    assert site.economics.losses == Decimal("0.04")
    assert site.economics.tax == Decimal("0.075")
    assert site.economics.adders == (
        Band(
            name="peak",
            per_mwh=Decimal(30),
            months=(6, 7),
            weekdays=(1, 5),
            from_minute=840,
            to_minute=1140,
        ),
        Band(name="all-day", per_mwh=Decimal(1)),
    )
    hall = site.groups["hall-a"]
    night = Band(name="night", per_mwh=Decimal(-3), from_minute=1320, to_minute=360)
    assert (hall.losses, hall.adders) == (Decimal("0.015"), (night,))
    terms = Hosting(client="Ada Ltd", price_per_mwh=Decimal("61.5"), consent=Consent.LIMITS)
    assert hall.hosting == terms
    assert hall.heat == Heat(most_w=80_500, source="greenhouse")
    assert (site.groups["hall-b"].hosting, site.groups["hall-b"].heat) == (None, None)


def band(rest: str) -> tuple[str, str]:
    return PACING, f"economics:\n  adders: [{{name: peak, per_mwh: 30, {rest}}}]\npacing:\n"


def group(line: str) -> tuple[str, str]:
    return LIMIT, f"limit_kw: 120\n    {line}"


HOURS = "site.yaml:19: economics.adders[0].hours: "
TWO_TIMES = "must be two times of the day such as 14:00-19:00, at most 24:00"
CASES = {
    "no hours": (band('hours: "afternoon"'), HOURS + TWO_TIMES),
    "minutes that are none": (band('hours: "14:60-19:00"'), HOURS + TWO_TIMES),
    "later than the day": (band('hours: "14:00-24:01"'), HOURS + TWO_TIMES),
    "beginning at its end": (band('hours: "24:00-06:00"'), HOURS + TWO_TIMES),
    "one digit": (band('hours: "9:00-19:00"'), HOURS + TWO_TIMES),
    "no time at all": (
        band('hours: "14:00-14:00"'),
        HOURS + "begins and ends at the same time: leave it out for the whole day",
    ),
    "a month too many": (
        band("months: [13]"),
        "site.yaml:19: economics.adders[0].months[0]: must be less than or equal to 12",
    ),
    "a day in full": (
        band("weekdays: [monday]"),
        "site.yaml:19: economics.adders[0].weekdays[0]: must be 'mon', 'tue', 'wed'",
    ),
    "more lost than arrives": (
        group("losses_percent: 51"),
        "site.yaml:9: groups.hall-a.losses_percent: must be less than or equal to 50",
    ),
    "an unknown consent": (
        group("hosting: {client: Ada, price_per_mwh: 60, consent: never}"),
        "site.yaml:9: groups.hall-a.hosting.consent: must be 'price', 'limits' or 'last'",
    ),
    "a client that pays nothing": (
        group("hosting: {client: Ada}"),
        "site.yaml:9: groups.hall-a.hosting.price_per_mwh: is missing",
    ),
    "a client without a name": (
        group('hosting: {client: "", price_per_mwh: 60}'),
        "site.yaml:9: groups.hall-a.hosting.client: must have at least 1 character",
    ),
    "silence of no signal": (
        group("heat: {most_kw: 80, silent_kw: 10}"),
        "site.yaml:9: groups.hall-a.heat: silent_kw says nothing without a signal: "
        "give both, or neither",
    ),
    "more in silence than ever": (
        group("heat: {most_kw: 80, silent_kw: 81, signal: demand}"),
        "site.yaml:9: groups.hall-a.heat: silent_kw must not be above most_kw",
    ),
    "more heat than the feeder carries": (
        group("heat: {most_kw: 121}"),
        "site.yaml:9: groups.hall-a.heat.most_kw: must not be above the group's own limit_kw",
    ),
    "heat by a signal that nobody gives": (
        group("heat: {most_kw: 80, signal: demand}"),
        "site.yaml:9: groups.hall-a.heat.signal: no feed gives a signal demand",
    ),
}


@pytest.mark.parametrize(("changes", "said"), CASES.values(), ids=CASES.keys())
def test_what_does_not_fit_is_named(
    complaints: Complaints, changes: tuple[str, ...], said: str
) -> None:
    found = complaints(*changes)
    assert len(found) == 1, found
    assert found[0].startswith(said), found
