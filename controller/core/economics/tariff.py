"""What one more MWh costs: energy, losses, adders by time of use, taxes.

For a group whose miners draw one MWh more,

    at the site's meter  M = market price × (1 + site losses) + the site's adders of this moment
    at the miners        G = M × (1 + group losses) + the group's adders of this moment
    the full price         = G × (1 + tax)

Losses on the way to the meter are paid at the market price; adders are charged on metered energy,
to which the losses between the meter and the group belong; a tax is on all of it. Without a group
it is the price of a MWh at the site's meter, M × (1 + tax): what the books reckon with. A negative
market price makes its part negative: losses and tax then add to what is paid for drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from controller.model.seen import Snapshot
from controller.model.site import Group
from controller.model.tariff import Band, Holidays

AHEAD = timedelta(days=2)
"""How far ahead a change of adders is looked for."""
_NO_GROUP = Group()
_DAY = timedelta(days=1)


class Tariff(NamedTuple):
    """What makes a full price of a market price at one moment: both per MWh."""

    factor: Decimal
    adder_per_mwh: Decimal

    def full(self, market_per_mwh: Decimal) -> Decimal:
        return market_per_mwh * self.factor + self.adder_per_mwh

    def market_for(self, full_per_mwh: Decimal) -> Decimal:
        return (full_per_mwh - self.adder_per_mwh) / self.factor


def tariff_of(seen: Snapshot, group: str = "", at: datetime | None = None) -> Tariff:
    """The tariff of a group, or of the site's meter without one; now, or at a moment to come."""
    declared = seen.site.groups.get(group, _NO_GROUP)
    economics = seen.site.economics
    site_adders = economics.adder_per_mwh + _bands_per_mwh(seen, economics.adders, at)
    own_adders = declared.adder_per_mwh + _bands_per_mwh(seen, declared.adders, at)
    beyond_meter = 1 + declared.losses
    taxed = 1 + economics.tax
    return Tariff(
        factor=(1 + economics.losses) * beyond_meter * taxed,
        adder_per_mwh=(site_adders * beyond_meter + own_adders) * taxed,
    )


def full_price(market_per_mwh: Decimal, seen: Snapshot, group: str = "") -> Decimal:
    """The full marginal price of power now, at the miners of a group or at the site's meter."""
    return tariff_of(seen, group).full(market_per_mwh)


def local(seen: Snapshot, at: datetime) -> datetime:
    """What clocks at the site show then; it is written as if it were UTC."""
    changed = seen.offset_changes_at is not None and at >= seen.offset_changes_at
    return at + timedelta(seconds=seen.utc_offset_after_s if changed else seen.utc_offset_s)


def in_band(band: Band, clock: datetime) -> bool:
    """Whether a band holds when clocks at the site show this. An hour that is skipped has none of
    it, one that is repeated all of it twice."""
    minute = clock.hour * 60 + clock.minute
    if band.from_minute < band.to_minute:
        return band.from_minute <= minute < band.to_minute and _day_fits(band, clock)
    if minute >= band.from_minute:
        return _day_fits(band, clock)
    return minute < band.to_minute and _day_fits(band, clock - _DAY)


def next_band_change(seen: Snapshot) -> datetime | None:
    """The next moment at which another set of bands holds, within two days."""
    bands = _all_bands(seen)
    now = _held(bands, local(seen, seen.now))
    for at in sorted({*_edges(seen, bands)}):
        if seen.now < at <= seen.now + AHEAD and _held(bands, local(seen, at)) != now:
            return at
    return None


def _bands_per_mwh(seen: Snapshot, bands: tuple[Band, ...], at: datetime | None) -> Decimal:
    if not bands:
        return Decimal(0)
    clock = local(seen, at or seen.now)
    return sum((band.per_mwh for band in bands if in_band(band, clock)), Decimal(0))


def _day_fits(band: Band, day: datetime) -> bool:
    if band.months and day.month not in band.months:
        return False
    if band.seasons and not any(_in_season(one, day) for one in band.seasons):
        return False
    weekday = not band.weekdays or day.isoweekday() in band.weekdays
    if band.holiday is Holidays.LIKE_OTHERS:
        return weekday
    free = day.date() in band.holidays
    if band.holiday is Holidays.NEVER:
        return weekday and not free
    return free or (weekday and band.holiday is Holidays.ALSO)


def _in_season(season: tuple[int, int], day: datetime) -> bool:
    first, last = season
    number = day.month * 100 + day.day
    return first <= number <= last if first <= last else number >= first or number <= last


def _all_bands(seen: Snapshot) -> list[Band]:
    groups = (band for group in seen.site.groups.values() for band in group.adders)
    reserved = (one.hours for one in seen.site.reserved)
    schedules = (one.hours for one in seen.site.schedules)
    return list({*seen.site.economics.adders, *groups, *reserved, *schedules})


def _held(bands: Iterable[Band], clock: datetime) -> list[bool]:
    return [in_band(band, clock) for band in bands]


def _edges(seen: Snapshot, bands: list[Band]) -> Iterator[datetime]:
    """Moments at which a band may begin or end: at its minutes of each local day, by the offset
    before and after a change of clocks, and at that change."""
    minutes = {minute for band in bands for minute in (band.from_minute, band.to_minute)}
    changes_at = seen.offset_changes_at
    offsets = {seen.utc_offset_s}
    if changes_at is not None:
        offsets.add(seen.utc_offset_after_s)
        yield changes_at
    midnight = seen.now.replace(hour=0, minute=0, second=0, microsecond=0) - _DAY
    for days in range(AHEAD.days + 3):
        for minute in minutes:
            for offset_s in offsets:
                yield midnight + timedelta(days=days, minutes=minute, seconds=-offset_s)
