"""Prices in time: intervals that never overlap, and what holds between them."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.core.observations.quality import (
    CLOCK_TOLERANCE,
    Range,
    Refusal,
    judge_number,
    judge_time,
)
from controller.model.base import Model
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.samples import PriceSample

LONGEST = timedelta(hours=25)
"""A day price, on the day that clocks go back."""

HORIZON = timedelta(days=8)
"""How far ahead an interval may begin: week-ahead prices do, a slip in the year does not."""

KEPT = timedelta(days=2)


class PriceInterval(Model, frozen=True, kw_only=True):
    """A price that was found good, from `start` to just before `end`."""

    start: datetime
    end: datetime
    price_per_mwh: Decimal
    published_at: datetime


class PriceTimeline(Model, frozen=True, kw_only=True):
    """Intervals by rising start. A value: `offer` returns another one."""

    stale_after_s: int = 900
    """How long the last price is still shown, as stale, when nothing follows it."""
    late_s: int = 0
    """For how long after the end of its interval a price may come, and stands in for those that
    follow: where prices are published afterwards, the last one is the best that is known."""
    intervals: tuple[PriceInterval, ...] = ()

    def offer(self, sample: PriceSample, now: datetime, bounds: Range) -> PriceTimeline | Refusal:
        """This timeline with `sample` in it, or why it is not used."""
        interval = _judge(sample, now, bounds)
        if isinstance(interval, Refusal):
            return interval
        return self._conflict(interval, now) or self._with(interval, now)

    def at(self, now: datetime) -> Observed[Decimal]:
        """The price at `now`: fresh inside its interval only."""
        own = self.of(now)
        if own is not None:
            return own
        index = self._begun(now)
        current = self.intervals[index] if index >= 0 else None
        if current is not None and now < self._holds_until(current):
            held = self._holds_until(current)
            return Fresh(value=current.price_per_mwh, at=current.start, until=held)
        if index + 1 < len(self.intervals):
            return _gap(current, self.intervals[index + 1])
        if current is None:
            return Missing(why="no price has arrived")
        if now < self._stale_until(current):
            return Stale(value=current.price_per_mwh, at=current.start)
        return Missing(why=f"no price since {_stamp(current.end)}")

    def of(self, at: datetime) -> Fresh[Decimal] | None:
        """The price of the interval that `at` lies in; None where that is not known."""
        index = self._begun(at)
        if index < 0 or self.intervals[index].end <= at:
            return None
        own = self.intervals[index]
        return Fresh(value=own.price_per_mwh, at=own.start, until=own.end)

    def interval_s(self, now: datetime) -> int:
        """How long the interval is whose price `at` says; 0 where there is none."""
        index = self._begun(now)
        if index < 0:
            return 0
        return int((self.intervals[index].end - self.intervals[index].start).total_seconds())

    def next_change(self, now: datetime) -> datetime | None:
        """The first moment after `now` at which `at` says something else; None: never."""
        index = self._begun(now)
        moments = [i.start for i in self.intervals[index + 1 : index + 2]]
        if index >= 0:
            last = self.intervals[-1]
            moments += [self.intervals[index].end, self._holds_until(last), self._stale_until(last)]
        return min((m for m in moments if m > now), default=None)

    def _begun(self, now: datetime) -> int:
        """The index of the last interval that began by `now`; -1 if none did."""
        return bisect_right(self.intervals, now, key=_start) - 1

    def _holds_until(self, last: PriceInterval) -> datetime:
        return last.end + timedelta(seconds=self.late_s)

    def _stale_until(self, last: PriceInterval) -> datetime:
        return self._holds_until(last) + timedelta(seconds=self.stale_after_s)

    def _with(self, new: PriceInterval, now: datetime) -> PriceTimeline:
        """With `new`, in the place of its older revision, and without what is long over."""
        forgotten = bisect_right(self.intervals, now - KEPT, key=_end)
        index = self._begun(new.start)
        before = self.intervals[forgotten : index if self._same(new) else index + 1]
        after = self.intervals[index + 1 :]
        return replace(self, intervals=(*before, new, *after))

    def _conflict(self, new: PriceInterval, now: datetime) -> Refusal | None:
        """What the intervals that are known have against `new`."""
        known = self._same(new)
        if known is not None and known.price_per_mwh == new.price_per_mwh:
            return Refusal.DUPLICATE
        if self._holds_until(new) <= now:
            return Refusal.LATE
        if known is not None:
            return _revision(known, new)
        index = self._begun(new.start)
        neighbours = self.intervals[max(index, 0) : index + 2]
        clash = any(i.start < new.end and new.start < i.end for i in neighbours)
        return Refusal.OVERLAPPING if clash else None

    def _same(self, new: PriceInterval) -> PriceInterval | None:
        index = self._begun(new.start)
        known = self.intervals[index] if index >= 0 else None
        same = known is not None and (known.start, known.end) == (new.start, new.end)
        return known if same else None


def _judge(sample: PriceSample, now: datetime, bounds: Range) -> PriceInterval | Refusal:
    """The sample by itself, whatever else is known."""
    start, end = judge_time(sample.start), judge_time(sample.end)
    published_at = judge_time(sample.published_at)
    if isinstance(start, Refusal) or isinstance(end, Refusal) or isinstance(published_at, Refusal):
        return Refusal.BAD_TIME
    if not timedelta(0) < end - start <= LONGEST:
        return Refusal.BAD_INTERVAL
    price = judge_number(sample.price_per_mwh, bounds)
    if isinstance(price, Refusal):
        return price
    if published_at > now + CLOCK_TOLERANCE or start > now + HORIZON:
        return Refusal.FROM_THE_FUTURE
    return PriceInterval(start=start, end=end, price_per_mwh=price, published_at=published_at)


def _revision(known: PriceInterval, new: PriceInterval) -> Refusal | None:
    """Another price for the same interval counts if it was published later."""
    if new.published_at > known.published_at:
        return None
    same_time = new.published_at == known.published_at
    return Refusal.CONTRADICTORY if same_time else Refusal.OUT_OF_ORDER


def _gap(before: PriceInterval | None, after: PriceInterval) -> Missing:
    if before is None:
        return Missing(why=f"no price before {_stamp(after.start)}")
    return Missing(why=f"no price for {_stamp(before.end)} to {_stamp(after.start)}")


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%MZ}"


def _start(interval: PriceInterval) -> datetime:
    return interval.start


def _end(interval: PriceInterval) -> datetime:
    return interval.end
