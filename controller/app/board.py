"""What was last heard of each feed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from controller.app.price_lines import PriceLines, Trust
from controller.app.words import Words
from controller.core.observations.choice import Choice, apart, choose, ranked
from controller.core.observations.exchange import exchanged
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
from controller.model.base import Model
from controller.model.quality import Disagreement, Fresh, Missing, Observed, Stale
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
    price_feeds: tuple[str, ...] = ()
    """The most trusted first."""
    price_max_age_s: Mapping[str, int] = {}
    """By feed whose prices hold no longer when it has been silent for so long."""
    price_differ_per_mwh: Decimal | None = None
    """By how much two feeds of prices may differ; None: nobody asks."""
    price_assumed_per_mwh: Decimal | None = None
    """What is acted upon while no price is fresh; None: what runs goes on."""
    price_rate_signal: str = ""
    """What prices are multiplied with, to be in the site's currency; empty: they are."""
    hashprice_rate_signal: str = ""
    hashprice_ages_s: Mapping[str, int] = {}
    """By feed whose hashprice has another age than `hashprice_max_age_s`."""
    hashprice_feeds: tuple[str, ...] = ()
    hashprice_differ: Decimal | None = None
    """A part of the larger one."""
    silent_after_s: Mapping[str, float] = {}
    """By feed that should speak now and then: after what time of silence it is late."""
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
        self._prices = PriceLines()
        self._day_ahead = PriceLines()
        self._hashprices: dict[str, Hashprice] = {}
        self._heard_at: dict[str, datetime] = {}
        self._meters: dict[str, MeterReading] = {}
        self._frozen: frozenset[str] = frozenset()
        self._words = Words()
        self._refused: dict[str, dict[str, int]] = {}
        self._restored: set[tuple[bool, str, datetime]] = set()
        """Feed and start of prices from before the start that were not said again since."""
        self._settings = settings
        self.adopt(settings)

    def adopt(self, settings: BoardSettings) -> None:
        """Judge by these from now on; what was found good stays, but for meters, signals and
        conditions that are gone."""
        self._forget_meters(set(self._settings.meters) - set(settings.meters))
        self._words.adopt(settings.signals, settings.conditions)
        self._settings = settings
        trust = Trust(
            order=settings.price_feeds,
            max_age_s=settings.price_max_age_s,
            stale_after_s=settings.price_stale_after_s,
            late_s=settings.price_late_s,
        )
        self._prices.adopt(trust)
        self._day_ahead.adopt(trust._replace(late_s=0))
        self._price_range = Range(low=settings.price_min_per_mwh, high=settings.price_max_per_mwh)
        self._hashprice_range = Range(low=LEAST_HASHPRICE, high=settings.hashprice_max_per_ph_day)
        self.meter_bounds = MeterBounds(
            max_w=settings.meter_max_w, counter_step_wh=settings.meter_counter_step_wh
        )

    def _forget_meters(self, scopes: Collection[str]) -> None:
        for scope in scopes:
            self._meters.pop(scope, None)

    def forget_prices(self) -> None:
        """What was said by feeds that are no more: prices and hashprice are missing until others
        speak."""
        self._prices.forget()
        self._day_ahead.forget()
        self._hashprices = {}

    def offer(self, feed: str, sample: Sample, now: datetime) -> Refusal | None:
        """Use `sample`, or count and return why not."""
        refusal = self._offer(feed, sample, now)
        if refusal is None or refusal is Refusal.DUPLICATE:
            self._heard_at[feed] = now
        if refusal is not None:
            counts = self._refused.setdefault(feed, {})
            counts[refusal.value] = counts.get(refusal.value, 0) + 1
        return refusal

    def restore(self, samples: Iterable[tuple[str, Sample]], now: datetime) -> None:
        """Take up samples that were good before a restart, by the feed that said them; what is
        refused now is not counted, nor is what feeds said that are no more.

        Each is judged as of when it was said: a price whose interval is over since then still
        is the last one known. What claims to be from after `now` is left out.
        """
        known = (*self._settings.price_feeds, *self._settings.hashprice_feeds)
        for feed, sample in samples:
            said_at = judge_time(_said_at(sample))
            if (feed in known or not known) and isinstance(said_at, datetime) and said_at <= now:
                self._offer(feed, sample, said_at)
        self.expect_retold()

    def expect_retold(self) -> None:
        """Feeds begin anew, and say what they said before."""
        lines = ((False, self._prices), (True, self._day_ahead))
        self._restored = {(ahead, *one) for ahead, line in lines for one in line.starts()}

    def is_retold(self, feed: str, sample: Sample, now: datetime) -> bool:
        """A restored price, heard for the first time since: feeds that start say again what is in
        force. That is no news, and no fault to be counted."""
        if not isinstance(sample, PriceSample):
            return False
        key = (sample.day_ahead, feed, sample.start)
        if key not in self._restored:
            return False
        self._restored.discard(key)
        return self._offer(feed, sample, now) is Refusal.DUPLICATE

    def price(self, now: datetime) -> Choice:
        """The price that is acted upon, in the site's currency, and the feed that says it."""
        return self._exchanged(self._prices.at(now), self._settings.price_rate_signal, now)

    def _exchanged(self, choice: Choice, signal: str, now: datetime) -> Choice:
        if not signal:
            return choice
        return choice._replace(observed=exchanged(choice.observed, self._words.signal(signal, now)))

    def price_interval_s(self, feed: str, now: datetime) -> int:
        """How long the interval is whose price a feed says; 0 where there is none."""
        return self._prices.interval_s(feed, now)

    @property
    def price_assumed(self) -> Decimal | None:
        """What is acted upon while no price is fresh."""
        return self._settings.price_assumed_per_mwh

    def day_ahead(self, at: datetime) -> Decimal | None:
        """The day-ahead market's price of a moment, if it is known by now."""
        price, signal = self._day_ahead.of(at), self._settings.price_rate_signal
        if price is None:
            return None
        rate = self._words.signal(signal, at) if signal else None
        if isinstance(rate, Missing):
            return None
        return price.value if rate is None else price.value * rate.value

    @property
    def price_late(self) -> timedelta:
        """How long after the end of its interval a price may come; zero: it comes before."""
        return timedelta(seconds=self._settings.price_late_s)

    def price_of(self, at: datetime) -> Fresh[Decimal] | None:
        """The price of the interval that a moment lies in, if it is known by now, at the rate of
        exchange of now."""
        price, signal = self._prices.of(at), self._settings.price_rate_signal
        if price is None or not signal:
            return price
        rate = self._words.signal(signal, at)
        if isinstance(rate, Missing):
            return None
        return Fresh(value=price.value * rate.value, at=price.at, until=price.until)

    def hashprice(self, now: datetime) -> Choice:
        """The hashprice that is acted upon, in the site's currency, and the feed that says it."""
        choice = choose(self._hashprices_at(now), Missing(why="no hashprice has arrived"))
        return self._exchanged(choice, self._settings.hashprice_rate_signal, now)

    def disagreements(self, now: datetime) -> tuple[Disagreement, ...]:
        """Feeds of one thing that say now what cannot both be."""
        most, part = self._settings.price_differ_per_mwh, self._settings.hashprice_differ
        prices = (
            () if most is None else apart("price", self._prices.heard(now), most, relative=False)
        )
        if part is None:
            return prices
        return (*prices, *apart("hashprice", self._hashprices_at(now), part, relative=True))

    def _hashprices_at(self, now: datetime) -> dict[str, Observed[Decimal]]:
        known = self._hashprices
        names = ranked(known, self._settings.hashprice_feeds)
        return {
            one: aged(known[one].per_ph_day, known[one].at, now, self._age_s(one)) for one in names
        }

    def _age_s(self, feed: str) -> int | None:
        """How old a feed's hashprice may be."""
        return self._settings.hashprice_ages_s.get(feed, self._settings.hashprice_max_age_s)

    def heard_at(self, feed: str) -> datetime | None:
        """When a feed last said something that could be used, or that was known."""
        return self._heard_at.get(feed)

    def is_late(self, feed: str, now: datetime, since: datetime) -> bool:
        """Whether a feed has been silent for too long: since then, where it was never heard."""
        after_s = self._settings.silent_after_s.get(feed)
        heard_at = self._heard_at.get(feed, since)
        return after_s is not None and heard_at + timedelta(seconds=after_s) <= now

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
        moments = self._prices.next_changes(now)
        for feed, known in self._hashprices.items():
            max_age_s = self._age_s(feed)
            if max_age_s is not None:
                moments.append(known.at + timedelta(seconds=max_age_s))
        silence = timedelta(seconds=self._settings.meter_max_age_s)
        moments.extend(reading.at + silence for reading in self._meters.values())
        moments.extend(self._words.ends())
        return min((m for m in moments if m > now), default=None)

    @property
    def refused(self) -> Mapping[str, Mapping[str, int]]:
        """How many samples of a feed were refused, by reason."""
        return {feed: dict(counts) for feed, counts in self._refused.items()}

    def _offer(self, feed: str, sample: Sample, now: datetime) -> Refusal | None:
        match sample:
            case PriceSample():
                lines = self._day_ahead if sample.day_ahead else self._prices
                return lines.offer(feed, sample, now, self._price_range)
            case HashpriceSample():
                return self._offer_hashprice(feed, sample, now)
            case MeterSample():
                return self._offer_meter(sample, now)
            case SignalSample():
                return self._words.offer_signal(sample, now)
            case ConditionSample():
                return self._words.offer_condition(sample, now)

    def _offer_hashprice(self, feed: str, sample: HashpriceSample, now: datetime) -> Refusal | None:
        known = judge_hashprice(sample, self._hashprices.get(feed), now, self._hashprice_range)
        if isinstance(known, Refusal):
            return known
        self._hashprices[feed] = known
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
