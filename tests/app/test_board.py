"""What the site knows of its feeds."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from controller.app.board import Board, BoardSettings
from controller.core.observations.quality import Refusal
from controller.model.quality import Fresh, Missing, Stale
from controller.model.samples import HashpriceSample, MeterSample, Sample
from tests.core.prices import clock, price

NOW = clock("14:00")


@pytest.fixture
def board() -> Board:
    return Board(BoardSettings(meter_max_w=250_000, meters=("site", "north")))


def meter(power_w: float, scope: str = "site", at: datetime = NOW) -> MeterSample:
    return MeterSample(scope=scope, at=at, power_w=power_w, energy_wh=7_000)


def test_before_anything_is_heard_everything_is_missing(board: Board) -> None:
    assert board.price(NOW).observed == Missing(why="no price has arrived")
    assert board.hashprice(NOW).observed == Missing(why="no hashprice has arrived")
    assert board.meters(NOW) == {
        "site": Missing(why="no reading of the meter of site has arrived"),
        "north": Missing(why="no reading of the meter of north has arrived"),
    }
    assert board.energy("site") is None
    assert board.next_change(NOW) is None
    assert board.refused == {}


def test_good_samples_are_seen(board: Board) -> None:
    hashprice = HashpriceSample(at=NOW, per_ph_day="56.67")
    for sample in (price("14:00-14:15", "31.5"), hashprice, meter(180_000.4)):
        assert board.offer("any", sample, NOW) is None
    assert board.price(NOW).observed == Fresh(value=Decimal("31.5"), at=NOW, until=clock("14:15"))
    assert board.hashprice(NOW).observed == Fresh(value=Decimal("56.67"), at=NOW)
    assert board.meters(NOW)["site"] == Fresh(value=180_000, at=NOW)
    assert board.energy("site") == (NOW, 7_000)


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        (price("14:00-14:15", "NaN"), Refusal.NOT_A_NUMBER),
        (price("14:00-14:15", "-inf"), Refusal.INFINITE),
        (price("14:00-14:15", "25000.01"), Refusal.OUT_OF_RANGE),
        (price("13:30-13:45"), Refusal.LATE),
        (HashpriceSample(at=NOW, per_ph_day="0"), Refusal.OUT_OF_RANGE),
        (meter(250_001), Refusal.OUT_OF_RANGE),
    ],
)
def test_a_bad_sample_is_counted_and_changes_nothing(
    board: Board, bad: Sample, refusal: Refusal
) -> None:
    before = (board.price(NOW).observed, board.hashprice(NOW).observed, board.meters(NOW))
    assert board.offer("noisy", bad, NOW) is refusal
    assert board.offer("noisy", bad, NOW) is refusal
    assert board.refused == {"noisy": {refusal.value: 2}}
    assert (board.price(NOW).observed, board.hashprice(NOW).observed, board.meters(NOW)) == before


def test_refusals_are_counted_by_feed(board: Board) -> None:
    good = price("14:00-14:15")
    assert board.offer("one", good, NOW) is None
    board.offer("one", good, NOW)
    board.offer("other", price("14:00-14:15", "x"), NOW)
    assert board.refused == {"one": {"duplicate": 1}, "other": {"not_a_number": 1}}


def test_a_silent_meter_goes_stale_with_its_last_value(board: Board) -> None:
    board.offer("meter", meter(180_000), NOW)
    silent = NOW + timedelta(seconds=30)
    assert board.next_change(NOW) == silent
    assert board.meters(silent)["site"] == Stale(value=180_000, at=NOW)
    assert board.meters(silent)["north"] == Missing(
        why="no reading of the meter of north has arrived"
    )


def test_a_frozen_meter_goes_stale_though_its_stamps_are_new(board: Board) -> None:
    for seconds in range(0, 120, 5):
        now = NOW + timedelta(seconds=seconds)
        board.offer("meter", meter(180_000, at=now), now)
    assert isinstance(board.meters(now)["site"], Stale)
    assert board.refused["meter"]["frozen"] > 0


def test_a_hashprice_ages_when_it_is_told_to() -> None:
    board = Board(BoardSettings(meter_max_w=1, hashprice_max_age_s=3600))
    board.offer("hashprice", HashpriceSample(at=NOW, per_ph_day="50"), NOW)
    assert board.next_change(NOW) == clock("15:00")
    assert isinstance(board.hashprice(clock("14:59")).observed, Fresh)
    assert board.hashprice(clock("15:00")).observed == Stale(value=Decimal(50), at=NOW)


def test_the_next_change_is_the_first_of_all(board: Board) -> None:
    board.offer("price", price("14:00-14:15"), NOW)
    assert board.next_change(NOW) == clock("14:15")
    board.offer("meter", meter(1), NOW)
    assert board.next_change(NOW) == NOW + timedelta(seconds=30)
    assert board.next_change(NOW + timedelta(seconds=30)) == clock("14:15")
    assert board.next_change(clock("14:15")) == clock("14:30")


def test_a_meter_of_a_scope_nobody_declared_is_seen_too(board: Board) -> None:
    board.offer("meter", meter(5, scope="south"), NOW)
    assert set(board.meters(NOW)) == {"site", "north", "south"}


def test_after_a_restart_the_last_price_is_known_again(board: Board) -> None:
    recorded: list[Sample] = [
        price("13:30-13:45", "20"),
        price("13:45-14:00", "30"),
        HashpriceSample(at=clock("09:00"), per_ph_day="50"),
    ]
    board.restore([("price", one) for one in recorded], clock("14:05"))
    assert board.price(clock("14:05")).observed == Stale(value=Decimal(30), at=clock("13:45"))
    assert isinstance(board.hashprice(clock("14:05")).observed, Fresh)
    assert board.refused == {}


def test_what_was_recorded_after_now_is_not_restored(board: Board) -> None:
    """History replayed again, over the books of the first time: the day ahead stays unknown."""
    recorded = [price("14:00-14:15", "20"), price("18:00-18:15", "5000")]
    board.restore([("price", one) for one in recorded], NOW)
    assert isinstance(board.price(NOW).observed, Fresh)
    assert board.price(clock("18:00")).observed == Missing(why="no price since 2023-09-06T14:15Z")


def test_a_meter_that_is_taken_away_is_forgotten(board: Board) -> None:
    board.offer("any", meter(180_000), NOW)
    board.offer("any", meter(90_000, "north"), NOW)
    board.adopt(BoardSettings(meter_max_w=250_000, meters=("site",)))
    assert board.meters(NOW) == {"site": Fresh(value=180_000, at=NOW)}
    assert board.energy("north") is None
