"""How many miners of each pool may stand at each level: best steps first, under all limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from operator import mul, sub
from typing import NamedTuple

from controller.core.economics.steps import millionths
from controller.core.planning.promises import Promise
from controller.core.planning.room import Cut, Room, Spaces
from controller.core.planning.wishes import Wish
from controller.core.situation import Situation
from controller.reasons import Reason

ORDERS = 4
"""How many orders of merit are kept at hand: that of shares, and of what is ideal."""


@dataclass(frozen=True)
class Share:
    """What a pool gets: miners at rung k or above, for each k from 1, and what cut it."""

    wish: Wish
    granted: tuple[int, ...]
    cut: Mapping[int, Cut]
    """By rung, what let fewer take it than wished."""

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """By rung, the miners of the pool that should stand at exactly this one."""
        return tuple(map(sub, (self.wish.pool.size, *self.granted), (*self.granted, 0)))

    @cached_property
    def power_w(self) -> int:
        """Of the miners that can be told something, once they have arrived."""
        return sum(map(mul, self.wish.pool.units_w, self.counts))


class Tranche(NamedTuple):
    """One step of one pool, by what it earns: for those that have taken it, or for those that would
    have to start."""

    last: bool
    cost: int
    """What a MWh of it costs more than it earns, in millionths: the least first."""
    start: bool
    pool: str
    rung: int
    which: int


class Rank(NamedTuple):
    """What a pool's place in the order of merit depends on."""

    which: int
    pool: str
    last: bool
    merits: tuple[int, ...]
    """By rung from 1: what a MWh earns there, in millionths."""


def share(
    wishes: Sequence[Wish], promises: Sequence[Promise], now: Situation, *, guard: bool = True
) -> list[Share]:
    """Grant what is promised, in the order given, then steps by falling margin, for as long as the
    site, its breakers and its groups have room.

    For concave curves greedy is optimal up to the size of one step of every limit that binds (the
    fractional knapsack; limits that lie within each other form a polymatroid). To start is worth
    the start margin less than to go on, and does not stop what money leaves alone, if that is to
    be guarded. Steps above the ceiling of a pool are not there to be granted. The first start of a
    group brings its fans.
    """
    room = Room(wishes, now)
    grants = [_grant(one, room.of(one.pool.group)) for one in wishes]
    for promise in promises:
        grants[promise.which].keep(promise)
    for grant in grants if guard else ():
        grant.guard()
    bound = [which for which, one in enumerate(grants) if one.bound]
    least = cheapest([wishes[which] for which in bound])
    ranks = tuple([rank_of(which, wishes[which], least) for which in bound])
    margin = millionths(now.seen.site.economics.start_margin_per_mwh)
    order = proven_first(merit_order(ranks, margin), wishes)
    base = None if least is None else millionths(least)
    spared = _best_of_others(ranks, wishes)
    for others, cost, start, _, rung, which in order:
        grant = grants[which]
        if grant.guarded and not start and grant.guarded[rung]:
            grant.release(rung)
        got, due = grant.got, (grant.wanted if start else grant.held)[rung]
        if got[rung] < due and got[rung] < got[rung - 1]:
            earns = -cost if others or spared is None else max(-cost, spared)
            grant.take(rung, due, None if base is None else earns - base, start=start)
    return [one.share() for one in grants]


def proven_first(order: Sequence[Tranche], wishes: Sequence[Wish]) -> Sequence[Tranche]:
    """Who only says that it is off comes last: a meter may never leave room to its start, and
    others would wait for it."""
    if not any(one.pool.unproven for one in wishes):
        return order
    return sorted(order, key=lambda step: wishes[step.which].pool.unproven)


def _best_of_others(ranks: Iterable[Rank], wishes: Sequence[Wish]) -> int | None:
    """What the best step earns that goes before those that limits take power from last: where it
    earns the penalty of a limit that is weighed, and runs on beyond it, these do too."""
    steps = (
        one.merits[0]
        for one in ranks
        if not one.last and one.merits and wishes[one.which].wanted[0]
    )
    return max(steps, default=None)


def cheapest(wishes: Sequence[Wish]) -> Decimal | None:
    """The least that a MWh costs anybody; None where that is not known of all."""
    prices = [one.price_per_mwh for one in wishes if one.price_per_mwh is not None]
    return min(prices) if prices and len(prices) == len(wishes) else None


def rank_of(which: int, one: Wish, least: Decimal | None, *, allowed: bool = True) -> Rank:
    """Of the steps that people allow, or of all. What its power costs more than the cheapest counts
    for its order; what all power costs does not. Where a price is not known, steps go by their
    break-even alone."""
    price = one.price_per_mwh
    dearer = 0 if least is None or price is None else millionths(price - least)
    merits = tuple(
        [step.merit - dearer for step in one.ladder[: one.pool.ceiling if allowed else None]]
    )
    return Rank(which, one.pool.key, one.last, merits)


@lru_cache(maxsize=ORDERS)
def merit_order(ranks: tuple[Rank, ...], start_margin: int) -> tuple[Tranche, ...]:
    """Every step allowed to a pool twice, best first; of equals what runs, then by the pool's key.

    Within a pool the steps keep their order, because a concave curve's break-evens only fall.
    """
    return tuple(
        sorted(
            Tranche(not one.last, margin - merit, start, one.pool, rung, one.which)
            for one in ranks
            for rung, merit in enumerate(one.merits, start=1)
            for start, margin in ((False, 0), (True, start_margin))
        )
    )


@dataclass(slots=True)
class _Grant:
    """What a pool has been given so far. By rung; at 0 stands the whole pool."""

    wish: Wish
    spaces: Spaces
    steps_w: tuple[int, ...]
    """By rung from 1."""
    wanted: tuple[int, ...]
    held: tuple[int, ...]
    """Of those, the ones that need not start."""
    got: list[int]
    bound: bool
    """Whether some limit may not leave all that is wished."""
    guarded: list[int] = field(default_factory=list)
    """Of the held, those that starts make no use of, until their turn has come."""
    cut: dict[int, Cut] = field(default_factory=dict)

    def keep(self, promise: Promise) -> None:
        """Grant a promise: first to those that run, then to those that would start. No floor beats
        a limit, nor one that is weighed against money: what earns its surcharge gets it by merit.
        """
        rung = promise.rung
        due = min(self.got[rung] + promise.count, self.wanted[rung])
        self.take(rung, min(due, self.held[rung]), None, start=False)
        if not self.wish.pool.unproven:
            self.take(rung, due, None, start=True)

    def guard(self) -> None:
        """Protect those that run and that money leaves alone from starts that earn more."""
        protected = self.wish.pool.counts.protected
        if protected[0]:
            bare = [max(0, kept - got) for kept, got in zip(protected, self.got, strict=False)]
            self.guarded = [0, *map(mul, bare[1:], self.steps_w)]
            self.spaces.guard(sum(self.guarded))

    def release(self, rung: int) -> None:
        """The turn of those that were protected has come."""
        self.spaces.guard(-self.guarded[rung])

    def take(self, rung: int, due: int, merit: int | None, *, start: bool) -> None:
        """Grant a step to as many as are due, as far as limits leave room; `start` where they have
        not taken it yet."""
        got = self.got
        more = min(due, got[rung - 1]) - got[rung]
        if more > 0:
            taken, cut = self.spaces.take(self.steps_w[rung - 1], more, merit, start=start)
            got[rung] += taken
            if cut is not None:
                self.cut[rung] = cut

    def share(self) -> Share:
        return Share(self.wish, tuple(self.got[1:]), _forbidden(self.wish) | self._cuts())

    def _cuts(self) -> dict[int, Cut]:
        """What cuts a step cuts those above it too."""
        if not self.cut:
            return {}
        found, above = {}, None
        for rung in range(min(self.cut), len(self.got)):
            above = self.cut.get(rung, above)
            if above is not None and self.got[rung] < self.wanted[rung]:
                found[rung] = above
        return found


def _grant(one: Wish, spaces: Spaces) -> _Grant:
    """Where no limit can bind, all that is wished is granted at once."""
    pool = one.pool
    wanted = (pool.size, *one.allowed)
    held = tuple(map(min, wanted, pool.counts.standing))
    bound = spaces.bind
    got = [pool.size, *(0,) * len(one.ladder)] if bound else list(wanted)
    return _Grant(one, spaces, pool.steps_w, wanted, held, got, bound)


def _forbidden(one: Wish) -> dict[int, Cut]:
    """Wished, and above what people allow."""
    if one.pool.ceiling == len(one.ladder):
        return {}
    above = range(one.pool.ceiling + 1, len(one.pool.levels))
    return {rung: Cut(Reason.MANUAL_ORDER) for rung in above if one.wanted[rung - 1]}
