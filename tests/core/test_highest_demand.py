"""A month's highest demand beside what is reserved.

Clocks are five hours behind UTC, and the peak hours are from 14:00 to 19:00.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from controller.core.books.demand import Demand, demands
from controller.model.books import Interval
from controller.model.tariff import Band, Reserved

BEHIND = timedelta(hours=5)
RESERVED = Reserved(
    hours=Band(name="peak", per_mwh=Decimal(0), from_minute=840, to_minute=1140),
    power_w=1_000_000,
    per_kw_month=Decimal("14.3"),
    excess_per_kw=Decimal(40),
)
ALWAYS = Reserved(hours=Band(name="all", per_mwh=Decimal(0)), power_w=5_000_000)


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def interval(start: str, kwh: float | None, minutes: int = 15) -> tuple[Interval, datetime]:
    begin = utc(start)
    energy = None if kwh is None else Decimal(str(kwh)) * 1000
    one = Interval(start=begin, end=begin + timedelta(minutes=minutes), energy_wh=energy)
    return one, begin - BEHIND


def demand(month: str, reserved: Reserved, highest: int, at: str, **more: Any) -> Demand:
    plain = Demand(
        month=month,
        hours=reserved.hours.name,
        reserved_kw=Decimal(reserved.power_w) / 1000,
        highest_kw=Decimal(highest),
        at=utc(at),
        charge=Decimal(0),
        excess_kw=Decimal(0),
        penalty=Decimal(0),
        unknown=0,
    )
    return plain._replace(**more)


def test_the_highest_of_each_month_within_the_hours() -> None:
    found = demands(
        [
            interval("2026-07-01 18:45", 900),
            interval("2026-07-01 19:00", 260),
            interval("2026-07-02 19:15", 250),
            interval("2026-07-03 23:45", None),
            interval("2026-08-01 19:00", 100),
        ],
        (RESERVED, ALWAYS),
        15,
    )
    dear: dict[str, Any] = {
        "charge": Decimal(14_300),
        "excess_kw": Decimal(40),
        "penalty": Decimal(1600),
    }
    assert found == [
        demand("2026-07", RESERVED, 1040, "2026-07-01 19:00", unknown=1, **dear),
        demand("2026-07", ALWAYS, 3600, "2026-07-01 18:45", unknown=1),
        demand("2026-08", RESERVED, 400, "2026-08-01 19:00", charge=Decimal(14_300)),
        demand("2026-08", ALWAYS, 400, "2026-08-01 19:00"),
    ]


def test_the_month_is_that_of_local_clocks() -> None:
    found = demands(
        [interval("2026-08-01 04:45", 10), interval("2026-08-01 05:00", 20)], (ALWAYS,), 15
    )
    assert [(one.month, one.highest_kw) for one in found] == [
        ("2026-07", Decimal(40)),
        ("2026-08", Decimal(80)),
    ]


@pytest.mark.parametrize(
    ("minutes", "highest_kw", "at"), [(5, 1200, "19:10"), (15, 600, "19:00"), (30, 500, "19:00")]
)
def test_demand_is_the_mean_of_a_window_of_several_intervals(
    minutes: int, highest_kw: int, at: str
) -> None:
    kwh = (10, 40, 100, 60, 20, 20)
    starts = (f"2026-07-01 19:{5 * number:02}" for number in range(len(kwh)))
    clocked = [interval(start, each, 5) for start, each in zip(starts, kwh, strict=True)]
    (found,) = demands(clocked, (RESERVED,), minutes)
    assert (found.highest_kw, found.unknown) == (Decimal(highest_kw), 0)
    assert found.at == utc(f"2026-07-01 {at}")


def test_a_window_counts_only_whole() -> None:
    """Of the first a part is not metered, of the second one is missing, and the third is not
    settled by quarters of an hour."""
    clocked = [
        interval("2026-07-01 19:00", 900, 10),
        interval("2026-07-01 19:10", None, 5),
        interval("2026-07-01 19:15", 900, 10),
        interval("2026-07-01 20:00", 900, 60),
        interval("2026-07-01 21:00", 50),
    ]
    (found,) = demands(clocked, (RESERVED,), 15)
    assert (found.highest_kw, found.unknown) == (Decimal(200), 3)


def test_what_is_reserved_is_paid_where_no_energy_is_known() -> None:
    (found,) = demands([interval("2026-07-01 19:00", None)], (RESERVED,), 15)
    assert (found.highest_kw, found.at, found.unknown) == (None, None, 1)
    assert (found.charge, found.excess_kw, found.penalty) == (
        Decimal(14_300),
        Decimal(0),
        Decimal(0),
    )


def test_with_nothing_reserved_every_kilowatt_pays() -> None:
    charge = Reserved(hours=ALWAYS.hours, power_w=0, limits=False, excess_per_kw=Decimal("12.2"))
    (found,) = demands([interval("2026-07-01 19:00", 100)], (charge,), 15)
    assert (found.excess_kw, found.penalty) == (Decimal(400), Decimal(4880))
    (unknown,) = demands([interval("2026-07-01 19:00", None)], (charge,), 15)
    assert (unknown.excess_kw, unknown.penalty) == (Decimal(0), Decimal(0))


def test_clocks_that_are_not_whole_hours_apart_have_their_own_windows() -> None:
    """An hour by clocks 45 minutes ahead of full hours begins at 45 minutes past."""
    begin = utc("2026-07-01 19:45")
    whole = Interval(start=begin, end=begin + timedelta(hours=1), energy_wh=Decimal(7000))
    (found,) = demands([(whole, utc("2026-07-02 01:00"))], (ALWAYS,), 60)
    assert (found.highest_kw, found.at) == (Decimal(7), begin)


def test_of_equal_demands_the_first_counts_and_billed_energy_before_ours() -> None:
    one, at = interval("2026-07-01 19:00", 100)
    billed = Interval(
        start=one.start, end=one.end, energy_wh=one.energy_wh, billed_wh=Decimal(200_000)
    )
    (found,) = demands([(billed, at), interval("2026-07-01 20:00", 200)], (RESERVED,), 15)
    assert (found.highest_kw, found.at) == (Decimal(800), one.start)
