"""Register maps: each of ours against a server that is not ours, and an operator's own."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from controller.errors import PermanentError, TemporaryError
from controller.model.samples import MeterSample
from controller.signals.meters.modbus import MeterModbusSettings
from controller.signals.meters.register_map import MapName, RegisterMap, Registers, shipped
from controller.signals.reading.registers import LAYOUTS, NumberType, modulus_of, number
from tests.signals.meters import meter_feed
from tests.signals.sunspec_server import UNIT

MAPS = [name for name in get_args(MapName) if name != "sunspec"]


def words(number_type: NumberType, value: float) -> list[int]:
    raw = struct.pack(LAYOUTS[number_type], value)
    return list(struct.unpack(f">{len(raw) // 2}H", raw))


def block(one: Registers, value: float) -> SimData:
    found = words(one.type, value)
    if one.word_order == "little":
        found.reverse()
    return SimData(one.address, values=found, datatype=DataType.REGISTERS)


@asynccontextmanager
async def meter(registers: RegisterMap, power: float, energy: float) -> AsyncIterator[int]:
    """The port of a meter of this kind that says so; its two tables are apart."""
    blocks: dict[str, list[SimData]] = {"holding": [], "input": []}
    blocks[registers.power.table].append(block(registers.power, power))
    if registers.energy is not None:
        blocks[registers.energy.table].append(block(registers.energy, energy))
    empty = SimData(65_535, values=[0], datatype=DataType.REGISTERS)
    tables = [sorted(one, key=lambda data: data.address) or [empty] for one in blocks.values()]
    bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
    device = SimDevice(UNIT, (bits, bits, *tables))
    server = ModbusTcpServer(device, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    try:
        yield server.transport.sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


async def reading(port: int, **settings: Any) -> MeterSample:
    async with aclosing(meter_feed(port, **settings).samples()) as samples:
        return await anext(samples)


@pytest.mark.parametrize("name", MAPS)
async def test_each_map_reads_power_in_w_and_energy_in_wh(name: MapName) -> None:
    registers = shipped(name)
    assert registers.energy is not None
    power = {"w": 180_500.0, "kw": 180.5, "mw": 0.1805}[registers.power.unit]
    energy = {"wh": 7_000_000, "kwh": 7_000, "mwh": 7}[registers.energy.unit]
    async with meter(registers, power, energy) as port:
        sample = await reading(port, map=name, scope="hall-a")
    assert (sample.scope, sample.power_w, sample.energy_wh) == ("hall-a", 180_500.0, 7_000_000)


def test_the_addresses_are_those_that_are_sent() -> None:
    """Of volkszaehler/mbmd, commit fb8f9c22 (BSD-3-Clause): total power and import."""
    sent = {
        "eastron-sdm630": (0x34, 0x48),
        "janitza-b23": (0x4A52, 0x4A7C),
        "schneider-iem3000": (0x0BF3, 0x0C83),
        "siemens-pac2200": (65, 801),
    }
    for name, addresses in sent.items():
        one = shipped(name)
        assert one.energy is not None
        assert (one.power.address, one.energy.address) == addresses


async def test_power_that_is_no_number_is_named() -> None:
    async with meter(shipped("eastron-sdm630"), float("nan"), 1) as port:
        with pytest.raises(TemporaryError, match="Eastron SDM630: register 52 holds no number"):
            await reading(port, map="eastron-sdm630")


async def test_a_counter_below_zero_is_named() -> None:
    async with meter(shipped("eastron-sdm630"), 1, -5) as port:
        with pytest.raises(TemporaryError, match="its counter says -5000 Wh"):
            await reading(port, map="eastron-sdm630")


OWN = """
meter: our own
source: its manual, page 12
power: { table: input, address: 10, type: int32, word_order: little, unit: kw, scale: -0.1 }
energy: { table: holding, address: 20, type: uint32, unit: kwh, scale: 0.01 }
"""


async def test_an_operators_own_map(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(OWN)
    registers = RegisterMap.model_validate(
        {
            "meter": "our own",
            "source": "-",
            "power": {
                "table": "input",
                "address": 10,
                "type": "int32",
                "word_order": "little",
                "unit": "kw",
            },
            "energy": {"table": "holding", "address": 20, "type": "uint32", "unit": "kwh"},
        }
    )
    async with meter(registers, -1805, 700_000) as port:
        sample = await reading(port, map_file=file)
    assert (sample.power_w, sample.energy_wh) == (180_500.0, 7_000_000)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (OWN.replace("int32", "int33"), "power.type: Input should be"),
        (OWN.replace("kwh", "joule"), "energy.unit: Input should be"),
        (OWN.replace("address: 10", "address: 70000"), "power.address: Input should be less"),
        (OWN.replace("meter:", "device:"), "meter: Field required; device: Extra inputs"),
        ("[", "is no YAML of a register map"),
        ("a: " + "x" * 70_000, "is larger than 65536 bytes"),
        ("5", "valid dictionary or instance of RegisterMap"),
    ],
)
async def test_a_map_that_cannot_be_meant_is_named_for_good(
    tmp_path: Path, text: str, why: str
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text)
    async with meter(shipped("eastron-sdm630"), 1, 1) as port:
        with pytest.raises(PermanentError, match=why):
            await reading(port, map_file=file)
    with pytest.raises(PermanentError, match="cannot be read"):
        await reading(port, map_file=tmp_path / "none.yaml")


def test_only_one_of_both() -> None:
    with pytest.raises(ValidationError, match="give map or map_file"):
        MeterModbusSettings(
            adapter="meter_modbus", host="a", map="janitza-b23", map_file=Path("own.yaml")
        )


@pytest.mark.parametrize(
    ("number_type", "modulus"),
    [
        ("int16", 2**15),
        ("uint16", 2**16),
        ("uint32", 2**32),
        ("int64", 2**63),
        ("uint64", 2**64),
        ("float32", None),
        ("float64", None),
    ],
)
def test_a_counter_starts_again_where_its_type_ends(
    number_type: NumberType, modulus: int | None
) -> None:
    assert modulus_of(number_type) == modulus


@pytest.mark.parametrize(
    ("number_type", "value"),
    [("int64", -5), ("uint64", 2**63 + 1), ("float64", 1234567.25), ("float32", 50.02)],
)
def test_every_type_in_both_orders(number_type: NumberType, value: float) -> None:
    found = words(number_type, value)
    assert float(number(found, number_type, "big")) == pytest.approx(value)
    assert float(number(found[::-1], number_type, "little")) == pytest.approx(value)
