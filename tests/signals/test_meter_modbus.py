"""A SunSpec meter, read from a server that is not ours."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from controller.errors import TemporaryError
from controller.links.modbus import ModbusLinks
from controller.model.samples import MeterSample
from tests.signals.meters import meter_feed, simulated_meter
from tests.signals.sunspec_server import METER, meter_model, serve, sunspec
from tests.virtual_clock import VirtualClock

INVERTER = [103, 50, *[0] * 50]


async def first(port: int, **settings: Any) -> MeterSample:
    async with aclosing(meter_feed(port, **settings).samples()) as samples:
        return await anext(samples)


async def test_power_and_energy_come_with_their_scale_factors() -> None:
    async with serve(sunspec(meter_model(1805, 2, 500_123, 1))) as meter:
        sample = await first(meter.port, scope="north")
    assert sample.scope == "north"
    assert sample.power_w == 180_500
    assert sample.energy_wh == 5_001_230
    assert sample.at == VirtualClock().now()


async def test_export_and_small_scale_factors() -> None:
    async with serve(sunspec(meter_model(-12_345, -1, 500_129, -1))) as meter:
        sample = await first(meter.port)
    assert sample.power_w == -1234.5
    assert sample.energy_wh == 50_012


@pytest.mark.parametrize("model", [201, 202, 203, 204])
async def test_the_meter_is_found_behind_other_models(model: int) -> None:
    words = [model, *meter_model()[1:]]
    async with serve(sunspec(INVERTER, words)) as meter:
        assert (await first(meter.port)).power_w == 180_000


async def test_the_chain_may_begin_elsewhere() -> None:
    async with serve(sunspec(meter_model()), base=0) as meter:
        assert (await first(meter.port, base_address=0)).power_w == 180_000


@pytest.mark.parametrize("words", [meter_model(imported=0), meter_model(energy_scale=-0x8000)])
async def test_a_meter_without_a_counter_still_gives_power(words: list[int]) -> None:
    async with serve(sunspec(words)) as meter:
        sample = await first(meter.port)
    assert (sample.power_w, sample.energy_wh) == (180_000, None)


async def test_it_is_read_again_every_poll() -> None:
    clock = VirtualClock()
    async with serve(sunspec(meter_model(1800))) as meter:
        feed = meter_feed(meter.port, clock, poll_s=5)
        async with aclosing(feed.samples()) as samples:
            one = await anext(samples)
            following = asyncio.ensure_future(anext(samples))
            await clock.until_asleep()
            await meter.show(meter_model(900))
            await clock.advance(5)
            other = await following
    assert (one.power_w, other.power_w) == (180_000, 90_000)
    assert (other.at - one.at).total_seconds() == 5


async def test_a_counter_that_rolls_over_goes_on_growing() -> None:
    async with serve(sunspec(meter_model(imported=2**32 - 10))) as meter:
        feed = meter_feed(meter.port, poll_s=0.001)
        async with aclosing(feed.samples()) as samples:
            before = await anext(samples)
        await meter.show(meter_model(imported=20))
        # a new start of the feed, as after a lost connection
        async with aclosing(feed.samples()) as samples:
            after = await anext(samples)
    assert before.energy_wh == 2**32 - 10
    assert after.energy_wh == 2**32 + 20


async def test_a_meter_replaced_while_it_is_read_is_noticed() -> None:
    clock = VirtualClock()
    async with (
        serve(sunspec(meter_model())) as meter,
        aclosing(meter_feed(meter.port, clock).samples()) as samples,
    ):
        await anext(samples)
        following = asyncio.ensure_future(anext(samples))
        await clock.until_asleep()
        await meter.set(METER, 103)
        await clock.advance(5)
        with pytest.raises(TemporaryError, match="model 103 stands where the meter was"):
            await following


async def test_two_meters_behind_one_gateway_share_its_connection() -> None:
    links = ModbusLinks()
    async with serve(sunspec(meter_model())) as meter:
        feeds = [meter_feed(meter.port, links=links, scope=scope) for scope in ("a", "b")]
        async with aclosing(feeds[0].samples()) as one, aclosing(feeds[1].samples()) as other:
            both = await asyncio.gather(anext(one), anext(other))
            assert len(meter.connections()) == 1
    assert [sample.scope for sample in both] == ["a", "b"]


@pytest.mark.parametrize(
    ("power_w", "energy_wh", "capacity_w"),
    [(180_000, 7_000_000, 250_000), (25, 1, 4_000), (48_500_000, 9_000_000_000, 60_000_000)],
)
async def test_it_reads_the_simulated_meter_too(
    power_w: int, energy_wh: int, capacity_w: int
) -> None:
    """Two minds read the same definition of the registers."""
    async with simulated_meter(power_w, energy_wh, capacity_w) as (host, port):
        sample = await first(port, host=host)
    assert sample.power_w == power_w
    assert sample.energy_wh == energy_wh
