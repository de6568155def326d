"""Books that are open go on from what the revenue meter has restated."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from controller.core.books.intervals import Part
from controller.core.books.revenue.restating import restated
from controller.core.books.revenue.sides import billed
from controller.core.books.settlement import Accrual, Rules, Settled, amended, count, settle
from controller.core.observations.metering import EnergyReading, MeterBounds
from tests.core.revenue.meters import at, interval, reading, rules

RULES = Rules(bounds=MeterBounds(max_w=10_000_000))


def silent(quarter: int) -> Part:
    """An interval that was closed while the counter said nothing."""
    closed = interval(quarter, energy_wh=None, energy_estimated_wh=Decimal(90_000))
    return Part(start=closed.start, end=closed.end, closed=closed)


def newer(part: Part) -> Settled:
    assert part.closed is not None
    readings = billed([reading(0, 104), reading(1, 104)], 15)
    (one,) = restated([part.closed], readings, rules())
    return one


def test_a_counter_that_is_heard_again_restates_the_restated() -> None:
    """100 kWh by the counter beside 104 by the revenue meter, which is what is paid."""
    acc = Accrual(rules=RULES, parts=(silent(0), silent(1)), closed_until=at(2))
    acc = amended(acc, [newer(acc.parts[0]).interval])
    for quarter, energy_wh in enumerate((0, 100_000, 200_000)):
        acc = count(acc, EnergyReading(at(quarter), energy_wh))
    _, settled = settle(acc, at(2))
    first, second = (one.interval for one in settled)
    assert (first.version, first.energy_wh, first.billed_wh) == (
        3,
        Decimal(100_000),
        Decimal(104_000),
    )
    assert first.energy_cost == Decimal("5.2")
    assert (second.version, second.billed_wh, second.energy_cost) == (2, None, Decimal(5))


def test_what_is_not_closed_stays_open() -> None:
    part = replace(silent(0), closed=None)
    acc = Accrual(rules=RULES, parts=(part,))
    assert amended(acc, [newer(silent(0)).interval]) == acc
