"""What a cycle saw and decided, as it holds until the next, and the time between the two."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from controller.core.counting.frozen import believed
from controller.core.economics.earnings import (
    hashrate_ths,
    hashrates_ths,
    hosting_per_day,
    not_ours,
    revenue_per_day,
)
from controller.model.base import Model
from controller.model.grid import SITE, Dispatch
from controller.model.plan import Curtailed, Plan
from controller.model.quality import Fresh, Missing
from controller.model.seen import Snapshot
from controller.reasons import Reason


class Rate(Model, frozen=True, kw_only=True):
    """Curtailed load of one cause."""

    power_w: int
    revenue_per_day: Decimal


class Working(Model, frozen=True, kw_only=True):
    """The hashes of a group of ours whose miners say what pools accepted of them."""

    hashrate_ths: Decimal
    """By their levels."""
    accepted_th: int
    """From some moment on, in terahashes."""


class Held(Model, frozen=True, kw_only=True):
    """What accrues while nothing new is known."""

    at: datetime
    power_w: int
    """At the site's meter; while that is silent or frozen, what the plan counts with."""
    price_per_mwh: Decimal | None
    """Full marginal price; None while there is no fresh one."""
    market_per_mwh: Decimal | None
    """The market's part of it."""
    day_ahead_per_mwh: Decimal | None
    price_from: datetime | None
    price_until: datetime | None
    revenue_per_day: Decimal
    """Of the site's own hashes."""
    work: Mapping[str, Working]
    """By group, of the site's own hashes, where the accepted ones are known."""
    curtailed: Mapping[Reason, Rate]
    dispatches: tuple[Dispatch, ...]
    """Those that ask for something and are not cancelled, past and coming ones included, and those
    that a person opted out of."""
    told: frozenset[str] = frozenset()
    """Those that miners were told of at this look, and those that keep load off, perhaps ahead of
    their start."""
    hosting_per_day: Decimal = Decimal(0)
    """What clients pay for the power of their miners."""

    def in_force(self, start: datetime, end: datetime) -> frozenset[str]:
        """The dispatches whose time it is at any moment from `start` to `end`, or for which load
        goes ahead of it."""
        return self.told | {
            each.id
            for each in self.dispatches
            if each.start < end and (each.end is None or start < each.end)
        }


class Stretch(NamedTuple):
    """A stretch of time in which everything stood still."""

    start: datetime
    end: datetime
    priced: Held | None
    """Whose price holds; None: none is known."""
    observed: bool
    """A cycle was near enough to speak for it."""


def hold(seen: Snapshot, plan: Plan) -> Held:
    """What holds from this cycle on."""
    meters = believed(seen, plan.frozen_meters).meters_w
    meter = meters.get(SITE, Missing(why="no meter"))
    price = seen.price_per_mwh
    strangers = not_ours(seen, plan.unpaid_since)
    return Held(
        at=seen.now,
        power_w=meter.value if isinstance(meter, Fresh) else plan.expected_w,
        price_per_mwh=plan.marginal_price_per_mwh,
        market_per_mwh=price.value if isinstance(price, Fresh) else None,
        day_ahead_per_mwh=seen.day_ahead_per_mwh,
        price_from=price.at if isinstance(price, Fresh) else None,
        price_until=price.until if isinstance(price, Fresh) else None,
        revenue_per_day=revenue_per_day(hashrate_ths(seen, strangers), seen),
        work=_work(seen, strangers),
        hosting_per_day=hosting_per_day(seen),
        curtailed={
            reason: Rate(power_w=one.power_w, revenue_per_day=_foregone(reason, one, seen))
            for reason, one in plan.curtailed.items()
        },
        dispatches=tuple(
            each for each in seen.dispatches.values() if not (each.cancelled or each.asks_nothing)
        ),
        told=_acted_upon(seen, plan),
    )


def _work(seen: Snapshot, strangers: Container[str]) -> dict[str, Working]:
    """Groups that cannot be checked are left out on both sides, lest they look like a loss."""
    by_group = hashrates_ths(seen)
    return {
        name: Working(hashrate_ths=by_group.get(name, Decimal(0)), accepted_th=accepted_th)
        for name, accepted_th in seen.accepted_th.items()
        if name not in strangers
    }


def _acted_upon(seen: Snapshot, plan: Plan) -> frozenset[str]:
    told = {one.dispatch for one in plan.commands if one.dispatch}
    sources = {one.source for one in plan.explained.values()}
    return frozenset(told | sources & set(seen.dispatches))


def _foregone(reason: Reason, one: Curtailed, seen: Snapshot) -> Decimal:
    """Hashes that nobody would have paid for are no loss; what a client would have paid is."""
    if reason is Reason.INCOME_LOST:
        return one.clients_per_day
    return revenue_per_day(one.hashrate_ths, seen) + one.clients_per_day


def stretches(held: Held, following: Held, gap: timedelta) -> Iterator[Stretch]:
    """The time between two cycles, as far as anything is known about it.

    A cycle speaks for the time up to `gap` after it. A price speaks for as long as its source said
    it holds, also where no cycle followed; the price found afterwards speaks from where its source
    said it began.
    """
    observed_end = min(following.at, held.at + gap)
    price_end = _price_end(held, following.at, observed_end)
    next_price = _next_price(following, price_end)
    cuts = sorted({held.at, observed_end, price_end, next_price, following.at})
    for start, end in pairwise(cuts):
        priced = held if end <= price_end else following if start >= next_price else None
        if priced is not None and priced.price_per_mwh is None:
            priced = None
        if end <= observed_end or priced is not None:
            yield Stretch(start, end, priced, observed=end <= observed_end)


def _price_end(held: Held, most: datetime, observed_end: datetime) -> datetime:
    """To when the first of two cycles speaks for the price, also for that there was none."""
    # Acted upon beyond its end, or without one: as long as the cycle speaks for the rest.
    if held.price_until is None or held.price_until <= held.at:
        return observed_end
    return min(most, held.price_until)


def _next_price(following: Held, price_end: datetime) -> datetime:
    """While cycles went without a price, none is put in afterwards."""
    if following.price_from is None:
        return following.at
    return min(following.at, max(price_end, following.price_from))
