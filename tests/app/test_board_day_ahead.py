"""Prices of the day ahead: beside those that are paid, and never in their place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.app.board import Board, BoardSettings
from controller.core.observations.quality import Refusal
from controller.model.quality import Fresh, Missing
from controller.model.samples import PriceSample
from tests.core.prices import clock, price

NOW = clock("14:00")


def ahead(interval: str, value: str) -> PriceSample:
    return replace(price(interval, value, published="12:00"), day_ahead=True)


@pytest.fixture
def board() -> Board:
    return Board(BoardSettings(meter_max_w=250_000))


def test_they_are_no_price_to_act_upon(board: Board) -> None:
    assert board.offer("ahead", ahead("14:00-15:00", "40"), NOW) is None
    assert board.price(NOW).observed == Missing(why="no price has arrived")
    assert board.price_of(NOW) is None
    assert board.next_change(NOW) is None
    assert board.day_ahead(NOW) == 40
    assert board.day_ahead(clock("15:00")) is None


def test_both_are_known_of_one_moment(board: Board) -> None:
    for sample in (ahead("14:00-15:00", "40"), price("14:00-14:15", "90")):
        assert board.offer("any", sample, NOW) is None
    assert board.price(NOW).observed == Fresh(value=Decimal(90), at=NOW, until=clock("14:15"))
    assert board.day_ahead(NOW) == 40
    assert board.refused == {}


def test_they_are_judged_as_others_are(board: Board) -> None:
    board.offer("ahead", ahead("14:00-15:00", "40"), NOW)
    refusals = [
        board.offer("ahead", one, NOW)
        for one in (
            ahead("14:00-15:00", "40"),
            ahead("14:00-15:00", "41"),
            ahead("14:30-15:30", "40"),
            ahead("15:00-16:00", "NaN"),
            ahead("12:00-13:00", "40"),
        )
    ]
    assert refusals == [
        Refusal.DUPLICATE,
        Refusal.CONTRADICTORY,
        Refusal.OVERLAPPING,
        Refusal.NOT_A_NUMBER,
        Refusal.LATE,
    ]
    assert board.day_ahead(NOW) == 40


def test_prices_that_come_late_make_no_room_for_those_of_the_day_ahead() -> None:
    """Only what is paid is published afterwards."""
    board = Board(BoardSettings(meter_max_w=250_000, price_late_s=3600))
    assert board.offer("ahead", ahead("12:30-13:30", "40"), NOW) is Refusal.LATE
    assert board.offer("price", price("13:15-13:30", "90"), NOW) is None


def test_after_a_restart_they_are_retold_without_being_counted(board: Board) -> None:
    """Also those that share their interval with a price that is paid."""
    known = [price("14:00-15:00", "90"), ahead("14:00-15:00", "40"), ahead("15:00-16:00", "50")]
    board.restore([("price", one) for one in known], NOW)
    assert board.day_ahead(clock("15:00")) == 50
    assert all(board.is_retold("price", sample, NOW) for sample in known)
    assert board.refused == {}
    assert not any(board.is_retold("price", sample, NOW) for sample in known)
    assert board.offer("price", known[1], NOW) is Refusal.DUPLICATE


def test_when_other_feeds_speak_they_are_forgotten(board: Board) -> None:
    board.offer("ahead", ahead("14:00-15:00", "40"), NOW)
    board.forget_prices()
    assert board.day_ahead(NOW) is None
