"""Meter feeds for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from controller.links.modbus import ModbusLinks
from controller.signals.meters.modbus import MeterModbus, MeterModbusSettings
from controller.simulator import sunspec as simulated
from controller.simulator.modbus import Image, ModbusServer
from tests.signals.sunspec_server import UNIT
from tests.simulator.help import free_address, free_port
from tests.virtual_clock import VirtualClock


def meter_feed(
    port: int,
    clock: VirtualClock | None = None,
    links: ModbusLinks | None = None,
    **settings: Any,
) -> MeterModbus:
    defaults = {"host": "127.0.0.1", "port": port, "unit": UNIT, "timeout_s": 5.0}
    checked = MeterModbusSettings(adapter="meter_modbus", **{**defaults, **settings})
    return MeterModbus("meter", checked, clock or VirtualClock(), links or ModbusLinks())


@asynccontextmanager
async def simulated_meter(
    power_w: float, energy_wh: float, capacity_w: float = 250_000
) -> AsyncIterator[tuple[str, int]]:
    """Host and port of the simulator's own meter, which shares no code with the feed."""
    words = simulated.image("site", power_w, energy_wh, simulated.MeterScale(capacity_w))
    host = free_address()
    port = free_port(host)

    async def registers() -> Image:
        return simulated.BASE, words

    server = ModbusServer("the meter", host, port, registers)
    await server.open()
    try:
        yield host, port
    finally:
        server.close()
