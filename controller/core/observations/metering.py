"""Whether a meter's reading may be believed, and what its counter says between two."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import isinf, isnan
from typing import NamedTuple

from controller.core.observations.quality import Refusal, judge_time
from controller.model.base import Model
from controller.model.samples import MeterSample

METER_TOLERANCE = timedelta(seconds=5)
"""How far a meter's stamp may be ahead: it would look fresh for that much longer."""


class MeterBounds(Model, frozen=True, kw_only=True):
    """What the meters of a site can possibly say."""

    max_w: int
    """The most power in either direction."""
    counter_step_wh: int = 1000
    """The coarsest step of an energy counter."""


class MeterReading(Model, frozen=True, kw_only=True):
    """The last good reading of a scope."""

    at: datetime
    power_w: int
    energy_wh: int | None
    unmoved_since: datetime
    """From when power and counter have stood where they stand."""


class EnergyReading(NamedTuple):
    """An import counter at a moment."""

    at: datetime
    energy_wh: int


def judge_meter(
    sample: MeterSample, last: MeterReading | None, now: datetime, bounds: MeterBounds
) -> MeterReading | Refusal:
    """The reading in `sample`, if it is good and newer than `last`.

    A counter that falls is no fault of the sample: it was reset, see `energy_between`.
    """
    refusal = _judge_values(sample, bounds)
    if refusal is not None:
        return refusal
    at = judge_time(sample.at)
    if isinstance(at, Refusal):
        return at
    if at > now + METER_TOLERANCE:
        return Refusal.FROM_THE_FUTURE
    power_w = round(sample.power_w)
    if last is None:
        return MeterReading(at=at, power_w=power_w, energy_wh=sample.energy_wh, unmoved_since=at)
    if at <= last.at:
        return Refusal.DUPLICATE if at == last.at else Refusal.OUT_OF_ORDER
    moved = (power_w, sample.energy_wh) != (last.power_w, last.energy_wh)
    reading = MeterReading(
        at=at,
        power_w=power_w,
        energy_wh=sample.energy_wh,
        unmoved_since=at if moved else last.unmoved_since,
    )
    return Refusal.FROZEN if _frozen(reading, bounds) else reading


def energy_between(first: EnergyReading, last: EnergyReading, bounds: MeterBounds) -> int | None:
    """Wh imported between two readings; None when the counter was reset or jumped.

    A counter that starts anew says nothing about the time before, and one that grows by more
    than the site can draw has been replaced or has rolled over unseen.
    """
    seconds = (last.at - first.at).total_seconds()
    grown_wh = last.energy_wh - first.energy_wh
    most_wh = bounds.max_w * seconds / 3600 + 2 * bounds.counter_step_wh
    return grown_wh if 0 <= grown_wh <= most_wh else None


def _judge_values(sample: MeterSample, bounds: MeterBounds) -> Refusal | None:
    if isnan(sample.power_w):
        return Refusal.NOT_A_NUMBER
    if isinf(sample.power_w):
        return Refusal.INFINITE
    negative = sample.energy_wh is not None and sample.energy_wh < 0
    return Refusal.OUT_OF_RANGE if negative or abs(sample.power_w) > bounds.max_w else None


def _frozen(reading: MeterReading, bounds: MeterBounds) -> bool:
    """The power it claims should have moved its own counter by now, and nothing moved."""
    if reading.energy_wh is None:
        return False
    seconds = (reading.at - reading.unmoved_since).total_seconds()
    return reading.power_w * seconds / 3600 >= 2 * bounds.counter_step_wh
