"""What prices usually do is learned from each as it comes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from math import exp
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from controller.core.habits.index import NODES, between, price_at
from controller.core.habits.learning import habits, is_late
from controller.model.base import encode, from_plain, to_plain
from controller.model.quality import Missing, Stale
from controller.model.remembered import Habits
from controller.model.seen import State
from controller.model.site import Economics
from tests.core.habits.heard import MORNING, QUARTER, a_row, after, looked
from tests.core.habits.test_index import NODE

NOTHING = a_row()
DAY = timedelta(days=1)
prices = st.sampled_from([-40.0, 0.0, 18.5, 35.0, 60.0, 95.0, 240.0, 1_900.0, 5_000.0])
series = st.lists(prices, min_size=1, max_size=60)
HOURLY: dict[str, Any] = {"interval_s": 3_600}
"""A few days of them are not many."""


def learned(known: Habits) -> dict[tuple[int, int], float]:
    """Visits by the nodes that a step led from and to."""
    rows = enumerate(known.counts)
    return {(i, j): one for i, row in rows for j, one in enumerate(row) if one}


@settings(max_examples=40)
@given(series, st.booleans())
def test_wherever_prices_stand_they_go_somewhere(path: list[float], late: bool) -> None:
    usual = after(path, late=late, **HOURLY).usual
    assert len(usual.moves) == len(usual.costs) == NODES
    for row in usual.moves:
        assert len(row) == NODES
        assert sum(row) == pytest.approx(1, abs=NODES * 1e-9)
        assert min(row) >= 0


@given(prices.filter(lambda price: price < 4_980), st.integers(1, 40), st.booleans())
def test_a_price_that_never_moves_teaches_that_it_stays(
    price: float, looks: int, late: bool
) -> None:
    known = after([price] * (looks + 1), late=late)
    at = between(known.place)
    wanted = {(at.node, at.node): looks * (1 - at.part)}
    wanted |= {(at.node + 1, at.node + 1): looks * at.part}
    assert learned(known) == pytest.approx({k: v for k, v in wanted.items() if v}, abs=1e-7)


def test_a_step_is_learned_as_far_as_it_went() -> None:
    """From node 5 to 8, of which 15 % is smoothed away: 7.55."""
    known = after([price_at(5), price_at(8)])
    assert known.place == pytest.approx(7.55, abs=1e-6)
    assert learned(known) == pytest.approx({(5, 7): 0.45, (5, 8): 0.55}, abs=1e-6)


def test_both_nodes_around_a_price_learn_its_step() -> None:
    """From 5.25 by 2.55 nodes: 5 learns 7.55, and 6 learns 8.55."""
    between_nodes = (price_at(5) + 20) * exp(0.25 * NODE) - 20
    beyond = (price_at(8) + 20) * exp(0.25 * NODE) - 20
    found = learned(after([between_nodes, beyond]))
    wanted = {(5, 7): 0.75 * 0.45, (5, 8): 0.75 * 0.55, (6, 8): 0.25 * 0.45, (6, 9): 0.25 * 0.55}
    assert found == pytest.approx(wanted, abs=1e-6)


def test_a_step_beyond_the_last_node_ends_there() -> None:
    """From 22.5 on half a node up: of node 23 it would be 23.5."""
    below = (price_at(22) + 20) * exp(0.5 * NODE) - 20
    found = learned(after([below, 90_000]))
    assert found[23, 23] == pytest.approx(0.5 * 0.999, abs=1e-3)
    assert sum(found.values()) == pytest.approx(1)


@settings(max_examples=50)
@given(series)
def test_each_step_is_one_visit(path: list[float]) -> None:
    steps = min(len(path), 22) - 1  # so many hours of a day
    known = after(path[:22], **HOURLY)
    assert sum(learned(known).values()) == pytest.approx(steps, abs=1e-6)


@pytest.mark.parametrize("later", [QUARTER * 2, QUARTER * 3, QUARTER / 3, timedelta(seconds=899)])
@pytest.mark.parametrize("late", [False, True])
def test_a_gap_in_prices_teaches_nothing(later: timedelta, late: bool) -> None:
    before = after([40, 45], late=late)
    seen = looked(300, MORNING + QUARTER + later, late=late)
    found = habits(seen, State(habits=before))
    assert found is not None
    assert (found.counts, found.paid, found.visits) == (before.counts, before.paid, before.visits)
    assert found.place > before.place
    assert found.heard_at == MORNING + QUARTER + later


def test_looking_again_teaches_nothing() -> None:
    before = after([40, 45])
    again = looked(45, MORNING + QUARTER, now=MORNING + QUARTER + timedelta(minutes=7))
    assert habits(again, State(habits=before)) is before


def test_only_the_index_follows_the_day_ahead_market_between_two_prices() -> None:
    before = after([40, 45])
    forecast: dict[str, Any] = {
        "day_ahead_per_mwh": Decimal(40),
        "day_ahead_next_per_mwh": Decimal(400),
    }
    again = looked(45, MORNING + QUARTER, now=MORNING + DAY, **forecast)
    found = habits(again, State(habits=before))
    assert found == replace(before, place=found.place if found else 0)
    assert found is not None
    assert found.place > before.place + 2


def test_an_interval_that_is_over_does_not_make_prices_late_that_were_known() -> None:
    before = after([40, 45])
    again = looked(45, MORNING + QUARTER, now=MORNING + QUARTER * 3)
    assert habits(again, State(habits=before)) is before


@pytest.mark.parametrize("price", [Missing(why="silent"), Stale(value=Decimal(9), at=MORNING)])
def test_without_a_fresh_price_it_stays_as_it_is(price: Any) -> None:
    before = after([40, 45])
    seen = replace(looked(99, MORNING + QUARTER * 2), price_per_mwh=price)
    assert habits(seen, State(habits=before)) is before
    assert habits(seen, State()) is None


def test_without_intervals_nothing_is_learned() -> None:
    assert habits(looked(40, MORNING, interval_s=0), State()) is None


@pytest.mark.parametrize(
    ("economics", "asked"),
    [
        (Economics(), False),
        (Economics(start_margin_per_mwh=Decimal(10)), False),
        (Economics(start_lost_s=1), True),
        (Economics(start_wear_per_mw=Decimal("0.01")), True),
    ],
)
def test_it_is_kept_only_where_starts_cost_something(economics: Economics, asked: bool) -> None:
    seen = looked(40, MORNING + QUARTER * 9, economics=economics)
    assert (habits(seen, State()) is not None) is asked
    assert (habits(seen, State(habits=after([40, 45]))) is not None) is asked


def test_a_new_day_makes_usual_what_was_learned_and_fades_it() -> None:
    evening = MORNING.replace(hour=23)
    known = after([40] * 4, evening)
    begun = known.usual
    assert known.usual is begun
    renewed = habits(looked(40, evening + QUARTER * 4), State(habits=known))
    assert renewed is not None
    at, faded = between(known.place), exp(-1 / 90)
    below = 1 - at.part
    assert renewed.day == known.day + 1
    assert renewed.counts[at.node][at.node] == pytest.approx(faded * 3 * below + below)
    row, prior = renewed.usual.moves[at.node], begun.moves[at.node]
    for node, learnt in enumerate(a_row((at.node, faded * 3 * below))):
        wanted = (learnt + 5 * prior[node]) / (faded * 3 * below + 5)
        assert row[node] == pytest.approx(wanted, abs=1e-8)


@given(st.integers(1, 400))
def test_each_day_fades_it(days: int) -> None:
    known = after([40] * 9, late=True)
    seen = looked(40, MORNING + QUARTER * 7 + DAY * days, late=True)
    found = habits(seen, State(habits=known))
    assert found is not None
    kept = exp(-days / 90)
    for rows, before in zip(found.counts, known.counts, strict=True):
        assert rows == pytest.approx(tuple(kept * one for one in before), abs=1e-8)
    assert found.paid == pytest.approx(tuple(kept * one for one in known.paid), abs=1e-6)
    assert found.visits == pytest.approx(tuple(kept * one for one in known.visits), abs=1e-8)


def test_within_a_day_the_usual_stays() -> None:
    begun = after([40])
    assert after([900, 40] * 30, MORNING + QUARTER, begun).usual is begun.usual


@pytest.mark.parametrize(("offset_s", "day"), [(0, 0), (-3_600, 0), (-7_200, -1), (23 * 3_600, 1)])
def test_days_are_those_of_the_site(offset_s: int, day: int) -> None:
    """It is one in the morning, UTC."""
    assert after([40], utc_offset_s=offset_s).day == MORNING.toordinal() + day


@pytest.mark.parametrize("more", [{"interval_s": 300}, {"late": True}])
def test_another_kind_of_price_begins_anew(more: dict[str, Any]) -> None:
    known = after([40, 900, 40])
    seen = looked(60, MORNING + QUARTER * 3, **more)
    found = habits(seen, State(habits=known))
    assert found == habits(seen, State())
    assert found is not None
    assert (found.usual.hours, found.usual.late) == (
        more.get("interval_s", 900) / 3_600,
        more.get("late", False),
    )


@pytest.mark.parametrize(
    ("later_s", "late"), [(0, False), (899, False), (900, True), (901, True), (5_000, True)]
)
def test_a_price_is_late_once_its_interval_is_over(later_s: int, late: bool) -> None:
    seen = looked(40, MORNING, now=MORNING + timedelta(seconds=later_s))
    assert is_late(seen) is late
    assert not is_late(replace(seen, price_per_mwh=Missing(why="silent")))


def test_at_first_the_logarithm_walks_at_random() -> None:
    """Half a unit in a quarter of an hour, and as time's root in others."""
    for interval_s, sd in ((900, 0.5), (300, 0.5 / 3**0.5), (3_600, 1.0)):
        rows = after([40], interval_s=interval_s).usual.moves
        for node, to in ((12, 12), (12, 13), (12, 9), (0, 3), (23, 21)):
            wanted = exp(-(((to - node) * NODE / sd) ** 2) / 2)
            assert rows[node][to] / rows[node][node] == pytest.approx(wanted, abs=1e-6)


def test_where_prices_are_known_an_interval_costs_what_its_node_says() -> None:
    known = after([40, 70, 30] * 40)
    assert known.usual.costs == pytest.approx([price_at(node) for node in range(NODES)])
    assert (known.paid, known.visits) == (NOTHING, NOTHING)


def test_where_they_are_late_the_mean_price_paid_is_learned() -> None:
    """The interval that begins at a node costs what is known when it is over."""
    known = after([price_at(6), 100], late=True)
    assert known.paid == pytest.approx(a_row((6, 100)), abs=1e-4)
    assert known.visits == pytest.approx(a_row((6, 1)), abs=1e-6)
    at = between(known.place)
    known = after([50], MORNING + QUARTER * 2, known, late=True)
    assert known.paid[at.node + 1] == pytest.approx(at.part * 50, abs=1e-6)
    assert known.visits[at.node + 1] == pytest.approx(at.part, abs=1e-6)
    assert known.paid[at.node] == pytest.approx((1 - at.part) * 50 + (at.node == 6) * 100)


def test_the_mean_price_paid_begins_at_that_of_the_node() -> None:
    """Five visits count for it."""
    known = after([40] * 50, late=True)
    assert known.usual.costs == pytest.approx([price_at(node) for node in range(NODES)])
    kept, at = exp(-1 / 90), between(known.place)
    seen = looked(40, MORNING + DAY, late=True)
    found = habits(seen, State(habits=known))
    assert found is not None
    for node, weight in ((at.node, 1 - at.part), (at.node + 1, at.part)):
        visits = kept * 49 * weight
        wanted = (visits * 40 + 5 * price_at(node)) / (visits + 5)
        assert found.usual.costs[node] == pytest.approx(wanted, abs=1e-5)


@settings(max_examples=25)
@given(series, st.booleans())
def test_what_is_remembered_is_read_back_bit_for_bit(path: list[float], late: bool) -> None:
    state = State(habits=after(path, late=late, **HOURLY))
    again = from_plain(msgspec.json.decode(encode(state)), State)
    assert again == state
    assert encode(again) == encode(state)
    assert from_plain(to_plain(state), State) == state
    follows = looked(77, MORNING + timedelta(hours=len(path)), late=late, **HOURLY)
    assert habits(follows, again) == habits(follows, state)


@settings(max_examples=25)
@given(series)
def test_the_same_prices_teach_the_same(path: list[float]) -> None:
    assert encode(after(path, **HOURLY)) == encode(after(path, **HOURLY))
