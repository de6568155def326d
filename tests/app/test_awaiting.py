"""Books of a site whose prices are published when they are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.app.awaiting import Awaiting
from controller.app.books import Books
from controller.model.quality import Fresh
from tests.core.cycles import RULES, Cycle, cycle, moment

QUARTER = timedelta(minutes=15)
PRICES = [Decimal(30), Decimal(90), Decimal(60)]


class Published:
    """Each price of a quarter of an hour is known so long after its end, if at all."""

    def __init__(self, late_s: int, delay_s: int = 0, lost: tuple[int, ...] = ()) -> None:
        self.price_late = timedelta(seconds=late_s)
        self.now = moment(0)
        self._delay = timedelta(seconds=delay_s)
        self._lost = lost

    def price_of(self, at: datetime) -> Fresh[Decimal] | None:
        number = (at - moment(0)) // QUARTER
        start = moment(0) + number * QUARTER
        if number in self._lost or self.now < start + QUARTER + self._delay:
            return None
        return Fresh(value=PRICES[number], at=start, until=start + QUARTER)


def last_known(seconds: int) -> Cycle:
    """A cycle that was decided on the price of the quarter before."""
    seen, plan = cycle(seconds)
    before = PRICES[max(0, seconds // 900 - 1)]
    seen = replace(seen, price_per_mwh=Fresh(value=before, at=moment(0)))
    return seen, replace(plan, marginal_price_per_mwh=before)


def booked(published: Published, until_s: int) -> list[tuple[datetime, Decimal | None]]:
    books, found = Books(RULES, awaiting=Awaiting(published)), []
    for seconds in range(0, until_s, 5):
        published.now = moment(seconds)
        found += books.on_cycle(*last_known(seconds), None)
    return [(one.start, one.price_per_mwh) for one in found]


def test_an_interval_is_booked_at_its_own_price_when_that_is_known() -> None:
    """With the site's adder of 2."""
    assert booked(Published(900), 2_880) == [
        (moment(0), Decimal(32)),
        (moment(900), Decimal(92)),
    ]


def test_a_delay_of_the_publication_delays_the_books() -> None:
    assert booked(Published(1500, delay_s=300), 2_400) == [(moment(0), Decimal(32))]


def test_a_price_that_never_comes_is_unknown_and_holds_nothing_up() -> None:
    found = booked(Published(1200, lost=(0,)), 2_880)
    assert found == [(moment(0), None), (moment(900), Decimal(92))]


def test_where_prices_come_before_nothing_waits() -> None:
    assert booked(Published(0), 1_000) == [(moment(0), Decimal(30))]
