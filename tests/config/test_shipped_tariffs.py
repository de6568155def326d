"""The tariffs of the shipped configurations: one price at every moment, and of whole days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.config.load import load
from controller.config.site import to_site
from controller.config.tariffs import to_bands
from controller.core.economics.tariff import in_band
from controller.core.economics.time_of_use import day_prices
from controller.model.tariff import Band
from controller.wiring import SETTINGS

CONFIGS = Path(__file__).parents[2] / "configs"


def tariff(name: str) -> tuple[tuple[Band, ...], ZoneInfo]:
    settings = load(CONFIGS / f"tariff-{name}.yaml", SETTINGS, {})
    assert settings.tariff is not None
    return to_bands(settings.tariff.energy, settings.calendar), ZoneInfo(settings.site.zone)


TARIFFS = [tariff("ande"), tariff("us")]
DAYS = st.dates(date(2015, 1, 1), date(2050, 12, 31))


@given(st.sampled_from(TARIFFS), DAYS, st.times())
def test_at_every_moment_one_price_holds(
    known: tuple[tuple[Band, ...], ZoneInfo], day: date, clock: time
) -> None:
    shown = datetime.combine(day, clock, UTC)
    assert len([band.name for band in known[0] if in_band(band, shown)]) == 1


@given(st.sampled_from(TARIFFS), DAYS)
def test_the_prices_of_a_day_fill_it(known: tuple[tuple[Band, ...], ZoneInfo], day: date) -> None:
    bands, zone = known
    spans = day_prices(bands, day, zone)
    begin, end = (
        datetime.combine(day + timedelta(days=days), time(), zone).astimezone(UTC)
        for days in (0, 1)
    )
    assert sum((span.end - span.start for span in spans), timedelta()) == end - begin
    assert all(one.end == other.start for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("name", "moment", "per_mwh"),
    [
        ("ande", "2027-01-15 21:30", 48),  # 18:30 in Asunción, in summer
        ("ande", "2027-01-15 20:30", 31),
        ("ande", "2027-07-15 20:30", 48),  # 17:30, in winter
        ("ande", "2027-07-16 00:30", 31),
        ("us", "2027-07-02 19:00", 96),  # a Friday at 15:00
        ("us", "2027-07-05 19:00", 96),  # Monday
        ("us", "2027-09-06 19:00", 34),  # Labor Day
        ("us", "2028-07-04 19:00", 34),  # Independence Day, a Tuesday
        ("us", "2027-07-03 19:00", 34),  # Saturday
        ("us", "2027-12-01 19:00", 36),
    ],
)
def test_what_power_costs_there(name: str, moment: str, per_mwh: int) -> None:
    bands, zone = tariff(name)
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    (price,) = [
        span.per_mwh
        for span in day_prices(bands, at.astimezone(zone).date(), zone)
        if span.start <= at < span.end
    ]
    assert price == Decimal(per_mwh)


def test_the_example_of_the_documents_is_sound(tmp_path: Path) -> None:
    """In place of what the shipped one says."""
    page = (CONFIGS.parent / "docs" / "tariffs.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    text = (CONFIGS / "tariff-us.yaml").read_text(encoding="utf-8")
    begin, end = text.index("calendar:\n"), text.index("economics:")
    path = tmp_path / "site.yaml"
    path.write_text(text[:begin] + example + text[end:], encoding="utf-8")
    names = [one.hours.name for one in to_site(load(path, SETTINGS, {})).reserved]
    assert names == ["peak", "demand"]
