"""Conservation: however time is cut into cycles, readings and intervals, nothing is lost."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from controller.core.books.intervals import microseconds
from controller.core.books.settlement import Accrual, count
from controller.model.plan import Curtailed
from controller.reasons import Reason
from tests.core.cycles import RULES, Cycle, booked, cycle, meter, moment

LONGEST = RULES.gap_s
US_PER_HOUR = 3_600_000_000
PRICES = st.decimals(-250, 5_000, places=2) | st.none()
CAUSES = st.dictionaries(
    st.sampled_from([Reason.UNPROFITABLE, Reason.DISPATCH, Reason.IMPORT_LIMIT]),
    st.builds(
        Curtailed,
        power_w=st.integers(0, 200_000),
        hashrate_ths=st.decimals(0, 10_000, places=3),
    ),
    max_size=2,
)
STEPS = st.lists(
    st.tuples(
        st.floats(0.001, LONGEST),
        st.fixed_dictionaries(
            {
                "price": PRICES,
                "power_w": st.integers(-1_000, 300_000) | st.none(),
                "hashing": st.integers(0, 30),
                "curtailed": CAUSES,
            }
        ),
    ),
    min_size=2,
    max_size=40,
)


def told(steps: list[tuple[float, dict[str, Any]]], start: float = 0) -> list[Cycle]:
    cycles = []
    for seconds, same in steps:
        cycles.append(cycle(start, **same))
        start += seconds
    return cycles


def repeated_at(known: Cycle, seconds: float) -> Cycle:
    """The same cycle again at another moment."""
    seen, plan = known
    return replace(seen, now=moment(seconds)), replace(plan, at=moment(seconds))


@settings(deadline=None)
@given(steps=STEPS, start=st.floats(0, 900), cut=st.floats(0, 1))
def test_to_decide_once_more_in_between_changes_nothing(
    steps: list[tuple[float, dict[str, Any]]], start: float, cut: float
) -> None:
    cycles = told(steps, start)
    cutup = []
    at = start
    for (seconds, _), known in zip(steps, cycles, strict=True):
        cutup += [known, repeated_at(known, at + cut * seconds)]
        at += seconds
    end = cycle(at + 5_000)
    plain, again = booked([*cycles, end])[1], booked([*cutup[:-1], end])[1]
    assert plain == again


@settings(deadline=None)
@given(steps=STEPS, start=st.floats(0, 900))
def test_the_curtailed_energy_of_all_intervals_is_power_by_time(
    steps: list[tuple[float, dict[str, Any]]], start: float
) -> None:
    cycles = told(steps, start)
    expected = {reason: Decimal(0) for reason in Reason}
    for (seen, plan), (following, _) in pairwise(cycles):
        for reason, one in plan.curtailed.items():
            hours = Decimal(microseconds(seen.now, following.now)) / US_PER_HOUR
            expected[reason] += one.power_w * hours
    acc, settled = booked(cycles)
    found = {reason: Decimal(0) for reason in Reason}
    for part in (each for each in acc.parts if each.closed is None):
        for reason, tally in part.curtailed.items():
            found[reason] += Decimal(tally.power_us) / US_PER_HOUR
    for each in settled:
        for reason, curtailed in each.interval.curtailed.items():
            found[reason] += curtailed.energy_wh
    for reason in Reason:
        assert abs(found[reason] - expected[reason]) < Decimal("1e-15")


@settings(deadline=None)
@given(
    steps=st.lists(st.tuples(st.floats(0.5, 1_000), st.integers(0, 1_500)), max_size=30),
    start=st.floats(0, 900),
)
def test_the_energy_of_all_intervals_is_what_the_counter_grew_by(
    steps: list[tuple[float, int]], start: float
) -> None:
    at, counter_wh = start, 5_000
    readings = [meter(at, counter_wh)]
    for seconds, grown_wh in steps:
        at, counter_wh = at + seconds, counter_wh + grown_wh
        readings.append(meter(at, counter_wh))
    acc = Accrual(rules=RULES)
    for reading in readings:
        acc = count(acc, reading)
    assert sum(part.counted_wh for part in acc.parts) == counter_wh - 5_000
    assert sum(part.counted_us for part in acc.parts) == microseconds(moment(start), moment(at))
