"""Prices that are heard one after the other by a site whose starts cost something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from controller.core.economics.steps import Step
from controller.core.economics.tariff import Tariff
from controller.core.habits.index import NODES
from controller.core.habits.learning import habits
from controller.core.habits.switching import Offer
from controller.model.quality import Fresh
from controller.model.remembered import Habits, Usual
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Site
from tests.core.cases.sites import NOW

QUARTER_S = 900
QUARTER = timedelta(seconds=QUARTER_S)
MORNING = NOW.replace(hour=1)
"""Nearly a day is left in which nothing becomes usual."""
COSTLY = Economics(start_lost_s=900, start_wear_per_mw=Decimal(3))
"""A start costs 28 for a MW that breaks even at 100: a quarter of an hour of it, and 3."""
PLAIN = Step(3_000, Decimal(120), Decimal(100), 100_000_000)
LESSER = Step(1_500, Decimal(48), Decimal(80), 80_000_000)
AT_COST = Tariff(Decimal(1), Decimal(0))


def looked(
    price: float | Decimal,
    at: datetime,
    *,
    interval_s: int = QUARTER_S,
    late: bool = False,
    economics: Economics = COSTLY,
    **more: Any,
) -> Snapshot:
    """A look at the moment from which on the price of the interval from `at` on is known."""
    value = Decimal(repr(price) if isinstance(price, float) else price)
    site = Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=1_000,
        groups={},
        economics=economics,
    )
    snapshot = Snapshot(
        now=at + timedelta(seconds=interval_s if late else 0),
        site=site,
        price_per_mwh=Fresh(value=value, at=at),
        price_interval_s=interval_s,
    )
    return replace(snapshot, **more)


def after(
    prices: Iterable[float], at: datetime = MORNING, known: Habits | None = None, **more: Any
) -> Habits:
    """What is known after prices of intervals that follow one another, the first from `at` on."""
    step = timedelta(seconds=more.get("interval_s", QUARTER_S))
    for number, price in enumerate(prices):
        known = habits(looked(price, at + step * number, **more), State(habits=known))
    assert known is not None
    return known


def a_row(*at: tuple[int, float]) -> tuple[float, ...]:
    """A number for each node, nothing where none is said."""
    said = dict(at)
    return tuple(said.get(node, 0.0) for node in range(NODES))


def always(node: int) -> tuple[tuple[float, ...], ...]:
    """Prices that go to one node, wherever they stood."""
    return (a_row((node, 1.0)),) * NODES


def standing_at(
    place: float,
    moves: tuple[tuple[float, ...], ...],
    *,
    costs: tuple[float, ...] = (0.0,) * NODES,
    late: bool = False,
    hours: float = 0.25,
) -> Habits:
    """Prices of which this is known, and whose index stands at this place."""
    nothing = (0.0,) * NODES
    return Habits(
        usual=Usual(hours=hours, late=late, moves=moves, costs=costs),
        day=MORNING.toordinal(),
        heard_at=MORNING,
        smooth=0.0,
        place=place,
        counts=(nothing,) * NODES,
        paid=nothing,
        visits=nothing,
    )


def offered(
    price: float | Decimal,
    running: int,
    *,
    ladder: tuple[Step, ...] = (PLAIN,),
    tariff: Tariff = AT_COST,
    margin: float | Decimal = 0,
) -> Offer:
    return Offer(ladder, tariff, Decimal(str(price)), running, Decimal(str(margin)))
