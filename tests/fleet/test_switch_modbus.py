"""Coils of a Modbus server that is not ours, as the switches of miners."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from controller.errors import TemporaryError
from controller.fleet.switch_modbus import SwitchModbusSettings
from tests.simulator.help import free_port

from .relays import UNIT, bank, serve, stuck


async def test_each_miner_has_the_next_coil_from_the_first_on() -> None:
    async with serve([True, False, True, True, True], first=100) as coils:
        switches = bank("127.0.0.1", coils.port, unit=UNIT, first_coil=101)
        assert await switches.read(0, 4) == [False, True, True, True]
        await switches.write(2, closed=False)
        assert await coils.values(5) == [True, False, True, False, True]
        assert await switches.read(2, 1) == [False]
        await switches.write(0, closed=True)
        assert await coils.values(5) == [True, True, True, False, True]
        assert switches.place(2) == f"127.0.0.1:{coils.port} unit {UNIT} coil 103"


async def test_normally_closed_contacts_open_where_the_coil_is_set() -> None:
    async with serve([False, True, False]) as coils:
        switches = bank("127.0.0.1", coils.port, unit=UNIT, contacts="normally_closed")
        assert await switches.read(0, 3) == [True, False, True]
        await switches.write(0, closed=False)
        await switches.write(1, closed=True)
        assert await coils.values(3) == [True, False, False]


async def test_more_coils_than_a_reply_can_hold_are_read_in_parts() -> None:
    async with serve([number % 3 > 0 for number in range(4100)], first=7) as coils:
        switches = bank("127.0.0.1", coils.port, unit=UNIT, first_coil=7)
        assert await switches.read(0, 4100) == [number % 3 > 0 for number in range(4100)]
        assert await switches.read(1998, 4) == [False, True, True, False]


async def test_coils_that_are_not_there_are_refused_with_the_key() -> None:
    async with serve([True] * 16) as coils:
        switches = bank("127.0.0.1", coils.port, unit=UNIT, first_coil=14)
        said = f"127.0.0.1:{coils.port} unit {UNIT} refused coils 14 to 17: .* check first_coil"
        with pytest.raises(TemporaryError, match=said):
            await switches.read(0, 4)
        with pytest.raises(TemporaryError, match=r"refused coil 17: .* check first_coil"):
            await switches.write(3, closed=False)


async def test_nobody_there_is_said_in_time() -> None:
    port = free_port("127.0.0.1")
    with pytest.raises(TemporaryError, match=f"127.0.0.1:{port}: no connection within 1 s"):
        await bank("127.0.0.1", port).write(0, closed=False)


async def test_another_number_of_coils_than_was_asked_for_is_no_reply() -> None:
    async with stuck() as (host, port):
        assert await bank(host, port).read(0, 3) == [True, True, True]
        with pytest.raises(TemporaryError, match="not the reply asked for"):
            await bank(host, port).read(0, 9)


def test_the_last_coil_is_65535() -> None:
    settings = SwitchModbusSettings(adapter="switch_modbus", host="h", first_coil=65_530)
    assert settings.outlets(6)[-1] == "h:502 unit 1 coil 65535"
    with pytest.raises(ValueError, match="7 miners from coil 65530 on go beyond 65535"):
        settings.outlets(7)
    with pytest.raises(ValidationError):
        SwitchModbusSettings(adapter="switch_modbus", host="h", first_coil=65_536)
