"""Whether it pays to stop, or to start, where a start costs something."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from controller.core.economics.steps import Step, worth_running
from controller.core.economics.tariff import Tariff
from controller.core.habits.index import NODES, between
from controller.core.habits.learning import habits
from controller.core.habits.switching import (
    NEAR,
    ROUNDS,
    cost_of_start,
    expected,
    steps_worth,
    values,
)
from controller.model.remembered import Usual
from controller.model.seen import State
from controller.model.site import Economics
from tests.core.cases.sites import NOW
from tests.core.habits.chains import Chain, chains, earned, ladders, worth_of_being_on
from tests.core.habits.heard import (
    AT_COST,
    COSTLY,
    LESSER,
    PLAIN,
    a_row,
    after,
    always,
    looked,
    offered,
    standing_at,
)

CHEAP, DEAR = always(0), always(23)
"""After any price comes one of −5, or one of 4980."""
TWO = (PLAIN, LESSER)
"""The first step has twice the power of the second."""
costs = st.builds(
    Economics,
    start_lost_s=st.integers(0, 7_200),
    start_wear_per_mw=st.integers(0, 50).map(Decimal),
).filter(lambda one: bool(one.start_lost_s or one.start_wear_per_mw))


def prior(price: float, *, late: bool = False, hours: float = 0.25) -> Usual:
    return after([price], late=late, interval_s=round(hours * 3_600)).usual


# What it comes to by hand: a start costs 28 for a MW, a quarter of an hour at 100 and wear of 3.


def test_a_start_costs_the_hashes_of_the_time_without_and_wear() -> None:
    assert cost_of_start((PLAIN,), COSTLY) == 28
    assert cost_of_start(TWO, COSTLY) == 28
    assert cost_of_start((PLAIN,), Economics(start_lost_s=3_600)) == 100
    assert cost_of_start((PLAIN,), Economics(start_wear_per_mw=Decimal("2.5"))) == 2.5
    unpaid = PLAIN._replace(break_even_per_mwh=Decimal(-7))
    assert cost_of_start((unpaid,), COSTLY) == 3


@pytest.mark.parametrize(("price", "steps"), [(100, 1), (211.9, 1), (212, 1), (212.1, 0), (900, 0)])
def test_before_a_cheap_interval_what_runs_rides_through_a_start_at_most(
    price: float, steps: int
) -> None:
    """At 212 a quarter of an hour loses 28."""
    assert steps_worth(offered(price, 1), standing_at(9.5, CHEAP), COSTLY) == steps


@pytest.mark.parametrize(("price", "steps"), [(-5, 1), (99.9, 1), (100, 1), (100.1, 0), (212, 0)])
def test_before_a_cheap_interval_what_pays_is_started(price: float, steps: int) -> None:
    assert steps_worth(offered(price, 0), standing_at(9.5, CHEAP), COSTLY) == steps


@pytest.mark.parametrize(("price", "steps"), [(89.9, 1), (90, 1), (90.1, 0)])
def test_a_start_has_to_beat_the_price_by_the_margin_too(price: float, steps: int) -> None:
    known = standing_at(9.5, CHEAP)
    assert steps_worth(offered(price, 0, margin=10), known, COSTLY) == steps
    assert steps_worth(offered(100, 1, margin=10), known, COSTLY) == 1
    assert steps_worth(offered(212, 1, margin=10), known, COSTLY) == 1


@pytest.mark.parametrize(("price", "steps"), [(-12.1, 1), (-12, 1), (-11.9, 0), (90, 0)])
def test_before_a_dear_interval_a_start_has_to_be_earned_at_once(price: float, steps: int) -> None:
    """At −12 a quarter of an hour earns 28."""
    known = standing_at(9.5, DEAR)
    assert steps_worth(offered(price, 0), known, COSTLY) == steps
    assert steps_worth(offered(price - 10, 0, margin=10), known, COSTLY) == steps


@pytest.mark.parametrize(("price", "steps"), [(100, 1), (100.1, 0)])
def test_before_a_dear_interval_nothing_is_ridden_through(price: float, steps: int) -> None:
    assert steps_worth(offered(price, 1), standing_at(9.5, DEAR), COSTLY) == steps


@pytest.mark.parametrize(("price", "steps"), [(183.9, 1), (184.1, 0)])
def test_between_two_nodes_the_worth_lies_between(price: float, steps: int) -> None:
    """From node 9 on it is cheap, from 10 on dear: a quarter of the way 21 of 28 are left, which
    are lost in a quarter of an hour at 184."""
    rows = (a_row((0, 1.0)),) * 10 + (a_row((23, 1.0)),) * (NODES - 10)
    known = standing_at(9.25, rows)
    assert steps_worth(offered(price, 1), known, COSTLY) == steps
    assert steps_worth(offered(100.1, 1), standing_at(10.0, rows), COSTLY) == 0


@pytest.mark.parametrize(("price", "steps"), [(127.9, 1), (128.1, 0)])
def test_an_hour_that_is_dear_is_worth_a_quarter_of_the_way(price: float, steps: int) -> None:
    known = standing_at(9.5, CHEAP, hours=1.0)
    assert steps_worth(offered(price, 1), known, COSTLY) == steps


@pytest.mark.parametrize(("market", "steps"), [(90.9, 1), (91.1, 0)])
def test_the_full_price_counts(market: float, steps: int) -> None:
    """91 × 2 + 30 are 212."""
    one = offered(market, 1, tariff=Tariff(Decimal(2), Decimal(30)))
    assert steps_worth(one, standing_at(9.5, CHEAP), COSTLY) == steps


def test_the_worth_of_later_intervals_has_the_full_price_too() -> None:
    """−5 twice and 120 on top are 110: even the cheapest costs more than it earns."""
    one = offered(-9.9, 1, tariff=Tariff(Decimal(2), Decimal(120)))
    assert steps_worth(one, standing_at(9.5, CHEAP), COSTLY) == 0


@pytest.mark.parametrize(
    ("price", "running", "steps"),
    [(79, 0, 2), (79, 1, 2), (81, 0, 1), (81, 2, 1), (80, 2, 2), (150, 2, 1), (150, 1, 1)],
)
def test_once_it_runs_further_steps_are_those_that_pay(
    price: float, running: int, steps: int
) -> None:
    known = standing_at(9.5, CHEAP)
    assert steps_worth(offered(price, running, ladder=TWO), known, COSTLY) == steps


def test_only_further_steps_have_to_beat_the_margin_where_the_first_runs() -> None:
    known = standing_at(9.5, CHEAP)
    assert steps_worth(offered(75, 1, ladder=TWO, margin=10), known, COSTLY) == 1
    assert steps_worth(offered(75, 2, ladder=TWO, margin=10), known, COSTLY) == 2
    assert steps_worth(offered(70, 0, ladder=TWO, margin=10), known, COSTLY) == 2


@pytest.mark.parametrize(("price", "steps"), [(18.6, 2), (18.7, 0)])
def test_further_steps_help_to_earn_a_start(price: float, steps: int) -> None:
    """A quarter of an hour of 100 − p and, of half the power, 80 − p: 28 at p = 18.67."""
    assert steps_worth(offered(price, 0, ladder=TWO), standing_at(9.5, DEAR), COSTLY) == steps


def test_they_help_however_little_they_earn() -> None:
    """111.8 and half of 0.8 are 112.2, a quarter of which is 28.05; the first alone earns 27.95."""
    little = LESSER._replace(break_even_per_mwh=Decimal(-11))
    known = standing_at(9.5, DEAR)
    assert steps_worth(offered(-11.8, 0, ladder=(PLAIN, little)), known, COSTLY) == 2
    assert steps_worth(offered(-11.8, 0), known, COSTLY) == 0


@pytest.mark.parametrize(
    ("mean", "running", "steps"),
    [(99, 1, 1), (101, 0, 0), (101, 1, 1), (212, 1, 1), (213, 1, 0), (100, 0, 1)],
)
def test_where_prices_are_late_the_mean_is_reckoned_with(
    mean: float, running: int, steps: int
) -> None:
    """Afterwards it costs nothing. The last price says nothing but where prices stand."""
    paid = (0.0, *(mean for _ in range(NODES - 1)))
    known = standing_at(9.5, CHEAP, costs=paid, late=True)
    for last in (-50, 40, 99, 101, 3_000):
        assert steps_worth(offered(last, running), known, COSTLY) == steps


def test_the_mean_lies_between_those_of_two_nodes() -> None:
    known = standing_at(3.25, CHEAP, costs=tuple(10.0 * node for node in range(NODES)), late=True)
    assert expected(known) == Decimal("32.5")


# What holds of any chain.


@given(chains(), ladders(), costs, st.integers(0, 8))
def test_being_on_is_worth_no_less_than_nothing_and_no_more_than_a_start(
    chain: Chain, ladder: tuple[Step, ...], economics: Economics, adder: int
) -> None:
    found = values(chain.usual, ladder, Tariff(Decimal(1), Decimal(adder)), economics)
    assert found.start == cost_of_start(ladder, economics)
    assert len(found.later) == NODES
    assert min(found.later) >= 0
    assert max(found.later) <= found.start * (1 + 1e-9)


@given(chains(anywhere=0.5), ladders(), costs)
def test_one_more_round_changes_next_to_nothing(
    chain: Chain, ladder: tuple[Step, ...], economics: Economics
) -> None:
    start, later = values(chain.usual, ladder, AT_COST, economics)
    for row, before in zip(chain.moves, later, strict=True):
        again = 0.0
        for part, price, ahead in zip(row, chain.prices, later, strict=True):
            again += part * min(max(chain.hours * earned(ladder, price) + ahead, 0.0), start)
        assert abs(again - before) <= NEAR * start * 1.001


def test_it_is_near_at_a_thousandth_within_200_rounds() -> None:
    """Prices stay at 4 less than it earns: each round a quarter of 4 more, until it is 28."""
    assert (NEAR, ROUNDS) == (1e-3, 200)
    stays = tuple(a_row((node, 1.0)) for node in range(NODES))
    usual = Usual(hours=0.25, late=True, moves=stays, costs=(96.0,) * NODES)
    assert values(usual, (PLAIN,), AT_COST, COSTLY).later == (28.0,) * NODES
    slow = Usual(hours=0.25, late=True, moves=stays, costs=(99.88,) * NODES)
    assert values(slow, (PLAIN,), AT_COST, COSTLY).later == pytest.approx((6.0,) * NODES)
    still = Usual(hours=0.25, late=True, moves=stays, costs=(99.9,) * NODES)
    assert values(still, (PLAIN,), AT_COST, COSTLY).later == pytest.approx((0.025,) * NODES)


@settings(max_examples=60)
@given(
    chains(anywhere=0.5),
    ladders(),
    costs,
    st.floats(0, 22.999),
    st.integers(-100, 800),
    st.integers(0, 3),
    st.sampled_from([0, 5, 20]),
)
def test_it_is_what_the_dynamic_programme_says(
    chain: Chain,
    ladder: tuple[Step, ...],
    economics: Economics,
    place: float,
    market: int,
    running: int,
    margin: int,
) -> None:
    """Iterated to its end, from nothing and without the shortcuts; within a hundredth of a start
    of indifference either will do."""
    running = min(running, len(ladder))
    known = standing_at(place, chain.moves, costs=chain.costs, late=chain.late, hours=chain.hours)
    start = cost_of_start(ladder, economics)
    at = between(place)
    later = worth_of_being_on(chain, ladder, start)
    price = at.of(chain.costs) if chain.late else float(market)
    gained = chain.hours * earned(ladder, price) + at.of(tuple(later))
    due = 0.0 if running else start + chain.hours * margin
    assume(abs(gained - due) > 0.01 * start)
    mean = Decimal(repr(round(price, 9)))
    pays = worth_running(ladder, mean, running, Decimal(margin))
    wanted = 0
    if gained >= due and (running or pays):
        wanted = max(1, pays)
    one = offered(market, running, ladder=ladder, margin=margin)
    assert steps_worth(one, known, economics) == wanted


@given(chains(), costs, st.floats(0, 22.999), st.integers(-50, 300), st.integers(0, 20))
def test_what_pays_runs_on_and_what_does_not_is_never_started(
    chain: Chain, economics: Economics, place: float, price: int, margin: int
) -> None:
    known = standing_at(place, chain.moves, hours=chain.hours)
    on = steps_worth(offered(price, 1, margin=margin), known, economics)
    off = steps_worth(offered(price, 0, margin=margin), known, economics)
    assert off <= on
    if price <= 100:
        assert on == 1
    if price > 100 - margin:
        assert off == 0


@given(
    chains(),
    ladders(),
    st.floats(0, 22.999),
    st.integers(-100, 400),
    st.integers(0, 3),
    st.integers(0, 20),
)
def test_a_start_that_costs_nothing_leaves_the_rule_of_every_strike_price(
    chain: Chain, ladder: tuple[Step, ...], place: float, price: int, running: int, margin: int
) -> None:
    full = Decimal(price) + Decimal("0.5")  # at no break-even
    known = standing_at(place, chain.moves, hours=chain.hours)
    one = offered(full, min(running, len(ladder)), ladder=ladder, margin=margin)
    plain = worth_running(ladder, full, one.running, one.margin_per_mwh)
    assert steps_worth(one, known, Economics()) == plain


def thresholds(lost_s: int, *, late: bool, hours: float) -> tuple[int, int]:
    """The highest price at which what runs goes on, and at which what is off starts, of those that
    usually do what they do at first."""
    economics = Economics(start_lost_s=lost_s)
    interval = timedelta(hours=hours)
    found = []
    for running in (1, 0):
        last = -1_000
        for price in range(-20, 320, 4):
            at = NOW - interval
            seen = looked(price, at, late=late, interval_s=interval.seconds, economics=economics)
            known = habits(seen, State())
            assert known is not None
            if steps_worth(offered(price, running), known, economics):
                assert last in (-1_000, price - 4), "one price on which it turns"
                last = price
        found.append(last)
    return found[0], found[1]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("hours", [1 / 12, 0.25, 1.0])
def test_dearer_starts_are_ridden_through_longer_and_waited_for_longer(
    late: bool, hours: float
) -> None:
    found = [thresholds(lost_s, late=late, hours=hours) for lost_s in (1, 120, 900, 1_800, 3_600)]
    stops, starts = zip(*found, strict=True)
    assert list(stops) == sorted(stops)
    assert list(starts) == sorted(starts, reverse=True)
    assert stops[0] <= 104 < stops[-1]
    assert starts[-1] < 96 <= starts[0]


def test_what_prices_usually_do_decides_what_is_ridden_through() -> None:
    """A month in which a quarter of an hour at 160 was over at once teaches to run on through it;
    one in which it lasted for hours teaches to stop."""
    spikes, blocks = ([40.0] * 7 + [160.0]) * 12, [40.0] * 48 + [160.0] * 48
    found = []
    for path in (spikes, blocks):
        known = None
        for day in range(1, 29):
            known = after(path, NOW.replace(day=day, hour=0), known)
        now = after([40.0, 160.0], NOW.replace(day=29, hour=0), known)
        found.append(steps_worth(offered(160, 1), now, COSTLY))
    assert found == [1, 0]
