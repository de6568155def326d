"""Which steps make up the floors: they are granted before all others.

Floors are filled one after another by rank: first by the steps that merit would grant without any
floor, for these cost nothing, then by those that lose least, what runs before what would have to
start. A step that one floor has counts for all others of its place too, and a floor of the site is
before all else made up of steps that floors of its groups need. Steps for which limits leave no
room are passed over as long as there are others.

A reserve is made of load above standby in pools that stop within its program's response time (0:
all), and of no step twice. Where its program is weighed against money, only of steps that lose no
more per MWh than the program's penalty, and of those that other floors have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from controller.core.economics.steps import millionths
from controller.core.limits.floors import Rank
from controller.core.planning.asking import Asking
from controller.core.planning.filling import Ask, Counts, Filling
from controller.core.planning.promises import Promise
from controller.core.planning.room import Room
from controller.core.planning.sharing import Tranche, cheapest, merit_order, proven_first, rank_of
from controller.core.planning.wishes import Wish
from controller.core.situation import Situation
from controller.model.grid import SITE, Floor
from controller.reasons import Reason


def promises(wishes: list[Wish], now: Situation) -> tuple[list[Wish], list[Promise]]:
    """The wishes raised to what the floors need, and the steps that make these up, by rank. Where
    the wishes keep all floors anyway and no limit takes any of them, none is promised."""
    if not now.floors:
        return wishes, []
    asking = Asking(wishes, now)
    if _kept_anyway(asking, wishes, now):
        return wishes, []
    filling = _all_filled(asking, wishes, now)
    return _raised(wishes, filling), filling.found


def due_promises(wishes: Sequence[Wish], now: Situation) -> list[Promise]:
    """All that floors need, by rank, whether or not money would run it anyway."""
    return _all_filled(Asking(wishes, now), wishes, now).found if now.floors else []


def _all_filled(asking: Asking, wishes: Sequence[Wish], now: Situation) -> Filling:
    return _filled(asking, wishes, now, now.floors, _needed(asking, wishes, now))


def _needed(asking: Asking, wishes: Sequence[Wish], now: Situation) -> list[Counts]:
    """What floors of groups need, where the site has floors too: those of the highest rank, then
    with the next, and so on. So that what a floor of the site takes is no lower one's before a
    higher one's."""
    narrow = [floor for floor in now.floors if floor.scope != SITE]
    if len(narrow) == len(now.floors):
        return []
    return [
        _filled(asking, wishes, now, [one for one in narrow if one.rank <= rank]).given
        for rank in sorted({one.rank for one in narrow})
    ]


def _kept_anyway(asking: Asking, wishes: Sequence[Wish], now: Situation) -> bool:
    room = Room(wishes, now)
    if any(room.of(group).bind for group in {one.pool.group for one in wishes}):
        return False
    wanted: Counts = [list(one.allowed) for one in wishes]
    sold_w = 0
    for floor in now.floors:
        ask = asking.of(floor, wanted, wanted)
        if floor.rank == Rank.RESERVE:
            sold_w += floor.floor_w
            ask.missing_w = sold_w - ask.worth_w(wanted)
        if ask.missing_w > 0:
            return False
    return True


def _filled(
    asking: Asking,
    wishes: Sequence[Wish],
    now: Situation,
    floors: Sequence[Floor],
    needed: Sequence[Counts] = (),
) -> Filling:
    """The floors filled by rank; those of the site first with what others need."""
    least = cheapest(wishes)
    order = _order(wishes, now, least)
    able = [replace(one, wanted=one.most) for one in wishes]
    filling = Filling(wishes, Room(able, now))
    most = [one.most for one in wishes]
    reserved: Counts = [[0] * len(one.ladder) for one in wishes]
    asked: list[tuple[Ask, int | None]] = []
    for floor in floors:
        ask, most_cost = asking.of(floor, filling.given, reserved), _most_cost(floor, now, least)
        if floor.scope == SITE:
            filling.fill(ask, order, [list(counts) for counts in filling.given])
            for each in needed:
                filling.fill(ask, order, _larger(filling.given, each))
        filling.fill(ask, order, asking.anyway)
        filling.fill(ask, order, most, most_cost)
        asked.append((ask, most_cost))
    if any(ask.missing_w > 0 for ask, _ in asked):
        above = _order(wishes, now, least, allowed=False)
        for ask, most_cost in asked:
            short = ask
            if ask.floor.rank != Rank.RESERVE:
                short = asking.of(ask.floor, filling.given, reserved)
            # Wished all the same, so that what cuts it is known; no other floor counts on it.
            filling.fill(short, order, most, most_cost, limited=False)
            filling.fill(short, above, most, most_cost, limited=False)
    return filling


def _order(
    wishes: Sequence[Wish], now: Situation, least: Decimal | None, *, allowed: bool = True
) -> Sequence[Tranche]:
    """Those that lose least first; `allowed` are those that people allow."""
    margin = millionths(now.seen.site.economics.start_margin_per_mwh)
    ranks = [rank_of(i, one, least, allowed=allowed) for i, one in enumerate(wishes)]
    return proven_first(merit_order(tuple(ranks), margin), wishes)


def _most_cost(floor: Floor, now: Situation, least: Decimal | None) -> int | None:
    """The most that a step may lose, where the floor is weighed against money."""
    if floor.rank != Rank.RESERVE or least is None:
        return None
    program = now.seen.site.programs[floor.source]
    return millionths(program.penalty_per_mwh - least) if program.weighed else None


def _larger(given: Counts, needed: Counts) -> Counts:
    return [list(map(max, *both)) for both in zip(given, needed, strict=True)]


def _raised(wishes: Sequence[Wish], filling: Filling) -> list[Wish]:
    """Wishes for what is promised at least."""
    reasons = _reasons(wishes, filling)
    raised = list(wishes)
    for which in {promise.which for promise in filling.found}:
        one = wishes[which]
        wanted = tuple(map(max, one.wanted, filling.given[which]))
        raised[which] = replace(one, wanted=wanted, reason=reasons.get(which, one.reason))
    return raised


def _reasons(wishes: Sequence[Wish], filling: Filling) -> dict[int, Reason]:
    """By wish, the first floor for which more of a pool runs than money would have run."""
    found: dict[int, Reason] = {}
    total: dict[tuple[int, int], int] = {}
    for promise in filling.found:
        key = (promise.which, promise.rung)
        total[key] = total.get(key, 0) + promise.count
        if total[key] > wishes[promise.which].ideal[promise.rung - 1]:
            found.setdefault(promise.which, promise.reason)
    return found
