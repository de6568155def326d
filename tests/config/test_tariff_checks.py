"""Tariffs that do not fit are refused, with their place: energy has one price at every moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from controller.config.load import load
from controller.config.problems import ConfigurationError
from controller.wiring import SETTINGS

US = (Path(__file__).parents[2] / "configs" / "tariff-us.yaml").read_text()
Complaint = Callable[[str], str]


@pytest.fixture
def complaint(tmp_path: Path) -> Complaint:
    """What is said of a configuration."""

    def told(text: str) -> str:
        path = tmp_path / "site.yaml"
        path.write_text(text)
        with pytest.raises(ConfigurationError) as caught:
            load(path, SETTINGS, {})
        return str(caught.value)

    return told


def spoilt(old: str, new: str) -> str:
    assert old in US
    return US.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("seasons: [winter] }", "seasons: [winters] }", "there is no season winters; did you mean"),
        (
            "holidays: also }",
            "holidays: like_others }",
            "tariff.energy: has no price on Monday 00:00, 07 September 2009",
        ),
        ("seasons: [winter] }", "}", "has morning and winter on Monday 00:00, 01 June 2009"),
        (
            '14:00-19:00" }\n    - { name: morning',
            '14:00-18:00" }\n    - { name: morning',
            "has no price on Monday 18:00, 01 June 2009",
        ),
        ("19:00-24:00", "18:30-24:00", "has on-peak and evening on Monday 18:30, 01 June 2009"),
    ],
)
def test_energy_has_one_price_at_every_moment(
    complaint: Complaint, old: str, new: str, why: str
) -> None:
    assert why in complaint(spoilt(old, new))


def energy(calendar: str, *bands: str) -> str:
    """The configuration with these prices alone."""
    lines = "".join(f"    - {{ per_mwh: 1, {band} }}\n" for band in bands)
    begin, end = US.index("calendar:\n"), US.index("economics:")
    tariff = f"calendar: {{ {calendar} }}\ntariff:\n  name: an example\n  energy:\n{lines}"
    return US[:begin] + tariff + US[end:]


DAYS = {
    "a date that is seldom on a Saturday": (
        energy(
            "seasons: { march: 03-01..03-01 }",
            "name: all",
            "name: twice, seasons: [march], weekdays: [sat]",
        ),
        "has all and twice on Saturday 00:00, 01 March 2014",
    ),
    "a holiday of one year": (
        energy("holidays: [2038-05-12]", "name: all, holidays: never"),
        "has no price on Wednesday 00:00, 12 May 2038",
    ),
    "a leap day": (
        energy("seasons: { most: 03-01..02-28 }", "name: most, seasons: [most]"),
        "has no price on Wednesday 00:00, 29 February 2012",
    ),
    "the morning after a holiday": (
        energy(
            "holidays: [06-19]",
            'name: days, hours: "06:00-22:00"',
            'name: nights, hours: "22:00-06:00", holidays: never',
            'name: evenings, hours: "22:00-24:00", holidays: only',
        ),
        "has no price on Saturday 00:00, 20 June 2009",
    ),
    "a holiday that is seldom on a Monday": (
        energy(
            "holidays: [06-19]",
            'name: days, hours: "06:00-24:00"',
            'name: mornings, hours: "00:00-05:00"',
            'name: others, hours: "05:00-06:00", weekdays: [tue, wed, thu, fri, sat, sun]',
            'name: mondays, hours: "05:00-06:00", weekdays: [mon], holidays: never',
        ),
        "has no price on Monday 05:00, 19 June 2017",
    ),
    "a month": (
        energy("", "name: one, months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]"),
        "has no price on Tuesday 00:00, 01 December 2009",
    ),
}


@pytest.mark.parametrize(("text", "why"), DAYS.values(), ids=DAYS.keys())
def test_every_kind_of_day_is_looked_at(complaint: Complaint, text: str, why: str) -> None:
    assert why in complaint(text)


def test_a_feed_of_a_tariff_needs_one(complaint: Complaint) -> None:
    begin, end = US.index("tariff:\n"), US.index("economics:")
    assert "says the prices of tariff.energy, which is missing" in complaint(US[:begin] + US[end:])


@pytest.mark.parametrize(
    ("minutes", "interval", "why"),
    [
        (25, 5, "tariff.demand_minutes: must divide the hour: 5, 10, 15, 30 or 60"),
        (15, 30, "tariff.demand_minutes: interval_minutes must divide it, and is 30"),
        (10, 15, "tariff.demand_minutes: interval_minutes must divide it, and is 15"),
    ],
)
def test_intervals_fill_the_window_over_which_demand_is_billed(
    complaint: Complaint, minutes: int, interval: int, why: str
) -> None:
    text = spoilt("demand_minutes: 60", f"demand_minutes: {minutes}")
    assert why in complaint(f"{text}interval_minutes: {interval}\n")
