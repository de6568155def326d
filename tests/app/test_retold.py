"""After a restart a feed says again what the ledger had brought back already."""

from __future__ import annotations

from controller.app.board import Board, BoardSettings
from controller.core.observations.quality import Refusal
from controller.model.records import SampleArrived
from controller.model.samples import PriceSample
from tests.app.loop import Loop
from tests.core.prices import clock, price

NOW = clock("14:00")


def restored(*prices: PriceSample) -> Board:
    board = Board(BoardSettings(meter_max_w=250_000))
    board.restore([("price", one) for one in prices], NOW)
    return board


def test_a_restored_price_is_retold_once() -> None:
    again = price("14:00-14:15", "20")
    board = restored(again)
    assert board.is_retold("price", again, NOW)
    assert not board.is_retold("price", again, NOW)
    assert board.offer("price", again, NOW) is Refusal.DUPLICATE


def test_another_price_or_another_interval_is_news() -> None:
    board = restored(price("14:00-14:15", "20"), price("14:15-14:30", "21"))
    assert not board.is_retold("price", price("14:00-14:15", "30"), NOW)
    assert not board.is_retold("price", price("14:15-14:20", "21"), NOW)
    assert not board.is_retold("price", price("14:30-14:45", "22"), NOW)


async def test_the_loop_neither_counts_nor_records_it() -> None:
    loop = Loop()
    now = loop.clock.now()
    again = PriceSample(start=now, end=clock("23:00"), price_per_mwh="20", published_at=now)
    loop.board.restore([("price", again)], now)
    loop.control.take("price", again)
    assert loop.board.refused == {}
    assert not loop.wake.is_set()
    loop.control.take("price", again)
    await loop.control.cycle()
    assert loop.board.refused == {"price": {"duplicate": 1}}
    kept = [one for one in loop.ledger.records if isinstance(one, SampleArrived)]
    assert [one.refused for one in kept] == ["duplicate"]
