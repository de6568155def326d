"""Whether a sample may be used: its numbers, its times, its age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from controller.model.base import Model
from controller.model.quality import Fresh, Stale
from controller.model.samples import HashpriceSample

T = TypeVar("T")

LONGEST_NUMBER = 64
"""Characters. No price needs more; a decimal of a million digits would stall the loop."""

MOST_DECIMALS = 18
"""Also the most trailing zeros: written out, 1E-999999999 fills the memory."""

CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far a sender's clock may be ahead of the site's."""


class Refusal(StrEnum):
    """Why a sample was not used. What was known before it stays as it is."""

    NOT_A_NUMBER = "not_a_number"
    INFINITE = "infinite"
    OUT_OF_RANGE = "out_of_range"
    BAD_TIME = "bad_time"
    BAD_INTERVAL = "bad_interval"
    FROM_THE_FUTURE = "from_the_future"
    LATE = "late"
    DUPLICATE = "duplicate"
    CONTRADICTORY = "contradictory"
    OUT_OF_ORDER = "out_of_order"
    OVERLAPPING = "overlapping"
    FROZEN = "frozen"
    NOT_A_WORD = "not_a_word"
    UNKNOWN_NAME = "unknown_name"

    @property
    def text(self) -> str:
        """The refusal as a sentence for people."""
        return _TEXT[self]


_TEXT: dict[Refusal, str] = {
    Refusal.NOT_A_NUMBER: "the value is not a decimal number",
    Refusal.INFINITE: "the value is infinite",
    Refusal.OUT_OF_RANGE: "the value lies outside the range declared for the feed",
    Refusal.BAD_TIME: "a time has no zone, or lies outside the calendar",
    Refusal.BAD_INTERVAL: "the interval does not end after its start, or is longer than a day",
    Refusal.FROM_THE_FUTURE: "it says to be known, measured or published later than now",
    Refusal.LATE: "its interval was over when it arrived",
    Refusal.DUPLICATE: "the same had been heard before",
    Refusal.CONTRADICTORY: "it differs from what the same moment said before",
    Refusal.OUT_OF_ORDER: "a newer word on the same thing had been heard before",
    Refusal.OVERLAPPING: "its interval overlaps another that is known",
    Refusal.FROZEN: "power and counter stand still while power is drawn",
    Refusal.NOT_A_WORD: "the text is empty, longer than 200 characters or not printable",
    Refusal.UNKNOWN_NAME: "no feed of the configuration gives a signal or condition of this name",
}


class Range(Model, frozen=True, kw_only=True):
    """What a number may be, both ends included."""

    low: Decimal
    high: Decimal


class Hashprice(Model, frozen=True, kw_only=True):
    """A hashprice that was found good."""

    at: datetime
    per_ph_day: Decimal


def judge_number(text: str, bounds: Range) -> Decimal | Refusal:
    """The number that `text` writes, if it is finite and within `bounds`."""
    if len(text) > LONGEST_NUMBER or not text.isascii() or "_" in text:
        return Refusal.NOT_A_NUMBER
    try:
        value = Decimal(text)
    except InvalidOperation:
        return Refusal.NOT_A_NUMBER
    if value.is_nan():
        return Refusal.NOT_A_NUMBER
    if value.is_infinite():
        return Refusal.INFINITE
    short = abs(int(value.as_tuple().exponent)) <= MOST_DECIMALS
    return value if short and bounds.low <= value <= bounds.high else Refusal.OUT_OF_RANGE


def judge_time(at: datetime) -> datetime | Refusal:
    """`at` as UTC. Times of one local zone compare by the wall, so nothing else is compared."""
    if at.utcoffset() is None:
        return Refusal.BAD_TIME
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return Refusal.BAD_TIME


def judge_hashprice(
    sample: HashpriceSample, last: Hashprice | None, now: datetime, bounds: Range
) -> Hashprice | Refusal:
    """The hashprice of `sample`, if it is good and newer than `last`."""
    value = judge_number(sample.per_ph_day, bounds)
    if isinstance(value, Refusal):
        return value
    at = judge_time(sample.at)
    if isinstance(at, Refusal):
        return at
    if at > now + CLOCK_TOLERANCE:
        return Refusal.FROM_THE_FUTURE
    if last is None or at > last.at:
        return Hashprice(at=at, per_ph_day=value)
    if at < last.at:
        return Refusal.OUT_OF_ORDER
    return Refusal.DUPLICATE if value == last.per_ph_day else Refusal.CONTRADICTORY


def aged(value: T, at: datetime, now: datetime, max_age_s: int | None) -> Fresh[T] | Stale[T]:
    """`value` of time `at`, seen at `now`. Without `max_age_s` it does not age."""
    if max_age_s is None or now < at + timedelta(seconds=max_age_s):
        return Fresh(value=value, at=at)
    return Stale(value=value, at=at)
