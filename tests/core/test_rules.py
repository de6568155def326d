"""Limits that follow signals, at their boundaries."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.core.limits.in_force import limits
from controller.core.limits.rules import rule_limits
from controller.model.grid import SITE
from controller.model.quality import Missing, Observed
from controller.model.rules import Droop, SignalRule
from controller.model.seen import State
from controller.reasons import Reason
from tests.core.bounded import NEVER, NOW, after, heard, look, marks, rule, said, site, was_said

HOT = marks(("32", 60_000), ("36", 0))


def found(
    one: SignalRule, *said_in_turn: Observed[Decimal], seconds: float = 0
) -> list[tuple[int, Reason]]:
    """Limits and reasons after these words, one look each."""
    declared, state = site(rules={"hot": one}), State()
    for word in said_in_turn:
        seen = look(declared, {"inlet": word}, after(seconds))
        state = heard(seen, state)
    return [(limit.limit_w, limit.reason) for limit in rule_limits(seen, state)]


@pytest.mark.parametrize(
    ("value", "limit_w"),
    [("31.9", None), ("32", 60_000), ("35.9", 60_000), ("36", 0), ("90", 0), ("-5", None)],
)
def test_a_threshold_above_limits_from_its_value_on(value: str, limit_w: int | None) -> None:
    wanted = [] if limit_w is None else [(limit_w, Reason.TEMPERATURE)]
    assert found(rule(above=HOT), said(value)) == wanted


@pytest.mark.parametrize(
    ("value", "limit_w"), [("49.91", None), ("49.9", 50_000), ("49.51", 50_000), ("49.5", 0)]
)
def test_a_threshold_below_limits_from_its_value_down(value: str, limit_w: int | None) -> None:
    low = rule(below=marks(("49.5", 0), ("49.9", 50_000)), reason=Reason.FREQUENCY)
    wanted = [] if limit_w is None else [(limit_w, Reason.FREQUENCY)]
    assert found(low, said(value)) == wanted


@pytest.mark.parametrize(
    ("words", "limit_w"),
    [
        (("33", "31"), 60_000),
        (("33", "30.1"), 60_000),
        (("33", "30"), None),
        (("31",), None),
        (("37", "35"), 0),
        (("37", "34"), 60_000),
        (("37", "30.1"), 60_000),
        (("37", "30.1", "31.9"), 60_000),
        (("37", "30", "31.9"), None),
    ],
)
def test_a_threshold_is_left_by_so_much_on_its_good_side(
    words: tuple[str, ...], limit_w: int | None
) -> None:
    one = rule(above=HOT, clear_by=Decimal(2))
    wanted = [] if limit_w is None else [(limit_w, Reason.TEMPERATURE)]
    assert found(one, *(said(word) for word in words)) == wanted


@pytest.mark.parametrize(
    ("words", "limit_w"),
    [
        (("49.8", "49.99"), 50_000),
        (("49.8", "50"), None),
        (("49.8", "49.5"), 0),
        (("49.99",), None),
        (("49.8", "49.55"), 50_000),
    ],
)
def test_the_same_holds_below(words: tuple[str, ...], limit_w: int | None) -> None:
    low = rule(below=marks(("49.5", 0), ("49.9", 50_000)), clear_by=Decimal("0.1"))
    wanted = [] if limit_w is None else [(limit_w, Reason.TEMPERATURE)]
    assert found(low, *(said(word) for word in words)) == wanted


def test_the_order_in_which_thresholds_are_written_does_not_matter() -> None:
    one = rule(above=HOT[::-1], clear_by=Decimal(2))
    assert found(one, said("33"), said("31")) == [(60_000, Reason.TEMPERATURE)]


@pytest.mark.parametrize(
    ("value", "limit_w"), [("412.25", 402_250), ("10.0005", 0), ("10.0019", 1), ("0", 0), ("-3", 0)]
)
def test_in_proportion_to_the_signal_less_a_margin(value: str, limit_w: int) -> None:
    wind = rule(
        watts_per_unit=Decimal(1000), margin_w=10_000, reason=Reason.AVAILABLE_POWER, scope=SITE
    )
    assert found(wind, said(value)) == [(limit_w, Reason.AVAILABLE_POWER)]


def test_of_proportion_and_thresholds_the_lower_counts() -> None:
    both = rule(watts_per_unit=Decimal(1000), below=marks(("30", 5_000)))
    assert found(both, said("31")) == [(31_000, Reason.TEMPERATURE)]
    assert found(both, said("30")) == [(5_000, Reason.TEMPERATURE)]
    assert found(both, said("4")) == [(4_000, Reason.TEMPERATURE)]


@pytest.mark.parametrize("word", [was_said("33", NOW), said("33"), NEVER])
@pytest.mark.parametrize(("seconds", "silent"), [(59, False), (60, True), (3600, True)])
def test_silence_adds_the_safe_power_and_takes_no_limit_away(
    word: Observed[Decimal], seconds: float, silent: bool
) -> None:
    """Whether the board calls the last word stale yet, or a new process has not heard any."""
    declared = site(rules={"hot": rule(above=HOT)})
    state = heard(look(declared, {"inlet": said("33")}))
    seen = look(declared, {"inlet": word}, after(seconds))
    limits_then = [one.limit_w for one in rule_limits(seen, heard(seen, state))]
    assert limits_then == ([60_000, 20_000] if silent else [60_000])


@pytest.mark.parametrize(("seconds", "safe"), [(59, []), (60, [(20_000, Reason.SIGNAL_SILENT)])])
def test_a_signal_never_heard_is_given_its_time(
    seconds: float, safe: list[tuple[int, Reason]]
) -> None:
    declared = site(rules={"hot": rule(above=HOT)})
    for signals in ({}, {"inlet": Missing(why="never")}):
        state = heard(look(declared, signals))
        seen = look(declared, signals, after(seconds))
        now = heard(seen, state)
        assert [(one.limit_w, one.reason) for one in rule_limits(seen, now)] == safe


def test_a_word_ends_the_silence() -> None:
    declared = site(rules={"hot": rule(above=HOT)})
    state = heard(look(declared, {"inlet": said("33")}))
    seen = look(declared, {"inlet": said("20", after(600))}, after(600))
    assert list(rule_limits(seen, heard(seen, state))) == []


def test_the_limit_names_its_scope_and_its_rule() -> None:
    declared = site(rules={"hot": rule(scope="b1", above=HOT)})
    seen = look(declared, {"inlet": said("40")})
    (one,) = rule_limits(seen, heard(seen))
    assert (one.scope, one.source, one.until) == ("b1", "hot", None)
    assert one in limits(seen, heard(seen))


FALLING = Droop(begins=Decimal("59.983"), zero=Decimal(57), reference_w=29_830)
"""A droop of 5 % of 60 Hz with a deadband of 0.017 Hz: 10 kW less for each Hz."""


@pytest.mark.parametrize(
    ("value", "limit_w"),
    [
        ("60.2", None),
        ("59.983", None),
        ("59.9829", 29_829),
        ("59.5", 25_000),
        ("57.0001", 1),
        ("57", 0),
        ("56", 0),
    ],
)
def test_a_droop_falls_in_a_straight_line_below_its_deadband(
    value: str, limit_w: int | None
) -> None:
    wanted = [] if limit_w is None else [(limit_w, Reason.FREQUENCY)]
    assert found(rule(droop=FALLING, reason=Reason.FREQUENCY), said(value)) == wanted


def test_of_droop_and_thresholds_the_lower_counts() -> None:
    both = rule(droop=FALLING, below=marks(("59.7", 26_000)), reason=Reason.FREQUENCY)
    assert found(both, said("59.7")) == [(26_000, Reason.FREQUENCY)]
    assert found(both, said("59")) == [(20_000, Reason.FREQUENCY)]


@given(*[st.decimals(56, 61, places=4) for _ in range(2)])
def test_a_lower_frequency_never_allows_more(one: Decimal, other: Decimal) -> None:
    high, low = max(one, other), min(one, other)
    droop = rule(droop=FALLING, reason=Reason.FREQUENCY)
    allowed = [
        min((watts for watts, _ in found(droop, said(str(value)))), default=29_830)
        for value in (high, low)
    ]
    assert 0 <= allowed[1] <= allowed[0] <= 29_830
