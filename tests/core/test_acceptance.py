"""Which dispatches a program covers, and what their targets come to."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.dispatches.acceptance import Refused
from controller.model.quality import Missing, Observed, Stale
from tests.core.dispatches import NOW, SITE, accepted, at, by_kw, by_percent, judged, sent

MALFORMED = {
    "id is missing": (sent(id=None), "id"),
    "id is empty": (sent(id=""), "id"),
    "id is too long": (sent(id="x" * 129), "id"),
    "id holds a control character": (sent(id="a\nb"), "id"),
    "id is half a character": (sent(id="\ud800"), "JSON"),
    "version is missing": (sent(version=None), "version"),
    "version is 0": (sent(version=0), "version"),
    "version is a bool": (sent(version=True), "version"),
    "version has a fraction": (sent(version=1.5), "version"),
    "version cannot be stored": (sent(version=2**63), "version"),
    "version is absurd": (sent(version=10**30), "version"),
    "program is a number": (sent(program=7), "program"),
    "issued_at is missing": (sent(issued_at=None), "issued_at"),
    "issued_at is no time": (sent(issued_at="yesterday"), "issued_at"),
    "issued_at is from the future": (sent(issued_at=at(61 / 60)), "issued_at"),
    "issued_at is before year 1": (sent(issued_at="0001-01-01T00:00:00+14:00"), "issued_at"),
    "start has no zone": (sent(start="2023-09-06T19:10:00"), "start"),
    "end is a number": (sent(end=1694030000), "end"),
    "end is before start": (sent(end=at(5)), "end"),
    "end is start": (sent(end=at(10)), "end"),
    "target is missing": (sent(target=None), "target"),
    "target is a number": (sent(target=40), "target"),
    "target has an unknown kind": (sent(target={"kind": "stop", "kw": 0}), "target.kind"),
    "target has another's field": (
        sent(target={"kind": "reduce_to_kw", "kw": 1, "reference": "now"}),
        "reference",
    ),
    "target names no reference": (sent(target={"kind": "reduce_by_kw", "kw": 1}), "reference"),
    "kw is negative": (sent(target={"kind": "reduce_to_kw", "kw": -1}), "target.kw"),
    "kw is NaN": (sent(target={"kind": "reduce_to_kw", "kw": float("nan")}), "target.kw"),
    "kw is NaN as text": (sent(target={"kind": "reduce_to_kw", "kw": "NaN"}), "target.kw"),
    "kw is infinite": (sent(target={"kind": "reduce_to_kw", "kw": float("inf")}), "target.kw"),
    "kw is absurd": (sent(target={"kind": "reduce_to_kw", "kw": 1e300}), "target.kw"),
    "kw is written too long": (
        sent(target={"kind": "reduce_to_kw", "kw": "1E-999999999"}),
        "target.kw",
    ),
    "kw has 19 decimals": (
        sent(target={"kind": "reduce_to_kw", "kw": "0." + "1" * 19}),
        "target.kw",
    ),
    "kw is zero in too many words": (
        sent(target={"kind": "reduce_to_kw", "kw": "0E+999999999"}),
        "target.kw",
    ),
    "kw is a bool": (sent(target={"kind": "reduce_to_kw", "kw": True}), "target.kw"),
    "percent is over 100": (sent(target=by_percent(100.1)), "target.percent"),
    "percent is negative": (sent(target=by_percent(-5)), "target.percent"),
    "cancelled is a word": (sent(cancelled="yes"), "cancelled"),
    "a key is unknown": (sent(priority=1), "priority"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_dispatch_is_refused_by_the_name_of_its_field(name: str) -> None:
    body, field = MALFORMED[name]
    refused = judged(body)
    assert isinstance(refused, Refused)
    assert refused.code == "malformed"
    assert field in refused.problem


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2**63 - 1},
        {"issued_at": at(1)},
        {"start": at(0), "end": at(240)},
        {"target": {"kind": "reduce_to_kw", "kw": 0}},
        {"target": {"kind": "reduce_to_kw", "kw": "0." + "1" * 18}},
        {"target": {"kind": "reduce_to_kw", "kw": 10_000_000}},
        {"target": by_percent(0)},
    ],
)
def test_what_is_just_within_the_bounds_is_accepted(changes: dict[str, Any]) -> None:
    accepted(sent(**changes))


RULES = {
    "unknown_program": (sent(program="other"), "ers, plain"),
    "unauthorised": (sent(program="plain"), "authority"),
    "unknown_reference": (sent(target=by_kw(5, "baseline")), "contract, now"),
    "over": (sent(start=at(-90), end=at(0)), "`end` has passed"),
    "too_long": (sent(end=at(10 + 241)), "14400 s"),
}


@pytest.mark.parametrize("code", RULES)
def test_a_dispatch_that_its_program_does_not_cover_is_refused(code: str) -> None:
    body, words = RULES[code]
    refused = judged(body)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert words in refused.problem


def test_where_there_is_no_program_it_says_so() -> None:
    refused = judged(sent(), site=replace(SITE, programs={}))
    assert isinstance(refused, Refused)
    assert refused.problem == "`program` must be one of: none"


def test_a_target_that_the_program_does_not_allow_is_refused() -> None:
    refused = judged(sent(program="plain", target=by_kw(5)), authority="utility")
    assert isinstance(refused, Refused)
    assert refused.code == "not_allowed"
    assert "reduce_to_kw" in refused.problem


@pytest.mark.parametrize(
    ("target", "limit_w"),
    [
        ({"kind": "reduce_to_kw", "kw": 40}, 40_000),
        ({"kind": "reduce_to_kw", "kw": 40.0006}, 40_000),
        (by_kw(30, "contract"), 150_000),
        (by_kw(30.5), 169_500),
        (by_kw(500), 0),
        (by_percent(25), 150_000),
        (by_percent(33.333, "contract"), 120_000),
        (by_percent(100), 0),
    ],
)
def test_the_target_comes_to_whole_watts(target: dict[str, Any], limit_w: int) -> None:
    assert accepted(sent(target=target)).limit_w == limit_w


@pytest.mark.parametrize("power_w", [Stale(value=200_000, at=NOW), Missing(why="no meter")])
def test_a_reference_that_cannot_be_metered_is_refused(power_w: Observed[int]) -> None:
    refused = judged(sent(target=by_kw(5)), power_w=power_w)
    assert isinstance(refused, Refused)
    assert refused.code == "unknown_reference"
    assert "meter" in refused.problem
    accepted(sent(target=by_kw(5, "contract")), power_w=power_w)


def test_a_late_dispatch_is_obeyed_for_the_rest_of_its_time() -> None:
    late = accepted(sent(issued_at=at(-60), start=at(-50), end=at(5)))
    assert late.in_force(NOW)


def test_a_dispatch_with_too_short_a_notice_is_accepted_and_shows_it() -> None:
    hasty = accepted(sent(issued_at=at(-1), start=at(0)))
    assert hasty.start - hasty.issued_at < timedelta(seconds=SITE.programs["ers"].notice_s)


def test_without_start_and_end_it_is_in_force_from_its_issue_until_it_is_cancelled() -> None:
    dispatch = accepted(sent(start=None, end=None))
    assert dispatch.start == NOW - timedelta(minutes=1)
    assert dispatch.in_force(NOW + timedelta(days=3))


def test_two_dispatches_at_the_same_time_are_both_accepted() -> None:
    first = accepted(sent())
    second = accepted(sent(id="e-2", target={"kind": "reduce_to_kw", "kw": 80}), first)
    assert (first.limit_w, second.limit_w) == (40_000, 80_000)


def test_the_amount_is_kept_exactly() -> None:
    dispatch = accepted(sent(target={"kind": "reduce_to_kw", "kw": 0.1}))
    assert dispatch.target.kw == Decimal("0.1")  # type: ignore[union-attr]
