"""How promises, those that money leaves alone and clients that go last draw upon what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as with_
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.planning.promises import Promise
from controller.core.planning.room import Cut
from controller.core.planning.sharing import Share, cheapest, rank_of, share
from controller.core.planning.wishes import Wish
from controller.model.grid import SITE, Limit
from controller.reasons import Reason
from tests.core.optimum import Hall, Problem
from tests.core.test_planning import long, situation, weighed

STANDBY_W, STEP_W = 25, 1_000


def of(*halls: Hall, steps: int, price: int = 50) -> Problem:
    """Room for so many steps of all halls together."""
    room_w = sum(hall.miners for hall in halls) * STANDBY_W + steps * STEP_W
    return Problem(halls, room_w, price=Decimal(price))


def firsts(found: Sequence[Share]) -> list[int]:
    return [one.granted[0] for one in found]


# Promises: first to those that run, then to those that would start.

ROOM_FOR_THREE = 3_667
"""A tenth is headroom, a quarter of that more for starts: 3,300 W are left for what runs, 3,208 W
for starts."""


@pytest.mark.parametrize(
    ("level", "promised", "granted"),
    [
        (1, 3, [3, 0]),  # all three run, and there is room for them,
        (1, 1, [1, 2]),  # none beyond the promise goes before what earns more,
        (0, 3, [2, 1]),  # two may start, and a third could only go on running,
        (0, 1, [1, 2]),
        (0, 0, [0, 3]),
    ],
)
def test_a_promise_is_kept_by_those_that_run_and_then_by_starts(
    level: int, promised: int, granted: list[int]
) -> None:
    """Ten miners at 25 W leave 3,050 W for what runs and 2,958 W for starts. Those of the second
    hall run and earn 50 $/MWh more."""
    halls = Hall("long", 5, level, adder=Decimal(50)), long(5)
    now, wishes = situation(Problem(halls, ROOM_FOR_THREE))
    site = replace(now.seen.site, headroom=Decimal("0.1"))
    now = with_(now, seen=replace(now.seen, site=site))
    promises = [Promise(0, 1, promised, Reason.HEAT, "h")] if promised else []
    assert firsts(share(wishes, promises, now)) == granted


# Those that run and that money leaves alone, before starts that earn more.


def resting(one: Wish) -> Wish:
    """All its miners stand at the first rung, pinned there."""
    pool, size = one.pool, one.pool.size
    held, nobody = (size, size, 0, 0), (0, 0, 0, 0)
    counts = pool.counts._replace(free=nobody, pinned=held, protected=held)
    return with_(one, pool=with_(pool, counts=counts), wanted=held[1:])


def protecting(steps: int, promises: Sequence[Promise] = ()) -> list[int]:
    """What is granted to two that money leaves alone, to two starts that earn 50 $/MWh more, and to
    two that earn 10 $/MWh less."""
    halls = long(2, adder=10), Hall("long", 2, 0), Hall("long", 2, 0, adder=Decimal(20))
    now, (first, *others) = situation(of(*halls, steps=steps))
    alone = [with_(one, wanted=(2, 0, 0)) for one in others]
    return firsts(share([resting(first), *alone], promises, now))


@pytest.mark.parametrize(
    ("steps", "granted"),
    [(1, [1, 0, 0]), (2, [2, 0, 0]), (3, [2, 1, 0]), (4, [2, 2, 0]), (5, [2, 2, 1])],
)
def test_starts_that_earn_more_leave_the_room_of_what_money_leaves_alone(
    steps: int, granted: list[int]
) -> None:
    assert protecting(steps) == granted


def test_what_a_promise_has_kept_already_is_not_protected_again() -> None:
    assert protecting(4, [Promise(0, 1, 2, Reason.HEAT, "h")]) == [2, 2, 0]
    assert protecting(3, [Promise(0, 1, 1, Reason.HEAT, "h")]) == [2, 1, 0]


def test_once_their_turn_has_come_others_may_start_in_what_they_leave() -> None:
    """The starts that earn 10 $/MWh more come after them by a start margin of 20."""
    halls = long(2, adder=10), Hall("long", 2, 0), Hall("long", 2, 0, adder=Decimal(20))
    now, (first, *others) = situation(of(*halls, steps=3))
    economics = replace(now.seen.site.economics, start_margin_per_mwh=Decimal(20))
    now = with_(now, seen=replace(now.seen, site=replace(now.seen.site, economics=economics)))
    alone = [with_(one, wanted=(2, 0, 0)) for one in others]
    assert firsts(share([resting(first), *alone], (), now)) == [2, 1, 0]


# What goes first otherwise, and what may not start.


def test_of_steps_that_earn_the_same_what_runs_goes_first() -> None:
    now, wishes = situation(of(Hall("long", 1, 0), long(1), steps=1))
    assert firsts(share(wishes, (), now)) == [0, 1]


@pytest.mark.parametrize(
    ("room_w", "granted"),
    [
        (699, (0, 0, 0)),
        (700, (1, 0, 0)),
        (1_899, (1, 0, 0)),
        (1_900, (1, 1, 0)),
        (3_530, (1, 1, 1)),
    ],
)
def test_every_step_takes_its_own_watts(room_w: int, granted: tuple[int, ...]) -> None:
    """Off it draws 20 W, at its levels 700, 1,900 and 3,530 W."""
    now, wishes = situation(Problem((Hall("four", 1, 0),), room_w))
    assert share(wishes, (), now)[0].granted == granted


# Clients from whom a limit takes power last, beside a limit that is weighed against money.


def last(one: Wish, pays: int) -> Wish:
    """Its miners are a client's, and each step breaks even at what the client pays."""
    merit = pays * 1_000_000
    ladder = [step._replace(break_even_per_mwh=Decimal(pays), merit=merit) for step in one.ladder]
    wanted = (one.pool.size, 0, 0)
    return with_(one, last=True, ladder=tuple(ladder), wanted=wanted)


def beyond(surcharge: int, pays: int, *, scope: str = SITE, own: int = 2) -> list[int]:
    """What is granted to two of a client at 50 $/MWh, where no step is below the surcharge: beside
    it two of the site's own that break even at 150 $/MWh, and two at 112.5."""
    halls = long(2), long(2), Hall("short", 2, 1)
    now, (client, best, other) = situation(Problem(halls, 99_000))
    best = with_(best, wanted=(own, 0, 0))
    limit = weighed(50 if scope != SITE else 150, str(surcharge), scope)
    found = share([last(client, pays), best, other], (), with_(now, limits=(*now.limits, limit)))
    return firsts(found)[:2]


@pytest.mark.parametrize(
    ("surcharge", "pays", "granted"),
    [
        (100, 60, [2, 2]),  # The best of the others earns 100 beyond the price: so does the client.
        (101, 60, [0, 0]),
        (150, 200, [2, 0]),  # It pays more than others earn.
        (151, 200, [0, 0]),
    ],
)
def test_a_client_that_goes_last_runs_on_where_the_best_of_others_would(
    surcharge: int, pays: int, granted: list[int]
) -> None:
    assert beyond(surcharge, pays) == granted


def test_others_that_would_not_run_anyway_keep_no_client_running() -> None:
    """Then the best breaks even at 112.5 $/MWh and earns 62.5."""
    assert beyond(90, 60, own=0) == [0, 0]
    assert beyond(62, 60, own=0) == [2, 0]


def test_others_that_the_limit_does_not_bind_keep_no_client_running() -> None:
    assert beyond(90, 60, scope="hall-0") == [0, 2]
    assert beyond(10, 60, scope="hall-0") == [2, 2]


def test_what_another_client_pays_keeps_no_client_running() -> None:
    now, (poor, rich) = situation(Problem((long(2), long(2)), 99_000))
    limits = (*now.limits, weighed(100, "100"))
    wishes = [last(poor, 60), last(rich, 200)]
    assert firsts(share(wishes, (), with_(now, limits=limits))) == [0, 2]


def test_what_people_allow_nothing_keeps_no_client_running() -> None:
    now, (client, own) = situation(Problem((long(2), long(2)), 99_000))
    limits = (*now.limits, weighed(100, "100"))
    stopped = with_(own, pool=with_(own.pool, ceiling=0))
    wishes = [last(client, 60), stopped]
    assert firsts(share(wishes, (), with_(now, limits=limits))) == [0, 0]


def test_no_step_of_the_sites_own_goes_beyond_a_surcharge_for_another_ones_sake() -> None:
    """The first steps earn 100 $/MWh beyond the price, the second 75."""
    now, wishes = situation(Problem((long(2),), 99_000))
    limits = (*now.limits, weighed(1_050, "90"))
    (one,) = share(wishes, (), with_(now, limits=limits))
    assert one.granted == (2, 0, 0)


# What is said to have cut, and in which order.


def cuts(problem: Problem, *limits: Limit, ceiling: int = 3) -> dict[int, Cut]:
    now, (one,) = situation(problem)
    wishes = [with_(one, pool=with_(one.pool, ceiling=ceiling))]
    (found,) = share(wishes, (), with_(now, limits=(*now.limits, *limits)))
    return dict(found.cut)


def test_what_cuts_a_step_cuts_those_above_it_that_are_wished() -> None:
    limit = Cut(Reason.IMPORT_LIMIT)
    assert cuts(of(long(2), steps=1)) == {1: limit, 2: limit, 3: limit}
    assert cuts(of(long(2), steps=1, price=130)) == {1: limit}, "at 130 $/MWh one step pays"
    assert cuts(of(long(2), steps=2, price=50)) == {2: limit, 3: limit}


def test_what_cuts_a_step_cuts_those_above_it_that_are_promised_too() -> None:
    """The site is 1 W over its limit. The feeder has 5 W left, but not for starts beside one that
    money leaves alone, so that it is what cuts the first step, promised or not."""
    first, second = Hall("long", 1, 0, limit_w=2 * STANDBY_W + 5), long(1, adder=50)
    now, (one, other) = situation(Problem((first, second), 2 * STANDBY_W - 1))
    alone = resting(with_(other, pool=with_(other.pool, group=one.pool.group)))
    feeder = Cut(Reason.GROUP_LIMIT)
    for promised in ((), (1,), (1, 2)):
        promises = [Promise(0, rung, 1, Reason.HEAT, "h") for rung in promised]
        found, _ = share([with_(one, wanted=(1, 1, 0)), alone], promises, now)
        assert found.cut == {1: feeder, 2: feeder}, promised


def test_people_cut_what_is_wished_above_the_level_that_they_allow() -> None:
    """At 100 $/MWh two of the three steps pay."""
    person = Cut(Reason.MANUAL_ORDER)
    assert cuts(of(long(2), steps=9, price=50), ceiling=1) == {2: person, 3: person}
    assert cuts(of(long(2), steps=9, price=100), ceiling=1) == {2: person}
    assert cuts(of(long(2), steps=9, price=100), ceiling=3) == {}


def test_steps_above_what_people_allow_have_a_rank_only_where_all_count() -> None:
    _, (one,) = situation(Problem((long(2),), 99_000))
    low = with_(one, pool=with_(one.pool, ceiling=1))
    merits = (150_000_000, 125_000_000, 75_000_000)
    assert rank_of(0, low, None).merits == merits[:1]
    assert rank_of(0, low, None, allowed=False).merits == merits
    assert rank_of(0, low, Decimal(40)).merits == (140_000_000,), "10 $/MWh dearer than the least"


def test_the_least_price_is_known_where_that_of_all_is() -> None:
    _, (one, other) = situation(Problem((long(2), long(2, adder=5)), 99_000))
    assert cheapest([other, one]) == Decimal(50)
    assert cheapest([other]) == Decimal(55)
    assert cheapest([one, with_(other, price_per_mwh=None)]) is None
    assert cheapest([]) is None
