"""What economics would have a pool do, and who asks on for a group without income."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as with_
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.planning.probes import with_probes
from controller.core.planning.wishes import Wish, wish
from controller.model.grid import SITE, ManualOrder
from controller.model.quality import Missing
from controller.model.remembered import Unpaid
from controller.model.seen import Snapshot, State
from controller.model.site import Group
from controller.model.tariff import Consent, Hosting
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.optimum import Hall, Problem, snapshot
from tests.core.test_planning import long, situation

HOLD = ManualOrder(
    id="o",
    scope=SITE,
    hold=True,
    person="Ada",
    why="a test",
    issued_at=NOW,
    until=NOW + timedelta(hours=1),
)
LOST = State(unpaid={"hall-0": Unpaid(since=NOW)})


def wished(
    hall: Hall,
    price: str,
    state: State | None = None,
    standstill: Reason | None = None,
    *,
    margin: int = 0,
    **more: Any,
) -> Wish:
    problem = Problem((hall,), 99_000, price=Decimal(price))
    seen = replace(snapshot(problem), **more)
    economics = replace(seen.site.economics, start_margin_per_mwh=Decimal(margin))
    seen = replace(seen, site=replace(seen.site, economics=economics))
    (pool,) = situation(problem)[0].pools
    return wish(pool, seen, state or State(), standstill)


@pytest.mark.parametrize(("running", "wanted"), [(1, 1), (2, 2), (9, 2)])
def test_only_a_step_that_was_let_run_is_spared_the_start_margin(running: int, wanted: int) -> None:
    """The second step breaks even at 125 $/MWh, the third at 75; of a curve that has fewer steps
    now all were let run."""
    state = State(running={"hall-0/long": running})
    one = wished(long(2), "120", state, margin=10)
    assert (one.worth, one.wanted) == (wanted, (2,) * wanted + (0,) * (3 - wanted))


def test_what_was_let_run_is_wished_again_once_it_can_be_told_anything() -> None:
    state = State(running={"hall-0/long": 2})
    one = wished(long(2), "120", state, Reason.STARTING)
    assert (one.wanted, one.ideal) == ((2, 0, 0), (2, 2, 0))


@pytest.mark.parametrize("client_per_mwh", [None, Decimal(60)])
def test_where_nothing_is_decided_what_is_there_goes_on_and_the_cause_is_named(
    client_per_mwh: Decimal | None,
) -> None:
    hall = Hall("long", 2, 1, client_per_mwh=client_per_mwh)
    one = wished(hall, "500", standstill=Reason.STARTING)
    assert (one.wanted, one.reason) == ((2, 0, 0), Reason.STARTING)
    silent = Missing(why="silent")
    unknown = wished(hall, "500", standstill=Reason.PRICE_UNKNOWN, price_per_mwh=silent)
    assert (unknown.wanted, unknown.reason) == ((2, 0, 0), Reason.PRICE_UNKNOWN)


def test_without_income_a_step_earns_nothing_at_all() -> None:
    """At a hashprice of 60 the first step breaks even at 150 $/MWh, at one of 1 at 2.5."""
    assert wished(long(2), "1").wanted == (2, 2, 2)
    one = wished(long(2), "1", LOST)
    assert (one.wanted, one.reason) == ((0, 0, 0), Reason.INCOME_LOST)
    assert wished(long(2), "0", LOST).wanted == (2, 2, 2)


def test_without_income_nobody_has_to_know_the_hashprice() -> None:
    silent = Missing(why="silent")
    why = Reason.HASHPRICE_UNKNOWN
    one = wished(long(2), "1", LOST, why, hashprice_per_ph_day=silent)
    assert (one.wanted, one.reason) == ((0, 0, 0), Reason.INCOME_LOST)
    paid = wished(long(2), "500", State(), why, hashprice_per_ph_day=silent)
    assert (paid.wanted, paid.reason) == ((2, 0, 0), why)


@pytest.mark.parametrize("why", [Reason.METER_SILENT, Reason.SIGNAL_SILENT])
def test_a_silence_stops_what_loses_money_and_starts_nothing(why: Reason) -> None:
    assert wished(long(2), "500", standstill=why).wanted == (0, 0, 0)
    assert wished(long(2), "50", standstill=why).wanted == (2, 0, 0)


def test_without_a_hashprice_what_does_not_hang_on_it_stops_and_nothing_starts() -> None:
    silent, why = Missing(why="silent"), Reason.HASHPRICE_UNKNOWN
    hall = Hall("long", 2, 1, client_per_mwh=Decimal(60))
    for price, wanted in (("61", (0, 0, 0)), ("60", (2, 0, 0))):
        one = wished(hall, price, standstill=why, hashprice_per_ph_day=silent)
        assert one.wanted == wanted


def test_while_a_person_holds_the_site_money_moves_nothing() -> None:
    for price in ("50", "500"):
        one = wished(long(2), price, orders={"o": HOLD})
        assert (one.wanted, one.reason) == ((2, 0, 0), Reason.HELD_BY_PERSON)


@pytest.mark.parametrize(
    ("consent", "wanted", "money", "last"),
    [
        (Consent.PRICE, (0, 0, 0), Reason.UNPROFITABLE, False),
        (Consent.LIMITS, (2, 2, 2), Reason.CONSENT, False),
        (Consent.LAST, (2, 2, 2), Reason.CONSENT, True),
    ],
)
def test_what_a_client_agreed_to_decides_what_money_stops(
    consent: Consent, wanted: tuple[int, ...], money: Reason, *, last: bool
) -> None:
    hall, pays = Hall("long", 2, 1), Decimal(60)
    site = snapshot(Problem((hall,), 99_000)).site
    groups = {"hall-0": Group(hosting=Hosting(client="Ada", price_per_mwh=pays, consent=consent))}
    for price, wish_of in (("61", wanted), ("60", (2, 2, 2))):
        one = wished(hall, price, site=replace(site, groups=groups))
        assert (one.wanted, one.money, one.last) == (wish_of, money, last)
        assert one.client_per_mwh == pays
    assert wished(hall, "61").client_per_mwh is None


def test_a_wish_is_for_what_can_be_moved_and_ideally_for_all_that_pays() -> None:
    """At 100 $/MWh two steps pay. Of two miners one is pinned at the first."""
    problem = Problem((long(2),), 99_000, price=Decimal(100))
    now, (one,) = situation(problem)
    assert (one.most, one.ideal, one.hindered) == ((2, 2, 2), (2, 2, 0), False)
    counts = one.pool.counts._replace(free=(1, 1, 0, 0), pinned=(1, 1, 0, 0))
    pool = with_(one.pool, counts=counts)
    two = wish(pool, now.seen, now.state, None)
    assert (two.most, two.wanted, two.ideal) == ((2, 1, 1), (2, 1, 0), (2, 2, 0))
    assert two.hindered
    free = two.unhindered()
    assert (free.wanted, free.most, free.hindered) == ((2, 2, 0), (2, 2, 2), False)
    still = wish(pool, now.seen, now.state, Reason.STARTING)
    assert still.most == (2, 0, 0)
    assert with_(one, wanted=(1, 0, 0)).hindered, "some miner waits"
    assert with_(one, most=(2, 2, 1)).hindered, "some miner cannot be moved"


def test_of_what_is_wished_people_allow_what_is_not_above_the_ceiling() -> None:
    _, (one,) = situation(Problem((long(2),), 99_000))
    for ceiling, allowed in ((0, (0, 0, 0)), (1, (2, 0, 0)), (3, (2, 2, 2))):
        assert with_(one, pool=with_(one.pool, ceiling=ceiling)).allowed == allowed


# Who asks on.


def asking(*halls: Hall, held: bool = False) -> tuple[Snapshot, list[Wish]]:
    """The halls are pools of one group that has lost its income, and nobody is to run."""
    now, wishes = situation(Problem(halls, 99_000))
    mine = [
        with_(one, pool=with_(one.pool, group="hall-0"), wanted=(0,) * len(one.wanted))
        for one in wishes
    ]
    return replace(now.seen, orders={"o": HOLD} if held else {}), mine


def asked(seen: Snapshot, wishes: Sequence[Wish]) -> list[int]:
    return [one.wanted[0] for one in with_probes(list(wishes), seen, LOST)]


def running(curve: str) -> Hall:
    return Hall(curve, 2, 1)


def off(curve: str) -> Hall:
    return Hall(curve, 2, 0)


@pytest.mark.parametrize(
    ("halls", "found"),
    [
        ((running("short"), running("long")), [0, 1]),  # The one that uses power best,
        ((running("long"), running("short")), [1, 0]),
        ((off("long"), running("short")), [0, 1]),  # of those that run already,
        ((off("short"), off("long")), [0, 1]),  # else of all.
        ((off("long"), off("long")), [1, 0]),
        ((running("two"), running("long")), [0, 1]),  # A curve may have one step only,
        ((running("two"), running("short")), [0, 1]),  # and the larger one is not the better.
    ],
)
def test_the_best_of_those_that_run_asks_on(halls: Sequence[Hall], found: list[int]) -> None:
    assert asked(*asking(*halls)) == found


def test_nobody_asks_on_where_some_pool_of_the_group_runs_anyway() -> None:
    seen, (one, other) = asking(running("long"), running("long"))
    assert asked(seen, [one, with_(other, wanted=(2, 0, 0))]) == [0, 2]
    assert asked(seen, [with_(one, wanted=(2, 0, 0)), other]) == [2, 0]


def test_nobody_asks_on_whom_people_keep_off_or_who_cannot_be_moved() -> None:
    seen, (one, other) = asking(running("long"), running("short"))
    stopped, fixed = with_(one, pool=with_(one.pool, ceiling=0)), with_(one, most=(0, 0, 0))
    for unable in (stopped, fixed):
        assert asked(seen, [unable, other]) == [0, 1]
        assert asked(seen, [unable]) == [0]


def test_who_can_take_but_the_first_step_asks_on_and_it_is_wished_ideally_too() -> None:
    seen, (one,) = asking(running("long"))
    low = with_(one, most=(2, 0, 0), ideal=(0, 0, 0))
    (found,) = with_probes([low], seen, LOST)
    assert (found.wanted, found.ideal) == ((1, 0, 0), (1, 0, 0))
    (found,) = with_probes([with_(one, ideal=(2, 1, 0))], seen, LOST)
    assert (found.wanted, found.ideal) == ((1, 0, 0), (2, 1, 0))


def test_no_other_group_asks_on_for_one_without_income() -> None:
    seen, (one, other) = asking(running("short"), running("long"))
    elsewhere = with_(other, pool=with_(other.pool, group="hall-1"))
    assert asked(seen, [one, elsewhere]) == [1, 0]


def test_while_a_person_holds_the_site_nobody_asks_on() -> None:
    assert asked(*asking(running("long"))) == [1]
    assert asked(*asking(running("long"), held=True)) == [0]
