"""What is believed of signals and of public conditions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from controller.core.observations.heard import (
    Condition,
    SignalBounds,
    SignalReading,
    judge_condition,
    judge_signal,
)
from controller.core.observations.quality import Range, Refusal
from controller.model.samples import ConditionSample, SignalSample
from tests.core.bounded import NOW, after

BOUNDS = SignalBounds(range=Range(low=Decimal(-40), high=Decimal(120)), max_age_s=30)


def signal(value: str, at: datetime = NOW) -> SignalSample:
    return SignalSample(name="inlet", at=at, value=value)


def word(text: str, at: datetime = NOW) -> ConditionSample:
    return ConditionSample(name="grid", at=at, text=text)


@pytest.mark.parametrize("value", ["-40", "120", "21.5", "1E+2"])
def test_a_number_within_its_range_is_believed(value: str) -> None:
    found = judge_signal(signal(value), None, NOW, BOUNDS)
    assert found == SignalReading(at=NOW, value=Decimal(value))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("-40.1", Refusal.OUT_OF_RANGE),
        ("120.1", Refusal.OUT_OF_RANGE),
        ("nan", Refusal.NOT_A_NUMBER),
        ("inf", Refusal.INFINITE),
        ("n/a", Refusal.NOT_A_NUMBER),
    ],
)
def test_what_is_no_value_is_refused(value: str, why: Refusal) -> None:
    assert judge_signal(signal(value), None, NOW, BOUNDS) is why


@pytest.mark.parametrize(
    ("seconds", "why"),
    [
        (5, None),
        (6, Refusal.FROM_THE_FUTURE),
        (-10, Refusal.DUPLICATE),
        (-11, Refusal.OUT_OF_ORDER),
        (-9, None),
    ],
)
def test_words_come_in_order_and_not_from_the_future(seconds: float, why: Refusal | None) -> None:
    at = after(seconds)
    reading = SignalReading(at=after(-10), value=Decimal(1))
    good = SignalReading(at=at, value=Decimal(2))
    assert judge_signal(signal("2", at), reading, NOW, BOUNDS) == (why or good)
    heard = Condition(at=after(-10), text="calm")
    assert judge_condition(word("watch", at), heard, NOW) == (why or Condition(at=at, text="watch"))


def test_a_time_without_a_zone_is_none() -> None:
    assert judge_signal(signal("2", NOW.replace(tzinfo=None)), None, NOW, BOUNDS) is (
        Refusal.BAD_TIME
    )


@pytest.mark.parametrize(
    ("text", "said"), [("Watch", "Watch"), ("  EEA 2 ", "EEA 2"), ("x" * 200, "x" * 200)]
)
def test_a_word_is_taken_as_it_is(text: str, said: str) -> None:
    assert judge_condition(word(text), None, NOW) == Condition(at=NOW, text=said)


@pytest.mark.parametrize("text", ["", "  ", "x" * 201, "a\nb", "\x1b[31mred", "\u202eevil"])
def test_what_cannot_be_shown_is_refused(text: str) -> None:
    assert judge_condition(word(text), None, NOW) is Refusal.NOT_A_WORD
