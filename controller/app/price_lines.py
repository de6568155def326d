"""Prices by the feed that says them, and which of them is acted upon."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from controller.core.observations.choice import Choice, choose, ranked
from controller.core.observations.quality import Range, Refusal
from controller.core.observations.timeline import PriceTimeline
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.samples import PriceSample

_SILENT = Missing(why="no price has arrived")


class Trust(NamedTuple):
    """How far prices are believed."""

    order: tuple[str, ...] = ()
    """Feeds, the most trusted first."""
    max_age_s: Mapping[str, int] = {}
    """By feed that has to speak so often: for how long its prices hold when it does not."""
    stale_after_s: int = 900
    late_s: int = 0


class PriceLines:
    """A line of prices for each feed: what one says is no revision of what another said."""

    def __init__(self) -> None:
        self._lines: dict[str, PriceTimeline] = {}
        self._heard_at: dict[str, datetime] = {}
        self._trust = Trust()

    def adopt(self, trust: Trust) -> None:
        """Believe by these from now on."""
        self._trust = trust
        names = ranked(self._lines, trust.order)
        self._lines = {name: self._settled(self._lines[name]) for name in names}

    def forget(self) -> None:
        self._lines, self._heard_at = {}, {}

    def offer(self, feed: str, sample: PriceSample, now: datetime, bounds: Range) -> Refusal | None:
        """Keep a price, or say why not."""
        line = self._lines.get(feed) or self._settled(PriceTimeline())
        kept = line.offer(sample, now, bounds)
        if kept is Refusal.DUPLICATE:
            self._heard_at[feed] = now
        if isinstance(kept, Refusal):
            return kept
        self._heard_at[feed] = now
        known = feed in self._lines
        self._lines[feed] = kept
        if not known:
            self.adopt(self._trust)
        return None

    def heard(self, now: datetime) -> dict[str, Observed[Decimal]]:
        """What each feed says of now, the most trusted first."""
        return {name: self._at(name, line, now) for name, line in self._lines.items()}

    def at(self, now: datetime) -> Choice:
        """The price that is acted upon."""
        return choose(self.heard(now), _SILENT)

    def of(self, at: datetime) -> Fresh[Decimal] | None:
        """The price of the interval that a moment lies in, of the most trusted feed that knows
        it."""
        found = (line.of(at) for line in self._lines.values())
        return next((price for price in found if price is not None), None)

    def interval_s(self, feed: str, now: datetime) -> int:
        """How long the interval is whose price a feed says; 0 where there is none."""
        line = self._lines.get(feed)
        return 0 if line is None else line.interval_s(now)

    def next_changes(self, now: datetime) -> list[datetime]:
        """Moments after `now` at which some feed says something else by itself."""
        moments = [line.next_change(now) for line in self._lines.values()]
        ends = [self._silent_at(name) for name in self._lines]
        return [at for at in (*moments, *ends) if at is not None and at > now]

    def starts(self) -> Collection[tuple[str, datetime]]:
        """Feed and start of every price that is known."""
        return {(name, one.start) for name, line in self._lines.items() for one in line.intervals}

    def _at(self, name: str, line: PriceTimeline, now: datetime) -> Observed[Decimal]:
        known = line.at(now)
        silent_at = self._silent_at(name)
        if isinstance(known, Fresh) and silent_at is not None and silent_at <= now:
            return Stale(value=known.value, at=known.at)
        return known

    def _silent_at(self, name: str) -> datetime | None:
        """When the prices of a feed hold no more, unless it speaks before."""
        max_age_s, heard_at = self._trust.max_age_s.get(name), self._heard_at.get(name)
        if max_age_s is None or heard_at is None:
            return None
        return heard_at + timedelta(seconds=max_age_s)

    def _settled(self, line: PriceTimeline) -> PriceTimeline:
        trust = self._trust
        return replace(line, stale_after_s=trust.stale_after_s, late_s=trust.late_s)
