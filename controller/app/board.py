"""What was last heard of each feed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.app.words import Words
from controller.core.observations.heard import SignalBounds
from controller.core.observations.metering import (
    EnergyReading,
    MeterBounds,
    MeterReading,
    judge_meter,
)
from controller.core.observations.quality import (
    Hashprice,
    Range,
    Refusal,
    aged,
    judge_hashprice,
    judge_time,
)
from controller.core.observations.timeline import PriceTimeline
from controller.model.base import Model
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.samples import (
    ConditionSample,
    HashpriceSample,
    MeterSample,
    PriceSample,
    Sample,
    SignalSample,
)

LEAST_HASHPRICE = Decimal("0.000001")
"""A hashprice of zero is a fault, not a market."""


class BoardSettings(Model, frozen=True, kw_only=True):
    """What is believed and for how long."""

    price_min_per_mwh: Decimal = Decimal(-2_000)
    price_max_per_mwh: Decimal = Decimal(25_000)
    price_stale_after_s: int = 900
    """How long the last price is shown as stale before it is missing."""
    price_late_s: int = 0
    """How long after the end of its interval a price may come, and is acted upon."""
    hashprice_max_per_ph_day: Decimal = Decimal(10_000)
    hashprice_max_age_s: int | None = None
    """None: it does not age."""
    meter_max_w: int
    """More than any meter of the site can show, in either direction."""
    meter_max_age_s: int = 30
    meter_counter_step_wh: int = 1_000
    """The coarsest step of a meter's energy counter."""
    meters: tuple[str, ...] = ()
    """Scopes that have a meter: missing until heard."""
    signals: Mapping[str, SignalBounds] = {}
    """By name, those that a feed gives: missing until heard."""
    conditions: Mapping[str, int] = {}
    """By name, public conditions that a feed gives: for how many seconds each is believed."""


class Board:
    """Judges every sample as it comes in and keeps the good ones. No I/O, no clock."""

    def __init__(self, settings: BoardSettings) -> None:
        self._prices = PriceTimeline()
        self._day_ahead = PriceTimeline()
        self._hashprice: Hashprice | None = None
        self._meters: dict[str, MeterReading] = {}
        self._frozen: frozenset[str] = frozenset()
        self._words = Words()
        self._refused: dict[str, dict[str, int]] = {}
        self._restored: set[tuple[bool, datetime]] = set()
        """Starts of prices from before the start that were not said again since."""
        self._settings = settings
        self.adopt(settings)

    def adopt(self, settings: BoardSettings) -> None:
        """Judge by these from now on; what was found good stays, but for meters, signals and
        conditions that are gone."""
        self._forget_meters(set(self._settings.meters) - set(settings.meters))
        self._words.adopt(settings.signals, settings.conditions)
        self._settings = settings
        self._prices = self._as_settled(self._prices)
        self._price_range = Range(low=settings.price_min_per_mwh, high=settings.price_max_per_mwh)
        self._hashprice_range = Range(low=LEAST_HASHPRICE, high=settings.hashprice_max_per_ph_day)
        self.meter_bounds = MeterBounds(
            max_w=settings.meter_max_w, counter_step_wh=settings.meter_counter_step_wh
        )

    def _as_settled(self, prices: PriceTimeline) -> PriceTimeline:
        known = self._settings
        return replace(prices, stale_after_s=known.price_stale_after_s, late_s=known.price_late_s)

    def _forget_meters(self, scopes: Collection[str]) -> None:
        for scope in scopes:
            self._meters.pop(scope, None)

    def forget_prices(self) -> None:
        """What was said by feeds that are no more: prices and hashprice are missing until others
        speak."""
        self._prices = self._as_settled(PriceTimeline())
        self._day_ahead = PriceTimeline()
        self._hashprice = None

    def offer(self, feed: str, sample: Sample, now: datetime) -> Refusal | None:
        """Use `sample`, or count and return why not."""
        refusal = self._offer(sample, now)
        if refusal is not None:
            counts = self._refused.setdefault(feed, {})
            counts[refusal.value] = counts.get(refusal.value, 0) + 1
        return refusal

    def restore(self, samples: Iterable[Sample], now: datetime) -> None:
        """Take up samples that were good before a restart; what is refused now is not counted.

        Each is judged as of when it was said: a price whose interval is over since then still
        is the last one known. What claims to be from after `now` is left out.
        """
        for sample in samples:
            said_at = judge_time(_said_at(sample))
            if isinstance(said_at, datetime) and said_at <= now:
                self._offer(sample, said_at)
        self.expect_retold()

    def expect_retold(self) -> None:
        """Feeds begin anew, and say what they said before."""
        lines = ((False, self._prices), (True, self._day_ahead))
        self._restored = {(ahead, one.start) for ahead, line in lines for one in line.intervals}

    def is_retold(self, sample: Sample, now: datetime) -> bool:
        """A restored price, heard for the first time since: feeds that start say again what is in
        force. That is no news, and no fault to be counted."""
        key = (sample.day_ahead, sample.start) if isinstance(sample, PriceSample) else None
        if key is None or not isinstance(sample, PriceSample) or key not in self._restored:
            return False
        self._restored.discard(key)
        return self._line(sample).offer(sample, now, self._price_range) is Refusal.DUPLICATE

    def _line(self, sample: PriceSample) -> PriceTimeline:
        return self._day_ahead if sample.day_ahead else self._prices

    def price(self, now: datetime) -> Observed[Decimal]:
        return self._prices.at(now)

    def price_interval_s(self, now: datetime) -> int:
        """How long the interval is whose price is acted upon; 0 where there is none."""
        return self._prices.interval_s(now)

    def day_ahead(self, at: datetime) -> Decimal | None:
        """The day-ahead market's price of a moment, if it is known by now."""
        price = self._day_ahead.of(at)
        return None if price is None else price.value

    @property
    def price_late(self) -> timedelta:
        """How long after the end of its interval a price may come; zero: it comes before."""
        return timedelta(seconds=self._settings.price_late_s)

    def price_of(self, at: datetime) -> Fresh[Decimal] | None:
        """The price of the interval that a moment lies in, if it is known by now."""
        return self._prices.of(at)

    def hashprice(self, now: datetime) -> Observed[Decimal]:
        known = self._hashprice
        if known is None:
            return Missing(why="no hashprice has arrived")
        return aged(known.per_ph_day, known.at, now, self._settings.hashprice_max_age_s)

    def meters(self, now: datetime) -> Mapping[str, Observed[int]]:
        """Watts by scope: of every scope that should have a meter, and of every other heard."""
        seen: dict[str, Observed[int]] = {
            scope: Missing(why=f"no reading of the meter of {scope} has arrived")
            for scope in self._settings.meters
        }
        for scope, reading in self._meters.items():
            seen[scope] = aged(reading.power_w, reading.at, now, self._settings.meter_max_age_s)
        return seen

    def signals(self, now: datetime) -> Mapping[str, Observed[Decimal]]:
        """By name, every signal that a feed gives."""
        return self._words.signals(now)

    def conditions(self, now: datetime) -> Mapping[str, Observed[str]]:
        """By name, what the grid says of itself."""
        return self._words.conditions(now)

    def distrust(self, scopes: Collection[str]) -> None:
        """The decision found these meters to stand still: they count as stale until it says
        otherwise."""
        self._frozen = frozenset(scopes)

    def power(self, scope: str, now: datetime) -> Observed[int]:
        """Watts of a scope that should have a meter, as far as they are believed."""
        observed = self.meters(now)[scope]
        if isinstance(observed, Fresh) and scope in self._frozen:
            return Stale(value=observed.value, at=observed.at)
        return observed

    def energy(self, scope: str) -> EnergyReading | None:
        """The scope's import counter as last heard: `(at, energy_wh)`."""
        reading = self._meters.get(scope)
        if reading is None or reading.energy_wh is None:
            return None
        return EnergyReading(reading.at, reading.energy_wh)

    def next_change(self, now: datetime) -> datetime | None:
        """The first moment after `now` at which an observation changes by itself."""
        moments = [self._prices.next_change(now)]
        max_age_s = self._settings.hashprice_max_age_s
        if self._hashprice is not None and max_age_s is not None:
            moments.append(self._hashprice.at + timedelta(seconds=max_age_s))
        silence = timedelta(seconds=self._settings.meter_max_age_s)
        moments.extend(reading.at + silence for reading in self._meters.values())
        moments.extend(self._words.ends())
        return min((m for m in moments if m is not None and m > now), default=None)

    @property
    def refused(self) -> Mapping[str, Mapping[str, int]]:
        """How many samples of a feed were refused, by reason."""
        return {feed: dict(counts) for feed, counts in self._refused.items()}

    def _offer(self, sample: Sample, now: datetime) -> Refusal | None:
        match sample:
            case PriceSample():
                return self._offer_price(sample, now)
            case HashpriceSample():
                return self._offer_hashprice(sample, now)
            case MeterSample():
                return self._offer_meter(sample, now)
            case SignalSample():
                return self._words.offer_signal(sample, now)
            case ConditionSample():
                return self._words.offer_condition(sample, now)

    def _offer_price(self, sample: PriceSample, now: datetime) -> Refusal | None:
        prices = self._line(sample).offer(sample, now, self._price_range)
        if isinstance(prices, Refusal):
            return prices
        if sample.day_ahead:
            self._day_ahead = prices
        else:
            self._prices = prices
        return None

    def _offer_hashprice(self, sample: HashpriceSample, now: datetime) -> Refusal | None:
        known = judge_hashprice(sample, self._hashprice, now, self._hashprice_range)
        if isinstance(known, Refusal):
            return known
        self._hashprice = known
        return None

    def _offer_meter(self, sample: MeterSample, now: datetime) -> Refusal | None:
        last = self._meters.get(sample.scope)
        reading = judge_meter(sample, last, now, self.meter_bounds)
        if isinstance(reading, Refusal):
            return reading
        self._meters[sample.scope] = reading
        return None


def _said_at(sample: Sample) -> datetime:
    return sample.published_at if isinstance(sample, PriceSample) else sample.at
