"""Which steps make up the floors: they are granted before all others.

Floors are filled one after another by rank: first by the steps that would be granted without any
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

from controller.core.economics.steps import millionths
from controller.core.limits.floors import Rank
from controller.core.planning.asking import Asking
from controller.core.planning.filling import Counts, Filling
from controller.core.planning.promises import Promise
from controller.core.planning.room import Room
from controller.core.planning.sharing import cheapest, merit_order, rank_of
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
    filling = _filled(asking, wishes, now, now.floors, _needed(asking, wishes, now))
    return _raised(wishes, filling), filling.found


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
    room = Room(wishes, now.limits, now.fixed_w, now.seen.site)
    if any(any(room.of(group)) for group in {one.pool.group for one in wishes}):
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
    site = now.seen.site
    least = cheapest(wishes)
    margin = millionths(site.economics.start_margin_per_mwh)
    order = merit_order(tuple(rank_of(i, one, least) for i, one in enumerate(wishes)), margin)
    able = [replace(one, wanted=one.most) for one in wishes]
    filling = Filling(wishes, order, Room(able, now.limits, now.fixed_w, site))
    most = [one.most for one in wishes]
    reserved: Counts = [[0] * len(one.ladder) for one in wishes]
    for floor in floors:
        ask = asking.of(floor, filling.given, reserved)
        if floor.scope == SITE:
            filling.fill(ask, [list(counts) for counts in filling.given])
            for each in needed:
                filling.fill(ask, _larger(filling.given, each))
        filling.fill(ask, asking.anyway)
        most_cost = None
        if floor.rank == Rank.RESERVE and least is not None:
            program = site.programs[floor.source]
            most_cost = millionths(program.penalty_per_mwh - least) if program.weighed else None
        filling.fill(ask, most, most_cost)
        filling.fill(ask, most, most_cost, limited=False)
    return filling


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
