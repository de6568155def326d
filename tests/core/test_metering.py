"""Which readings of a meter are believed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import inf, nan

import pytest

from controller.core.observations.metering import (
    EnergyReading,
    MeterBounds,
    MeterReading,
    energy_between,
    judge_meter,
)
from controller.core.observations.quality import Refusal
from controller.model.samples import MeterSample
from tests.core.prices import clock

NOW = clock("14:00")
BOUNDS = MeterBounds(max_w=250_000, counter_step_wh=1000)


def sample(power_w: float, at: datetime = NOW, energy_wh: int | None = None) -> MeterSample:
    return MeterSample(scope="site", at=at, power_w=power_w, energy_wh=energy_wh)


def read(samples: list[MeterSample]) -> list[MeterReading | Refusal]:
    """What becomes of each, arriving as it is measured."""
    last: MeterReading | None = None
    out: list[MeterReading | Refusal] = []
    for one in samples:
        judged = judge_meter(one, last, one.at, BOUNDS)
        out.append(judged)
        last = last if isinstance(judged, Refusal) else judged
    return out


def believed(results: list[MeterReading | Refusal]) -> list[bool]:
    return [isinstance(result, MeterReading) for result in results]


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        (sample(nan), Refusal.NOT_A_NUMBER),
        (sample(inf), Refusal.INFINITE),
        (sample(-inf), Refusal.INFINITE),
        (sample(250_001), Refusal.OUT_OF_RANGE),
        (sample(-250_001), Refusal.OUT_OF_RANGE),
        (sample(1000, energy_wh=-1), Refusal.OUT_OF_RANGE),
        (sample(1000, NOW + timedelta(seconds=6)), Refusal.FROM_THE_FUTURE),
        (sample(1000, datetime(2023, 9, 6, 14, 0)), Refusal.BAD_TIME),  # noqa: DTZ001
    ],
)
def test_a_reading_that_is_none(bad: MeterSample, refusal: Refusal) -> None:
    assert judge_meter(bad, None, NOW, BOUNDS) is refusal


@pytest.mark.parametrize(
    "good",
    [
        sample(250_000),
        sample(-250_000),
        sample(1000, energy_wh=0),
        sample(1000, NOW + timedelta(seconds=5)),
    ],
)
def test_a_reading_at_the_edge_is_good(good: MeterSample) -> None:
    assert isinstance(judge_meter(good, None, NOW, BOUNDS), MeterReading)


def test_power_is_whole_watts_in_either_direction() -> None:
    for power_w, whole in ((1234.6, 1235), (-1234.6, -1235)):
        judged = judge_meter(sample(power_w), None, NOW, BOUNDS)
        assert isinstance(judged, MeterReading)
        assert judged.power_w == whole


def test_readings_come_in_order() -> None:
    last = judge_meter(sample(1000), None, NOW, BOUNDS)
    assert isinstance(last, MeterReading)
    later = NOW + timedelta(seconds=5)
    assert judge_meter(sample(1000), last, later, BOUNDS) is Refusal.DUPLICATE
    earlier = sample(1000, NOW - timedelta(seconds=1))
    assert judge_meter(earlier, last, later, BOUNDS) is Refusal.OUT_OF_ORDER


def minutes(powers: Sequence[float], counters: Sequence[int | None]) -> list[MeterSample]:
    return [
        sample(power, NOW + timedelta(minutes=i), counter)
        for i, (power, counter) in enumerate(zip(powers, counters, strict=True))
    ]


def test_a_meter_that_stands_still_under_load_is_frozen() -> None:
    """60 kW is 1 kWh a minute: after two, a counter in kWh must have moved."""
    results = read(minutes([60_000] * 4, [500_000] * 4))
    assert believed(results) == [True, True, False, False]
    assert results[2] is Refusal.FROZEN


def test_a_meter_that_moves_again_is_believed_again() -> None:
    samples = minutes([60_000] * 4 + [60_010], [500_000] * 4 + [504_000])
    assert believed(read(samples)) == [True, True, False, False, True]


def test_a_steady_load_on_a_coarse_counter_is_not_frozen() -> None:
    counters: list[int | None] = [500_000 + 1000 * (i // 2) for i in range(10)]
    assert all(believed(read(minutes([30_000] * 10, counters))))


def test_no_load_and_no_counter_are_not_frozen() -> None:
    assert all(believed(read(minutes([0] * 60, [500_000] * 60))))
    assert all(believed(read(minutes([60_000] * 60, [None] * 60))))


def test_a_counter_that_was_reset_is_believed() -> None:
    assert all(believed(read(minutes([60_000, 60_100], [500_000, 12]))))


def test_energy_is_what_the_counter_grew() -> None:
    start = EnergyReading(NOW, 500_000)
    hour_later = NOW + timedelta(hours=1)
    assert energy_between(start, EnergyReading(hour_later, 560_000), BOUNDS) == 60_000
    assert energy_between(start, EnergyReading(hour_later, 500_000), BOUNDS) == 0


def test_no_energy_is_known_across_a_reset_or_a_jump() -> None:
    start = EnergyReading(NOW, 500_000)
    hour_later = NOW + timedelta(hours=1)
    assert energy_between(start, EnergyReading(hour_later, 499_999), BOUNDS) is None
    assert energy_between(start, EnergyReading(hour_later, 753_000), BOUNDS) is None


def test_a_counter_may_grow_by_all_that_the_site_can_draw_and_two_of_its_steps() -> None:
    start = EnergyReading(NOW, 500_000)
    hour_later = NOW + timedelta(hours=1)
    assert energy_between(start, EnergyReading(hour_later, 752_000), BOUNDS) == 252_000
    assert energy_between(start, EnergyReading(hour_later, 752_001), BOUNDS) is None
