"""Settlement intervals: their place on the clock, and what is summed up in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.model.base import Model
from controller.model.books import CurtailedEnergy, Interval
from controller.reasons import Reason

_MIDNIGHT = datetime.min.replace(tzinfo=UTC)
"""Any will do: the length of intervals divides the hour."""
_US_PER_S = 1_000_000
_US_PER_HOUR = 3_600_000_000
_US_PER_DAY = 24 * _US_PER_HOUR
_WH_PER_MWH = 1_000_000


def start_of(at: datetime, minutes: int) -> datetime:
    """The start of the interval that `at` lies in: a multiple of `minutes` in UTC."""
    return at - (at - _MIDNIGHT) % timedelta(minutes=minutes)


def pieces(start: datetime, end: datetime, minutes: int) -> Iterator[tuple[datetime, datetime]]:
    """`start` to `end`, cut where intervals end."""
    while start < end:
        cut = min(end, start_of(start, minutes) + timedelta(minutes=minutes))
        yield start, cut
        start = cut


def microseconds(start: datetime, end: datetime) -> int:
    return (end - start) // timedelta(microseconds=1)


class Tally(Model, frozen=True, kw_only=True):
    """Curtailed load of one cause, summed over time."""

    power_us: int = 0
    """W × µs."""
    cost_us: Decimal = Decimal(0)
    """W × µs × price per MWh, while there was a price."""
    revenue_us: Decimal = Decimal(0)
    """Revenue a day × µs."""


class Part(Model, frozen=True, kw_only=True):
    """What is known of one interval so far. Sums are exact: nothing is divided before the end."""

    start: datetime
    end: datetime
    observed_us: int = 0
    """How much of it lies between cycles that followed each other in time."""
    power_us: int = 0
    priced_us: int = 0
    price_us: Decimal = Decimal(0)
    """Marginal price × µs."""
    market_us: Decimal = Decimal(0)
    """The market's part of it × µs."""
    dated_us: int = 0
    """How much of it has a price of the day-ahead market,"""
    ahead_us: Decimal = Decimal(0)
    """and that price × µs."""
    revenue_us: Decimal = Decimal(0)
    hosting_us: Decimal = Decimal(0)
    expected_us: Decimal = Decimal(0)
    """TH/s × µs of the groups and the time whose accepted work is known,"""
    accepted_th: Decimal | None = None
    """and that work."""
    curtailed: Mapping[Reason, Tally] = {}
    dispatches: tuple[str, ...] = ()
    counted_us: int = 0
    """How much of it lies between readings of the energy counter."""
    counted_wh: Decimal = Decimal(0)
    split: bool = False
    """Readings lie too far from one of its ends, so the counter's growth had to be shared out."""
    closed: Interval | None = None
    """As it was recorded, if the counter may still have more to say about it."""

    @property
    def counted_whole(self) -> bool:
        return self.counted_us == microseconds(self.start, self.end)


def interval_of(part: Part) -> Interval:
    """The interval as far as it is known."""
    interval = Interval(
        start=part.start,
        end=part.end,
        price_per_mwh=part.price_us / part.priced_us if part.priced_us else None,
        market_per_mwh=part.market_us / part.priced_us if part.priced_us else None,
        day_ahead_per_mwh=part.ahead_us / part.dated_us if part.dated_us else None,
        hash_revenue=part.revenue_us / _US_PER_DAY,
        expected_th=part.expected_us / _US_PER_S if part.accepted_th is not None else None,
        accepted_th=None if part.accepted_th is None else round(part.accepted_th, 3),
        hosting_revenue=part.hosting_us / _US_PER_DAY,
        curtailed={reason: _curtailed(tally) for reason, tally in sorted(part.curtailed.items())},
        dispatches=part.dispatches,
    )
    return with_energy(interval, part)


def with_energy(interval: Interval, part: Part) -> Interval:
    """`interval` with the energy that `part` knows, and its cost.

    It is metered when readings cover it and lie close to its ends. Otherwise it is an estimate: by
    the counter where that saw as much of it as the cycles did, else power × time.
    """
    metered_wh = estimated_wh = None
    if part.counted_whole and not part.split:
        metered_wh = part.counted_wh
    elif part.counted_us and part.counted_us >= part.observed_us:
        estimated_wh = part.counted_wh
    elif part.observed_us:
        estimated_wh = Decimal(part.power_us) / _US_PER_HOUR
    return with_cost(replace(interval, energy_wh=metered_wh, energy_estimated_wh=estimated_wh))


def with_cost(interval: Interval) -> Interval:
    """`interval` with the cost of its energy: MWh × price per MWh. None where one is not known."""
    energy_wh, price_per_mwh = interval.paid_wh, interval.price_per_mwh
    if energy_wh is None or price_per_mwh is None:
        return replace(interval, energy_cost=None)
    return replace(interval, energy_cost=energy_wh * price_per_mwh / _WH_PER_MWH)


def _curtailed(tally: Tally) -> CurtailedEnergy:
    return CurtailedEnergy(
        energy_wh=Decimal(tally.power_us) / _US_PER_HOUR,
        avoided_cost=tally.cost_us / _US_PER_HOUR / _WH_PER_MWH,
        foregone_revenue=tally.revenue_us / _US_PER_DAY,
    )
