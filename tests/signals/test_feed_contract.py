"""What the app counts on from every feed, real and simulated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from controller.app.board import Board, BoardSettings
from controller.core.observations.heard import SignalBounds
from controller.core.observations.quality import Range
from controller.links.modbus import ModbusLinks
from controller.model.samples import Sample
from controller.ports import Feed
from controller.signals.mining.fixed import HashpriceFixed, HashpriceFixedSettings
from controller.signals.prices.file import PriceFile
from controller.wiring import FEEDS
from tests.signals.meters import meter_feed, simulated_meter
from tests.signals.price_files import written
from tests.signals.price_sources import document, price_feed, serving
from tests.signals.signal_feeds import document_feed, register_feed
from tests.signals.sunspec_server import meter_model, serve, sunspec
from tests.signals.wired_feeds import START, WIRED, Make
from tests.virtual_clock import VirtualClock


@asynccontextmanager
async def prices(clock: VirtualClock, folder: Path) -> AsyncIterator[Feed]:
    settings = written(folder, "2023-09-06T17:00:00Z,10", "2023-09-06T17:15:00Z,20")
    yield PriceFile("price", settings, clock)


@asynccontextmanager
async def prices_of_the_web(clock: VirtualClock, folder: Path) -> AsyncIterator[Feed]:
    async with serving(body=document(48.2)) as source:
        yield price_feed(source.url, folder, clock)


@asynccontextmanager
async def hashprice(clock: VirtualClock, folder: Path) -> AsyncIterator[Feed]:
    settings = HashpriceFixedSettings(adapter="hashprice_fixed", per_ph_day="50", origin="a test")
    yield HashpriceFixed("hashprice", settings, clock)


@asynccontextmanager
async def meter(clock: VirtualClock, folder: Path) -> AsyncIterator[Feed]:
    async with serve(sunspec(meter_model())) as server:
        yield meter_feed(server.port, clock, ModbusLinks())


@asynccontextmanager
async def meter_of_the_simulator(clock: VirtualClock, folder: Path) -> AsyncIterator[Feed]:
    async with simulated_meter(180_000, 7_000_000) as (host, port):
        yield meter_feed(port, clock, ModbusLinks(), host=host)


@asynccontextmanager
async def signal(clock: VirtualClock, folder: Path) -> AsyncIterator[Feed]:
    async with serve([23], base=100) as server:
        yield register_feed(server.port, clock)


@asynccontextmanager
async def signal_of_the_web(clock: VirtualClock, folder: Path) -> AsyncIterator[Feed]:
    async with serving(body=b'{"now": {"kw": 412}}') as source:
        yield document_feed(source.url, folder, clock)


@asynccontextmanager
async def condition_of_the_web(clock: VirtualClock, folder: Path) -> AsyncIterator[Feed]:
    async with serving(body=b'{"now": {"kw": "watch"}}') as source:
        yield document_feed(source.url, folder, clock, signal="grid-state", condition=True)


HERE: dict[str, Make] = {
    "price_file": prices,
    "price_http": prices_of_the_web,
    "hashprice_fixed": hashprice,
    "meter_modbus": meter,
    "meter_modbus of the simulator": meter_of_the_simulator,
    "signal_modbus": signal,
    "signal_http": signal_of_the_web,
    "signal_http of a condition": condition_of_the_web,
}
CASES = {**{name: (START, make) for name, make in HERE.items()}, **WIRED}


def test_every_adapter_is_here() -> None:
    assert {name.partition(" ")[0] for name in CASES} == set(FEEDS)


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def case(request: pytest.FixtureRequest) -> tuple[datetime, Make]:
    found: tuple[datetime, Make] = request.param
    return found


@pytest.fixture
async def feed(
    case: tuple[datetime, Make], clock: VirtualClock, tmp_path: Path
) -> AsyncIterator[Feed]:
    _, make = case
    async with make(clock, tmp_path) as made:
        yield made


@pytest.fixture
def clock(case: tuple[datetime, Make]) -> VirtualClock:
    return VirtualClock(case[0])


@pytest.fixture
def board() -> Board:
    high = {"inlet-a": 120, "available": 10_000}
    signals = {
        name: SignalBounds(range=Range(low=Decimal(-40), high=Decimal(most)), max_age_s=60)
        for name, most in high.items()
    }
    settings = BoardSettings(
        meter_max_w=250_000, price_late_s=1800, signals=signals, conditions={"grid-state": 60}
    )
    return Board(settings)


def listening(feed: Feed) -> aclosing[AsyncGenerator[Sample, None]]:
    """Its samples, and an end to them: whoever listens to a feed has to be able to stop."""
    samples = feed.samples()
    assert isinstance(samples, AsyncGenerator)
    return aclosing(samples)


async def test_it_has_a_name_for_logs_and_counters(feed: Feed) -> None:
    assert feed.name


async def test_what_it_says_first_can_be_used_at_once(
    feed: Feed, clock: VirtualClock, board: Board
) -> None:
    async with listening(feed) as samples:
        assert board.offer(feed.name, await anext(samples), clock.now()) is None
    assert board.refused == {}


async def test_its_times_are_utc(feed: Feed) -> None:
    async with listening(feed) as samples:
        sample = await anext(samples)
    times = [getattr(sample, name) for name in ("at", "start", "end") if hasattr(sample, name)]
    assert times
    assert all(time.tzinfo is UTC for time in times)


async def until_it_waits(
    samples: AsyncGenerator[Sample, None], clock: VirtualClock
) -> asyncio.Future[Sample]:
    """What comes after all that it had to say at once."""
    await anext(samples)
    while True:
        waiting = asyncio.ensure_future(anext(samples))
        for _ in range(5):
            await clock.advance(0)
        if not waiting.done():
            return waiting


async def test_it_can_be_stopped_while_it_waits(feed: Feed, clock: VirtualClock) -> None:
    async with listening(feed) as samples:
        waiting = await until_it_waits(samples, clock)
        waiting.cancel()
        done, _ = await asyncio.wait({waiting}, timeout=30)
        assert done
        assert waiting.cancelled()


async def test_it_can_be_started_again(feed: Feed, clock: VirtualClock, board: Board) -> None:
    for _ in range(2):
        async with listening(feed) as samples:
            sample = await anext(samples)
    assert board.offer(feed.name, sample, clock.now()) is None


async def test_two_processes_of_it_do_not_disturb_each_other(feed: Feed) -> None:
    async with listening(feed) as one, listening(feed) as other:
        assert await anext(one) == await anext(other)
