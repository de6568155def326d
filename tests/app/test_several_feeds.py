"""Several feeds of prices and hashprices on the board: order of trust, silence, disagreement."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.app.board import Board, BoardSettings
from controller.core.observations.heard import SignalBounds
from controller.core.observations.quality import Range, Refusal
from controller.model.quality import Fresh, Missing, Stale
from controller.model.samples import HashpriceSample, SignalSample
from tests.core.prices import clock, price

NOW = clock("14:00")
SETTINGS = BoardSettings(
    meter_max_w=250_000,
    price_feeds=("market", "backup"),
    price_max_age_s={"market": 600},
    price_differ_per_mwh=Decimal(20),
    hashprice_feeds=("node", "mempool"),
    hashprice_differ=Decimal("0.1"),
    silent_after_s={"market": 700},
)


@pytest.fixture
def board() -> Board:
    return Board(SETTINGS)


def test_the_most_trusted_that_is_fresh_is_acted_upon(board: Board) -> None:
    board.offer("backup", price("14:00-15:00", "50"), NOW)
    assert board.price(NOW) == ("backup", Fresh(value=Decimal(50), at=NOW, until=clock("15:00")))
    board.offer("market", price("14:00-14:15", "45"), NOW)
    assert board.price(NOW).feed == "market"
    assert board.price_interval_s("market", NOW) == 900
    assert board.price(clock("14:15")).feed == "backup"


def test_what_one_says_is_no_revision_of_the_other(board: Board) -> None:
    assert board.offer("market", price("14:00-14:15", "45"), NOW) is None
    assert board.offer("backup", price("14:00-14:15", "46"), NOW) is None
    assert board.offer("backup", price("14:00-14:20", "46"), NOW) is Refusal.OVERLAPPING


def test_a_feed_that_falls_silent_holds_no_longer_than_its_age(board: Board) -> None:
    board.offer("market", price("14:00-18:00", "45"), NOW)
    silent = NOW + timedelta(seconds=600)
    assert board.next_change(NOW) == silent
    assert board.price(silent).observed == Stale(value=Decimal(45), at=NOW)
    again = board.offer("market", price("14:00-18:00", "45"), silent)
    assert again is Refusal.DUPLICATE
    assert isinstance(board.price(silent).observed, Fresh)


def test_the_books_ask_the_most_trusted_that_knows_the_interval(board: Board) -> None:
    board.offer("backup", price("14:00-14:15", "50"), NOW)
    board.offer("backup", price("14:15-14:30", "51"), clock("14:15"))
    board.offer("market", price("14:00-14:15", "45"), NOW)
    known = [board.price_of(clock(at)) for at in ("14:00", "14:15", "14:30")]
    assert [one.value if one else None for one in known] == [45, 51, None]


def test_hashprices_follow_the_same_order(board: Board) -> None:
    board.offer("mempool", HashpriceSample(at=NOW, per_ph_day="50"), NOW)
    assert board.hashprice(NOW).feed == "mempool"
    board.offer("node", HashpriceSample(at=NOW - timedelta(hours=1), per_ph_day="52"), NOW)
    assert board.hashprice(NOW).feed == "node"


def test_disagreement_is_told_while_it_lasts(board: Board) -> None:
    board.offer("market", price("14:00-14:15", "45"), NOW)
    board.offer("backup", price("14:00-15:00", "90"), NOW)
    board.offer("node", HashpriceSample(at=NOW, per_ph_day="50"), NOW)
    board.offer("mempool", HashpriceSample(at=NOW, per_ph_day="60"), NOW)
    found = board.disagreements(NOW)
    assert [(one.about, one.acted_upon, one.other) for one in found] == [
        ("price", "market", "backup"),
        ("hashprice", "node", "mempool"),
    ]
    assert [one.about for one in board.disagreements(clock("14:15"))] == ["hashprice"]
    board.adopt(BoardSettings(meter_max_w=1))
    assert board.disagreements(NOW) == ()


def test_a_feed_is_late_when_its_source_should_have_spoken(board: Board) -> None:
    late = NOW + timedelta(seconds=700)
    assert not board.is_late("market", late - timedelta(seconds=1), NOW)
    assert board.is_late("market", late, NOW)
    board.offer("market", price("14:00-14:15", "45"), NOW + timedelta(seconds=300))
    assert not board.is_late("market", late, NOW)
    assert board.heard_at("market") == NOW + timedelta(seconds=300)
    assert not board.is_late("backup", clock("23:00"), NOW)


def test_after_a_restart_feeds_that_are_gone_say_nothing(board: Board) -> None:
    board.restore([("gone", price("14:00-15:00", "1"))], NOW)
    assert board.price(NOW).observed == Missing(why="no price has arrived")
    board.restore([("backup", price("14:00-15:00", "50"))], NOW)
    assert board.price(NOW).feed == "backup"
    assert board.heard_at("backup") is None


def test_what_is_refused_is_no_sign_of_life(board: Board) -> None:
    board.offer("market", price("14:00-14:15", "nothing"), NOW)
    assert board.heard_at("market") is None


RATES = SignalBounds(range=Range(low=Decimal(1), high=Decimal(9999)), max_age_s=60)
EXCHANGED = replace(
    SETTINGS,
    price_rate_signal="usd-pyg",
    hashprice_rate_signal="usd-pyg",
    signals={
        "usd-pyg": SignalBounds(range=Range(low=Decimal(1), high=Decimal(9999)), max_age_s=60)
    },
)


def rate(value: str) -> SignalSample:
    return SignalSample(name="usd-pyg", at=NOW, value=value)


def test_prices_of_another_currency_are_exchanged() -> None:
    board = Board(EXCHANGED)
    board.offer("market", price("14:00-14:15", "45"), NOW)
    board.offer("node", HashpriceSample(at=NOW, per_ph_day="50"), NOW)
    assert board.price(NOW).observed == Missing(why="there is no rate of exchange")
    assert board.price_of(NOW) is None
    board.offer("rates", rate("7300"), NOW)
    until = clock("14:15")
    assert board.price(NOW).observed == Fresh(value=Decimal(328_500), at=NOW, until=until)
    assert board.hashprice(NOW).observed == Fresh(value=Decimal(365_000), at=NOW)
    known = board.price_of(NOW)
    assert known is not None
    assert known.value == 328_500


def test_with_a_rate_that_grew_old_the_price_is_stale() -> None:
    board = Board(EXCHANGED)
    board.offer("market", price("14:00-14:15", "45"), NOW)
    board.offer("rates", rate("7300"), NOW)
    later = NOW + timedelta(seconds=60)
    assert board.price(later).observed == Stale(value=Decimal(328_500), at=NOW)
