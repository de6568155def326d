"""Whether what a signal says, or the grid of itself, may be believed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from controller.core.observations.metering import METER_TOLERANCE
from controller.core.observations.quality import Range, Refusal, judge_number, judge_time
from controller.model.base import Model
from controller.model.samples import ConditionSample, SignalSample

LONGEST_WORD = 200
"""Characters of a public condition: it is shown, and nothing else."""


class SignalBounds(Model, frozen=True, kw_only=True):
    """What a signal can possibly say, and for how long it is believed."""

    range: Range
    max_age_s: int


class SignalReading(Model, frozen=True, kw_only=True):
    """The last good value of a signal."""

    at: datetime
    value: Decimal


class Condition(Model, frozen=True, kw_only=True):
    """The last good word on a public condition."""

    at: datetime
    text: str


def judge_signal(
    sample: SignalSample, last: SignalReading | None, now: datetime, bounds: SignalBounds
) -> SignalReading | Refusal:
    """The value in `sample`, if it is good and newer than `last`."""
    value = judge_number(sample.value, bounds.range)
    if isinstance(value, Refusal):
        return value
    at = _judge_order(sample.at, last.at if last else None, now)
    return at if isinstance(at, Refusal) else SignalReading(at=at, value=value)


def judge_condition(
    sample: ConditionSample, last: Condition | None, now: datetime
) -> Condition | Refusal:
    """The word in `sample`, if it can be shown and is newer than `last`."""
    text = sample.text.strip()
    if not text or len(text) > LONGEST_WORD or not text.isprintable():
        return Refusal.NOT_A_WORD
    at = _judge_order(sample.at, last.at if last else None, now)
    return at if isinstance(at, Refusal) else Condition(at=at, text=text)


def _judge_order(said_at: datetime, last_at: datetime | None, now: datetime) -> datetime | Refusal:
    """A stamp ahead of now would look fresh for longer, like a meter's."""
    at = judge_time(said_at)
    if isinstance(at, Refusal):
        return at
    if at > now + METER_TOLERANCE:
        return Refusal.FROM_THE_FUTURE
    if last_at is not None and at <= last_at:
        return Refusal.DUPLICATE if at == last_at else Refusal.OUT_OF_ORDER
    return at
