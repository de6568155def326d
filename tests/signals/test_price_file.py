"""Prices from a file, as site time reaches them."""

from __future__ import annotations

import asyncio
import gzip
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from controller.app.board import Board, BoardSettings
from controller.core.observations.quality import Refusal
from controller.model.quality import Fresh, Missing, Stale
from controller.signals.prices.file import PriceFile, PriceFileSettings, read_prices
from tests.signals.price_files import HEADER, named, written
from tests.virtual_clock import VirtualClock

ROWS = ("2023-09-06T17:00:00Z,10", "2023-09-06T17:15:00Z,20", "2023-09-06T17:30:00Z,30")
FIVE = datetime(2023, 9, 6, 17, 0, tzinfo=UTC)
DAY = Path(__file__).parents[2] / "configs" / "data" / "ercot-2023-09-06-hb-west.csv"


async def heard(settings: PriceFileSettings, clock: VirtualClock, seconds: float) -> list[str]:
    """What a feed says in `seconds`, as "HH:MM price" with the time at which it was said."""
    said: list[str] = []

    async def listen() -> None:
        async with aclosing(PriceFile("prices", settings, clock).samples()) as samples:
            async for sample in samples:
                note = f"{clock.now():%H:%M} {sample.price_per_mwh}"
                said.append(note)

    listening = asyncio.ensure_future(listen())
    await clock.until_asleep()
    await clock.advance(seconds)
    listening.cancel()
    return said


async def test_the_price_in_force_is_said_at_once_and_the_next_at_its_start(tmp_path: Path) -> None:
    clock = VirtualClock(FIVE + timedelta(minutes=20))
    said = await heard(written(tmp_path, *ROWS), clock, seconds=3600)
    assert said == ["17:20 20", "17:30 30"]


async def test_no_price_is_known_before_its_time(tmp_path: Path) -> None:
    clock = VirtualClock(FIVE)
    settings = written(tmp_path, *ROWS)
    board = Board(BoardSettings(meter_max_w=1))
    async with aclosing(PriceFile("prices", settings, clock).samples()) as samples:
        board.offer("prices", await anext(samples), clock.now())
        following = asyncio.ensure_future(anext(samples))
        await clock.until_asleep()
        await clock.advance(899)
        assert not following.done()
        assert not isinstance(board.price(FIVE + timedelta(minutes=15)).observed, Fresh)
        await clock.advance(1)
        assert (await following).price_per_mwh == "20"


async def test_a_settled_price_keeps_its_interval_and_is_said_at_its_end(tmp_path: Path) -> None:
    clock = VirtualClock(FIVE)
    settings = written(tmp_path, *ROWS, known_at="end")
    assert await heard(settings, clock, seconds=1800) == ["17:15 10", "17:30 20"]
    first = read_prices(settings)[0]
    assert (first.start, first.end) == (FIVE, FIVE + timedelta(minutes=15))
    assert first.published_at == first.end


async def test_the_last_settled_price_is_said_at_once(tmp_path: Path) -> None:
    clock = VirtualClock(FIVE + timedelta(minutes=20))
    said = await heard(written(tmp_path, *ROWS, known_at="end"), clock, seconds=3600)
    assert said == ["17:20 10", "17:30 20", "17:45 30"]


def test_the_board_acts_on_a_settled_price_until_the_next_one_is(tmp_path: Path) -> None:
    board = Board(BoardSettings(meter_max_w=1, price_late_s=900))
    quarter = timedelta(minutes=15)
    first, second, _ = read_prices(written(tmp_path, *ROWS, known_at="end"))
    assert board.offer("prices", first, first.published_at) is None
    known = Fresh(value=Decimal(10), at=FIVE, until=FIVE + 2 * quarter)
    assert board.price(FIVE + quarter).observed == known
    assert board.price(FIVE + 2 * quarter - timedelta(seconds=1)).observed == known
    assert not isinstance(board.price(FIVE + 2 * quarter).observed, Fresh)
    assert board.offer("prices", second, second.published_at) is None
    acted_upon = board.price(FIVE + 2 * quarter).observed
    assert isinstance(acted_upon, Fresh)
    assert acted_upon.value == 20
    assert board.price_of(FIVE) == Fresh(value=Decimal(10), at=FIVE, until=FIVE + quarter)
    assert board.price_of(FIVE + 2 * quarter) is None


async def test_day_ahead_prices_are_said_at_the_gate_of_the_day_before(tmp_path: Path) -> None:
    """13:30 in Chicago is 18:30 in UTC; the local day begins at 05:00."""
    rows = ("2023-09-07T05:00Z,10", "2023-09-08T04:00Z,11", "2023-09-08T05:00Z,12")
    settings = written(
        tmp_path, *rows, interval_minutes=60, day_ahead=True, day_ahead_zone="America/Chicago"
    )
    assert await heard(settings, VirtualClock(FIVE), seconds=30 * 3600) == [
        "18:30 10",
        "18:30 11",
        "18:30 12",
    ]
    samples = read_prices(settings)
    assert all(sample.day_ahead for sample in samples)
    assert [sample.published_at for sample in samples] == [
        datetime(2023, 9, day, 18, 30, tzinfo=UTC) for day in (6, 6, 7)
    ]
    assert samples[0].start == datetime(2023, 9, 7, 5, tzinfo=UTC)


async def test_day_ahead_prices_that_are_not_over_are_said_at_once(tmp_path: Path) -> None:
    """Whatever `known_at` says: it is about prices that are paid."""
    rows = ("2023-09-06T16:00Z,10", "2023-09-06T17:00Z,11", "2023-09-09T17:00Z,12")
    settings = written(
        tmp_path, *rows, interval_minutes=60, day_ahead=True, day_ahead_gate="09:00", known_at="end"
    )
    said = await heard(settings, VirtualClock(FIVE), seconds=60)
    assert said == ["17:00 11"]


async def test_after_the_last_row_it_waits_and_the_board_goes_stale(tmp_path: Path) -> None:
    clock = VirtualClock(FIVE + timedelta(minutes=31))
    board = Board(BoardSettings(meter_max_w=1))
    async with aclosing(PriceFile("prices", written(tmp_path, *ROWS), clock).samples()) as samples:
        assert board.offer("prices", await anext(samples), clock.now()) is None
        following = asyncio.ensure_future(anext(samples))
        await clock.advance(86_400)
        assert not following.done()
        following.cancel()
        await asyncio.wait({following})
    assert isinstance(board.price(FIVE + timedelta(minutes=44)).observed, Fresh)
    assert isinstance(board.price(FIVE + timedelta(minutes=45)).observed, Stale)
    assert isinstance(board.price(FIVE + timedelta(minutes=60)).observed, Missing)


def test_rows_may_stand_in_any_order(tmp_path: Path) -> None:
    settings = written(tmp_path, *reversed(ROWS))
    assert [sample.price_per_mwh for sample in read_prices(settings)] == ["10", "20", "30"]


def test_values_are_handed_on_as_they_are_written(tmp_path: Path) -> None:
    rows = ("2023-09-06T17:00:00Z,NaN", '2023-09-06T17:15:00Z,"1,5"', "2023-09-06T17:30:00Z,")
    prices = [sample.price_per_mwh for sample in read_prices(written(tmp_path, *rows))]
    assert prices == ["NaN", "1,5", ""]


def test_bad_rows_of_a_file_are_refused_by_the_board_one_by_one(tmp_path: Path) -> None:
    rows = [
        "2023-09-06T17:00:00Z,10",
        "2023-09-06T17:00:00Z,10",
        "2023-09-06T17:00:00Z,11",
        "2023-09-06T17:10:00Z,12",
        "2023-09-06T17:15:00Z,inf",
        "2023-09-06T17:30:00Z,13",
    ]
    board = Board(BoardSettings(meter_max_w=1))
    for sample in read_prices(written(tmp_path, *rows)):
        board.offer("prices", sample, sample.published_at)
    assert board.refused == {
        "prices": {
            Refusal.DUPLICATE: 1,
            Refusal.CONTRADICTORY: 1,
            Refusal.OVERLAPPING: 1,
            Refusal.INFINITE: 1,
        }
    }
    assert board.price(FIVE + timedelta(minutes=20)).observed == Missing(
        why="no price for 2023-09-06T17:15Z to 2023-09-06T17:30Z"
    )


def test_a_compressed_file(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv.gz"
    path.write_bytes(gzip.compress("\n".join((HEADER, *ROWS)).encode()))
    assert len(read_prices(named(path))) == 3


def test_a_byte_order_mark_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes("\ufeff".encode() + "\r\n".join((HEADER, ROWS[0], "", ROWS[1])).encode())
    assert len(read_prices(named(path))) == 2


def test_times_of_a_wall_clock(tmp_path: Path) -> None:
    settings = written(tmp_path, "2023-09-06 12:00,10", zone="America/Chicago")
    assert read_prices(settings)[0].start == FIVE


def test_the_day_that_the_demonstration_runs_on() -> None:
    settings = named(DAY, time_column="interval_start_utc", price_column="HB_WEST")
    prices = read_prices(settings)
    assert len(prices) == 96
    for one, other in pairwise(prices):
        assert one.end == other.start
    assert prices[0].start == datetime(2023, 9, 6, 5, 0, tzinfo=UTC)
    highest = max(prices, key=lambda price: Decimal(price.price_per_mwh))
    assert highest.price_per_mwh == "5333.97"
    assert highest.start == datetime(2023, 9, 7, 0, 30, tzinfo=UTC)
