"""Which of several feeds is acted upon, and when two of them disagree."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from controller.core.observations.choice import Choice, apart, choose, ranked
from controller.model.quality import Disagreement, Fresh, Missing, Observed, Stale

AT = datetime(2023, 9, 6, 14, tzinfo=UTC)
SILENT = Missing(why="nobody spoke")
GAP = Missing(why="a gap")


def fresh(value: str) -> Fresh[Decimal]:
    return Fresh(value=Decimal(value), at=AT)


def stale(value: str) -> Stale[Decimal]:
    return Stale(value=Decimal(value), at=AT)


@pytest.mark.parametrize(
    ("heard", "chosen"),
    [
        ({"a": fresh("1"), "b": fresh("2")}, Choice("a", fresh("1"))),
        ({"a": stale("1"), "b": fresh("2")}, Choice("b", fresh("2"))),
        ({"a": GAP, "b": stale("2"), "c": stale("3")}, Choice("b", stale("2"))),
        ({"a": GAP, "b": SILENT}, Choice("", GAP)),
        ({}, Choice("", SILENT)),
    ],
)
def test_the_first_that_is_best(heard: dict[str, Observed[Decimal]], chosen: Choice) -> None:
    assert choose(heard, SILENT) == chosen


def test_named_feeds_come_first_and_strangers_are_not_invented() -> None:
    assert ranked(["a", "b", "c"], ["c", "x", "b"]) == ("c", "b", "a")


def test_feeds_disagree_by_more_than_is_allowed_and_only_fresh_ones() -> None:
    heard: dict[str, Observed[Decimal]] = {
        "a": fresh("40"),
        "b": fresh("50"),
        "c": fresh("50.01"),
        "d": stale("900"),
    }
    found = apart("price", heard, Decimal(10), relative=False)
    assert found == (
        Disagreement(
            about="price",
            acted_upon="a",
            other="c",
            value=Decimal(40),
            other_value=Decimal("50.01"),
        ),
    )


@pytest.mark.parametrize(("other", "disagree"), [("-50", True), ("90", False), ("89.9", True)])
def test_by_a_part_of_the_larger_one(other: str, disagree: bool) -> None:
    heard: dict[str, Observed[Decimal]] = {"a": fresh("100"), "b": fresh(other)}
    assert bool(apart("hashprice", heard, Decimal("0.1"), relative=True)) is disagree
    backwards: dict[str, Observed[Decimal]] = {"b": fresh(other), "a": fresh("100")}
    assert bool(apart("hashprice", backwards, Decimal("0.1"), relative=True)) is disagree
