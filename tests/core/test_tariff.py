"""What one more MWh costs: losses, adders by time of use, taxes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.core.economics.tariff import (
    full_price,
    in_band,
    next_band_change,
    tariff_of,
)
from controller.model.seen import Snapshot
from controller.model.site import Economics, Group, Site
from controller.model.tariff import Band
from tests.core.cases.chances import many
from tests.core.cases.sites import NOW

PEAK = Band(name="peak", per_mwh=Decimal(30), from_minute=14 * 60, to_minute=19 * 60)
NIGHT = Band(name="night", per_mwh=Decimal(-5), from_minute=22 * 60, to_minute=6 * 60)


def seen(
    economics: Economics,
    group: Group | None = None,
    now: datetime = NOW,
    offset_h: float = 0,
) -> Snapshot:
    site = Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=1,
        groups={"a": group or Group()},
        economics=economics,
    )
    return Snapshot(now=now, site=site, utc_offset_s=round(offset_h * 3600))


def on(hour: int, minute: int = 0, day: int = 6, month: int = 9) -> datetime:
    """2023-09-06 was a Wednesday."""
    return datetime(2023, month, day, hour, minute, tzinfo=UTC)


DEAR = Economics(
    adder_per_mwh=Decimal(10),
    adders=(PEAK,),
    losses=Decimal("0.05"),
    tax=Decimal("0.1"),
)
FAR = Group(adder_per_mwh=Decimal(2), adders=(NIGHT,), losses=Decimal("0.02"))


def test_the_price_at_the_meter_is_energy_with_losses_and_adders_then_tax() -> None:
    # 100 × 1.05 = 105, + 10 = 115, × 1.1 = 126.50
    assert full_price(Decimal(100), seen(DEAR, now=on(13, 59))) == Decimal("126.5")
    # and from 14:00 on 30 more: 145 × 1.1
    assert full_price(Decimal(100), seen(DEAR, now=on(14))) == Decimal("159.5")


def test_the_example_of_the_documents() -> None:
    """docs/composition.md"""
    hall = Group(losses=Decimal("0.015"))
    grid = Band(name="grid", per_mwh=Decimal(12), from_minute=14 * 60, to_minute=19 * 60)
    bill = Economics(losses=Decimal("0.04"), tax=Decimal("0.06"), adders=(grid,))
    price = full_price(Decimal(40), seen(bill, hall, on(15)), "a")
    assert price == (40 * Decimal("1.04") + 12) * Decimal("1.015") * Decimal("1.06")
    assert round(price, 2) == Decimal("57.67")


def test_at_the_miners_a_groups_losses_and_adders_come_on_top() -> None:
    # 115 × 1.02 = 117.30, + 2 = 119.30, × 1.1 = 131.23
    assert full_price(Decimal(100), seen(DEAR, FAR, on(10)), "a") == Decimal("131.23")
    # at night 5 less: 114.30 × 1.1
    assert full_price(Decimal(100), seen(DEAR, FAR, on(23)), "a") == Decimal("125.73")


def test_a_negative_price_pays_for_losses_too() -> None:
    assert full_price(Decimal(-100), seen(DEAR, now=on(10))) == Decimal("-104.5")


def test_without_losses_adders_or_taxes_it_is_the_markets_price() -> None:
    assert full_price(Decimal("48.21"), seen(Economics()), "a") == Decimal("48.21")
    assert full_price(Decimal("48.21"), seen(Economics()), "not declared") == Decimal("48.21")


rates = st.sampled_from([Decimal(0), Decimal("0.02"), Decimal("0.25")])
adders = st.integers(-50, 50).map(Decimal)


@many()
@given(st.integers(-3000, 3000), rates, rates, rates, adders, adders)
def test_the_inverse_gives_back_the_market_price(
    market: int, losses: Decimal, own: Decimal, tax: Decimal, adder: Decimal, own_adder: Decimal
) -> None:
    economics = Economics(losses=losses, tax=tax, adder_per_mwh=adder)
    there = seen(economics, Group(losses=own, adder_per_mwh=own_adder))
    full = full_price(Decimal(market), there, "a")
    assert abs(tariff_of(there, "a").market_for(full) - market) < Decimal("0.000001")
    assert full_price(Decimal(market + 1), there, "a") > full


@pytest.mark.parametrize(
    ("band", "clock", "holds"),
    [
        (PEAK, on(13, 59), False),
        (PEAK, on(14), True),
        (PEAK, on(18, 59), True),
        (PEAK, on(19), False),
        (NIGHT, on(21, 59), False),
        (NIGHT, on(22), True),
        (NIGHT, on(0), True),
        (NIGHT, on(5, 59), True),
        (NIGHT, on(6), False),
        (Band(name="always", per_mwh=Decimal(1)), on(0), True),
        (Band(name="always", per_mwh=Decimal(1)), on(23, 59), True),
    ],
)
def test_a_band_holds_from_its_first_minute_to_just_before_its_last(
    band: Band, clock: datetime, *, holds: bool
) -> None:
    assert in_band(band, clock) is holds


@pytest.mark.parametrize(
    ("clock", "holds"),
    [
        (on(23, day=8), True),  # on Friday night
        (on(5, day=9), True),  # and the morning after
        (on(23, day=9), False),  # not on Saturday night
        (on(5, day=8), False),  # nor on the morning of Friday
        (on(23, day=30, month=6), False),
        (on(5, day=1, month=7), False),  # a Saturday that follows the last night of June
        (on(23, day=29, month=9), True),
        (on(5, day=30, month=9), True),
    ],
)
def test_over_midnight_the_day_on_which_it_begins_counts(clock: datetime, *, holds: bool) -> None:
    band = Band(
        name="friday nights",
        per_mwh=Decimal(1),
        months=(7, 8, 9),
        weekdays=(5,),
        from_minute=22 * 60,
        to_minute=6 * 60,
    )
    assert in_band(band, clock) is holds


@pytest.mark.parametrize(
    ("clock", "holds"),
    [
        (on(5, 59, day=8), False),
        (on(6, day=8), True),
        (on(5, 59, day=9), True),
        (on(6, day=9), False),
    ],
)
def test_a_band_that_ends_at_the_minute_it_begins_holds_for_a_day(
    clock: datetime, *, holds: bool
) -> None:
    from_six = Band(
        name="fridays", per_mwh=Decimal(1), weekdays=(5,), from_minute=360, to_minute=360
    )
    assert in_band(from_six, clock) is holds


def test_bands_are_in_local_time() -> None:
    chicago = seen(DEAR, now=on(19), offset_h=-5)
    assert tariff_of(chicago).adder_per_mwh == Decimal(44)
    assert tariff_of(seen(DEAR, now=on(18, 59), offset_h=-5)).adder_per_mwh == Decimal(11)


def test_the_next_change_is_the_next_edge_at_which_another_set_holds() -> None:
    economics = Economics(adders=(PEAK, NIGHT))
    assert next_band_change(seen(economics, now=on(13, 59))) == on(14)
    assert next_band_change(seen(economics, now=on(14))) == on(19)
    assert next_band_change(seen(economics, now=on(19))) == on(22)
    assert next_band_change(seen(economics, now=on(22))) == on(6, day=7)
    own = seen(Economics(), Group(adders=(PEAK,)), on(20))
    assert next_band_change(own) == on(14, day=7)
    assert next_band_change(seen(economics, now=on(14), offset_h=5.5)) == on(16, 30)


def test_what_never_changes_or_later_than_in_two_days_is_not_told() -> None:
    assert next_band_change(seen(Economics())) is None
    always = Band(name="always", per_mwh=Decimal(1))
    assert next_band_change(seen(Economics(adders=(always,)))) is None
    sundays = Band(name="sundays", per_mwh=Decimal(1), weekdays=(7,))
    in_time = on(0, day=8)
    assert next_band_change(seen(Economics(adders=(sundays,)), now=in_time)) == on(0, day=10)
    earlier = in_time - timedelta(seconds=1)
    assert next_band_change(seen(Economics(adders=(sundays,)), now=earlier)) is None
