"""Power that was bought ahead: what it does to the bill, and not to the marginal price."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from controller.core.books.forward import Bought, bought
from controller.model.books import Interval
from controller.model.tariff import Band, Forward

START = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)
CLOCK = START - timedelta(hours=5)


def block(price: int = 41, kw: int = 2000, **more: object) -> Forward:
    hours = Band(name="block", per_mwh=Decimal(price))
    return Forward(hours=hours, power_w=kw * 1000, **more)  # type: ignore[arg-type]


def interval(
    kwh: float | None = 600, market: int | None = 100, ahead: int | None = None, minutes: int = 15
) -> Interval:
    return Interval(
        start=START,
        end=START + timedelta(minutes=minutes),
        energy_wh=None if kwh is None else Decimal(str(kwh)) * 1000,
        market_per_mwh=None if market is None else Decimal(market),
        day_ahead_per_mwh=None if ahead is None else Decimal(ahead),
    )


def test_what_is_not_drawn_of_a_block_is_sold_back_at_the_markets_price() -> None:
    """2 MW for a quarter of an hour at 41: 500 kWh for 20.50. 100 kWh more are drawn at 100."""
    assert bought(interval(600), CLOCK, (block(),)) == [
        Bought(
            name="block",
            energy_wh=Decimal(500_000),
            price_per_mwh=Decimal(41),
            market_per_mwh=Decimal(100),
            cost=Decimal("20.5"),
            difference=Decimal("-29.5"),
            sold_back_wh=Decimal(0),
        )
    ]
    (one,) = bought(interval(200), CLOCK, (block(),))
    assert (one.difference, one.sold_back_wh) == (Decimal("-29.5"), Decimal(300_000))


def test_what_the_day_ahead_market_sold_is_paid_at_its_price() -> None:
    purchase = block(at_day_ahead=True)
    (one,) = bought(interval(ahead=60), CLOCK, (purchase,))
    assert (one.cost, one.difference) == (Decimal(30), Decimal(-20))
    (unknown,) = bought(interval(ahead=None), CLOCK, (purchase,))
    assert (unknown.price_per_mwh, unknown.cost, unknown.difference) == (None, None, None)


def test_what_is_not_known_stays_so() -> None:
    (one,) = bought(interval(kwh=None), CLOCK, (block(),))
    assert one.sold_back_wh is None
    (other,) = bought(interval(market=None), CLOCK, (block(),))
    assert (other.difference, other.cost) == (None, Decimal("20.5"))


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (None, None, 1),
        (date(2026, 7, 1), None, 1),
        (date(2026, 7, 2), None, 0),
        (None, date(2026, 7, 1), 1),
        (None, date(2026, 6, 30), 0),
    ],
)
def test_a_purchase_is_of_its_days_only(first: date | None, last: date | None, count: int) -> None:
    assert len(bought(interval(), CLOCK, (block(first=first, last=last),))) == count


def test_a_purchase_is_of_its_hours_only() -> None:
    hours = Band(name="night", per_mwh=Decimal(20), from_minute=0, to_minute=360)
    assert bought(interval(), CLOCK, (replace(block(), hours=hours),)) == []


def test_several_purchases_share_what_is_sold_back() -> None:
    both = bought(interval(150), CLOCK, (block(kw=2000), block(kw=400)))
    assert [one.sold_back_wh for one in both] == [Decimal(375_000), Decimal(75_000)]


def bill(drawn_kwh: int, market: int, forwards: tuple[Forward, ...]) -> Decimal:
    """By the definition: what was bought at its price, the difference at the market's."""
    kwh = [Decimal(one.power_w) / 4000 for one in forwards]
    bought_kwh = sum(kwh, Decimal(0))
    prices = [one.hours.per_mwh for one in forwards]
    paid = sum((each * price for each, price in zip(kwh, prices, strict=True)), Decimal(0))
    return (paid + (drawn_kwh - bought_kwh) * market) / 1000


@given(
    drawn=st.integers(0, 5000),
    market=st.integers(-250, 5000),
    blocks=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 9000)), max_size=3),
)
def test_the_parts_make_the_bill_and_one_mwh_less_saves_the_markets_price(
    drawn: int, market: int, blocks: list[tuple[int, int]]
) -> None:
    forwards = tuple(block(price, kw) for price, kw in blocks)
    one = interval(drawn, market)
    parts = bought(one, CLOCK, forwards)
    energy = Decimal(drawn) * market / 1000
    total = energy + sum((part.difference or Decimal(0) for part in parts), Decimal(0))
    assert total == bill(drawn, market, forwards)
    assert bill(drawn + 1, market, forwards) - total == Decimal(market) / 1000
