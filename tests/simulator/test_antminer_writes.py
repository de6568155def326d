"""What `set_miner_conf` does to a stock Antminer, and when."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from controller.simulator.farm import Farm

from .help import HandClock, turns, until
from .stock import READ, WRITE, StockClient, as_posted, stock_miner

OK = {"stats": "success", "code": "M000", "msg": "OK!"}
EMPTY = [{"url": "", "user": "", "pass": ""}] * 3


def true_w(shed: Farm, clock: HandClock) -> float:
    return stock_miner(shed).physics.power_w(clock.now())


async def test_sleep_mode_takes_the_power_down(
    stock: StockClient, shed: Farm, clock: HandClock
) -> None:
    before = await stock.read()
    assert await stock.change(clock, miner_mode=1) == OK
    clock.move(15)
    assert true_w(shed, clock) < 30
    assert (await stock.read("summary"))["SUMMARY"][0]["rate_5s"] == 0
    assert await stock.read() == before | {"bitmain-work-mode": "1"}


async def test_waking_draws_power_long_before_it_hashes(
    stock: StockClient, shed: Farm, clock: HandClock
) -> None:
    await stock.change(clock, miner_mode=1)
    clock.move(60)
    await stock.change(clock, miner_mode=0)
    clock.move(60)
    assert true_w(shed, clock) == pytest.approx(3500, rel=0.016)
    assert (await stock.read("summary"))["SUMMARY"][0]["rate_5s"] == 0
    clock.move(121)
    assert (await stock.read("summary"))["SUMMARY"][0]["rate_5s"] > 190_000


@pytest.mark.parametrize(
    ("changes", "ths", "watts"),
    [
        ({"freq_level": "80"}, 160, 3500 * 0.8 * 0.92),
        ({"freq_level": 50}, 100, 3500 * 0.5 * 0.8),
        ({"miner_mode": 3}, 140, 3500 * 0.7 * 0.88),
    ],
)
async def test_frequency_and_mode_scale_power_and_hashrate(
    stock: StockClient,
    shed: Farm,
    clock: HandClock,
    changes: dict[str, Any],
    ths: float,
    watts: float,
) -> None:
    await stock.change(clock, **changes)
    assert (await stock.read("summary"))["SUMMARY"][0]["rate_5s"] == 0
    clock.move(200)
    row = (await stock.read("summary"))["SUMMARY"][0]
    assert row["rate_5s"] == pytest.approx(ths * 1000, rel=0.016)
    assert row["rate_ideal"] == pytest.approx(ths * 1000)
    assert true_w(shed, clock) == pytest.approx(watts, rel=0.016)


async def test_empty_pools_are_wiped_and_the_miner_earns_nothing(
    stock: StockClient, shed: Farm, clock: HandClock
) -> None:
    assert await stock.change(clock, pools=EMPTY) == OK
    assert (await stock.read())["pools"] == EMPTY
    assert (await stock.read("pools"))["POOLS"] == []
    before = stock_miner(shed).accepted(clock.now())
    clock.move(3600)
    assert stock_miner(shed).accepted(clock.now()) == before
    assert true_w(shed, clock) > 3400


async def test_what_is_not_posted_is_gone(stock: StockClient, clock: HandClock) -> None:
    await stock.change(clock, freq_level="70", miner_mode=3)
    clock.move(300)
    await stock.write(clock, {"bitmain-work-mode": 1, "bitmain-freq-level": "60"})
    found = await stock.read()
    assert found["pools"] == EMPTY
    assert found["bitmain-freq-level"] == "100"
    assert found["bitmain-work-mode"] == "3"


@pytest.mark.parametrize("mode", [2, "two", None, 1.5, True])
async def test_an_unknown_mode_leaves_the_old_one(
    stock: StockClient, clock: HandClock, mode: object
) -> None:
    assert await stock.change(clock, miner_mode=mode) == OK
    assert (await stock.read())["bitmain-work-mode"] == "0"


async def test_new_pools_alone_do_not_interrupt(
    stock: StockClient, shed: Farm, clock: HandClock
) -> None:
    pool = {"url": "stratum+tcp://other.example.com:3333", "user": "a.b", "pass": "x"}
    await stock.change(clock, pools=[pool])
    assert (await stock.read("pools"))["POOLS"][0]["url"] == pool["url"]
    assert (await stock.read("summary"))["SUMMARY"][0]["rate_5s"] > 190_000


async def test_a_write_takes_its_time_and_others_have_to_wait(
    stock: StockClient, shed: Farm, clock: HandClock
) -> None:
    posted = as_posted(await stock.read()) | {"miner-mode": 1}
    first = asyncio.ensure_future(stock.ask(WRITE, posted))
    await until(lambda: clock.sleepers > 0, "the write to begin")
    busy = (await stock.ask(WRITE, posted)).json
    assert (busy["code"], busy["msg"]) == ("M001", "request busy")
    clock.move(19)
    await turns()
    assert not first.done()
    assert (await stock.read())["bitmain-work-mode"] == "0"
    clock.move(1)
    assert (await asyncio.wait_for(first, 10)).json == OK


async def test_a_write_is_finished_though_nobody_waits_for_it(
    stock: StockClient, shed: Farm, clock: HandClock
) -> None:
    posted = as_posted(await stock.read()) | {"miner-mode": 1}
    impatient = asyncio.ensure_future(stock.ask(WRITE, posted))
    await until(lambda: clock.sleepers > 0, "the write to begin")
    impatient.cancel()
    clock.move(20)
    await until(lambda: stock_miner(shed).configuration.mode == 1, "the write to be done")


@pytest.mark.parametrize("body", [b"mode=1", b"[1]", b"\xff\xfe", b'{"pools":'])
async def test_what_is_no_object_is_illegal(stock: StockClient, body: bytes) -> None:
    before = await stock.read()
    assert (await stock.ask(WRITE, body)).json["msg"] == "Illegal request!"
    assert await stock.read() == before


async def test_a_sleeping_miner_restarts_its_count_and_its_clock_when_it_wakes(
    stock: StockClient, clock: HandClock
) -> None:
    before = (await stock.read("pools"))["POOLS"][0]["accepted"]
    await stock.change(clock, miner_mode=1)
    clock.move(60)
    await stock.change(clock, miner_mode=0)
    clock.move(600)
    after = (await stock.read("pools"))["POOLS"][0]["accepted"]
    assert 0 < after < before
    assert (await stock.read("summary"))["SUMMARY"][0]["elapsed"] == 600


async def test_reading_needs_no_write(stock: StockClient) -> None:
    assert (await stock.ask(READ)).json["bitmain-freq-level"] == "100"
