"""Meters read by pymodbus: a client that somebody else wrote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from controller.simulator.farm import Farm
from controller.simulator.faults import MeterFault
from controller.simulator.group_settings import Endpoint

from .help import Client, HandClock

METER_MODEL = 40002 + 68  # after the mark and the common model


class SunSpecReader:
    """Reads a SunSpec three-phase meter the way a driver would."""

    def __init__(self, client: AsyncModbusTcpClient) -> None:
        self.client = client

    async def words(self, address: int, count: int) -> list[int]:
        reply = await self.client.read_holding_registers(address, count=count)
        assert not reply.isError(), reply
        found: list[int] = reply.registers
        return found

    async def signed(self, offset: int) -> int:
        word = (await self.words(METER_MODEL + offset, 1))[0]
        return word - 0x10000 if word >= 0x8000 else word

    async def scaled(self, offset: int, scale_offset: int) -> float:
        return await self.signed(offset) * 10.0 ** await self.signed(scale_offset)

    async def watts(self) -> float:
        return await self.scaled(18, 22)

    async def watt_hours(self) -> float:
        high, low = await self.words(METER_MODEL + 46, 2)
        return ((high << 16) + low) * 10.0 ** await self.signed(54)


async def connected(endpoint: Endpoint | None) -> SunSpecReader:
    assert endpoint is not None
    client = AsyncModbusTcpClient(str(endpoint.address), port=endpoint.port, timeout=2, retries=0)
    assert await client.connect()
    return SunSpecReader(client)


@pytest.fixture
async def group(farm: Farm) -> AsyncIterator[SunSpecReader]:
    reader = await connected(farm.settings.groups[0].meter)
    yield reader
    reader.client.close()


@pytest.fixture
async def site(farm: Farm) -> AsyncIterator[SunSpecReader]:
    reader = await connected(farm.settings.site_meter)
    yield reader
    reader.client.close()


async def test_the_register_map_is_sunspec(group: SunSpecReader) -> None:
    words = await group.words(40000, 4)
    assert b"".join(word.to_bytes(2, "big") for word in words[:2]) == b"SunS"
    assert words[2:] == [1, 66]
    assert await group.words(METER_MODEL, 2) == [203, 105]
    assert await group.words(METER_MODEL + 107, 2) == [0xFFFF, 0]
    serial = await group.words(40002 + 50, 16)
    assert b"".join(word.to_bytes(2, "big") for word in serial).rstrip(b"\0") == b"hall"


async def test_power_of_group_and_site_is_the_true_power(
    farm: Farm, group: SunSpecReader, site: SunSpecReader, clock: HandClock
) -> None:
    true_w = farm.plant.groups["hall"].power_w(clock.now())
    assert true_w == pytest.approx(3 * 2794, rel=0.016)
    assert await group.watts() == pytest.approx(true_w, abs=1)
    assert await site.watts() == pytest.approx(true_w + 2000, abs=1)


async def test_power_follows_a_command(
    miner: Client, group: SunSpecReader, clock: HandClock
) -> None:
    token = await miner.logon()
    await miner.ask("curtail", f"{token},sleep")
    clock.move(5)
    assert await group.watts() == pytest.approx(2 * 2794 + 25, rel=0.016)


async def test_energy_counts_the_power_over_site_time(
    group: SunSpecReader, site: SunSpecReader, miner: Client, clock: HandClock
) -> None:
    before = await group.watt_hours(), await site.watt_hours()
    assert min(before) > 0
    token = await miner.logon()
    await miner.ask("curtail", f"{token},sleep")
    clock.move(3600)
    group_wh, site_wh = await group.watt_hours() - before[0], await site.watt_hours() - before[1]
    stopping_wh = (2794 - 25) / 2 * 5 / 3600
    assert group_wh == pytest.approx(2 * 2794 + 25 + stopping_wh, rel=0.003)
    assert site_wh == pytest.approx(group_wh + 2000, abs=2)


async def test_voltage_frequency_and_current_fit_the_power(group: SunSpecReader) -> None:
    assert await group.scaled(16, 17) == 60
    line_v = await group.scaled(12, 15)
    assert line_v == 480
    current_a = await group.scaled(3, 6)
    assert line_v * 3**0.5 * current_a == pytest.approx(await group.watts(), rel=0.01)


async def test_input_registers_hold_the_same(group: SunSpecReader) -> None:
    reply = await group.client.read_input_registers(METER_MODEL + 16, count=2)
    assert reply.registers == await group.words(METER_MODEL + 16, 2)


@pytest.mark.parametrize(("address", "count"), [(0, 1), (39999, 2), (40178, 3), (40179, 1)])
async def test_other_addresses_are_illegal(group: SunSpecReader, address: int, count: int) -> None:
    reply = await group.client.read_holding_registers(address, count=count)
    assert reply.isError()
    assert reply.exception_code == 2


async def test_writing_is_an_illegal_function(group: SunSpecReader) -> None:
    reply: Any = await group.client.write_register(METER_MODEL + 18, 1)
    assert reply.isError()
    assert reply.exception_code == 1


async def test_a_frozen_meter_repeats_its_last_value(
    farm: Farm, miner: Client, group: SunSpecReader, clock: HandClock
) -> None:
    await farm.meters["hall"].inject(MeterFault(kind="freeze"))
    frozen = await group.words(METER_MODEL, 107)
    token = await miner.logon()
    await miner.ask("curtail", f"{token},sleep")
    clock.move(600)
    assert await group.words(METER_MODEL, 107) == frozen
    await farm.meters["hall"].inject(MeterFault(kind="clear"))
    assert await group.watts() < 6000


async def test_a_dead_meter_hangs_up_and_comes_back(farm: Farm, group: SunSpecReader) -> None:
    await farm.meters["hall"].inject(MeterFault(kind="die"))
    with pytest.raises(ModbusException):
        await group.client.read_holding_registers(40000, count=2)
    assert not await group.client.connect()
    await farm.meters["hall"].inject(MeterFault(kind="clear"))
    again = await connected(farm.settings.groups[0].meter)
    assert await again.watts() > 8000
    again.client.close()
