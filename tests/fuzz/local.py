"""Targets of what a site hears of its own: meters, signals, letters, files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from controller.signals.local.http import SignalHttpSource
from controller.signals.local.http_settings import SignalHttpSettings
from controller.signals.meters.http import MeterHttpSettings, MeterHttpSource
from controller.signals.meters.mapped import MappedMeter
from controller.signals.meters.register_map import Registers, shipped
from controller.signals.meters.sunspec import METER_REGISTERS, decode_meter
from controller.signals.polled.last_answer import Kept
from controller.signals.prices.http import PriceHttpSource
from controller.signals.prices.http_settings import PriceHttpSettings
from controller.signals.revenue.reading import read_revenue_file
from controller.signals.revenue.settings import RevenueMeterSettings
from controller.signals.subscribed.prices import PriceMqttSettings, PriceReader
from controller.signals.subscribed.values import (
    HashpriceMqttSettings,
    MeterMqttSettings,
    SignalMqttSettings,
    ValueReader,
)
from controller.surfaces.strict_json import MalformedBodyError, parse_object
from controller.surfaces.webhooks.mapping import MappingError, dispatch_of
from controller.surfaces.webhooks.settings import MappedSettings
from tests.fuzz.target import BASE, BROKER, NOW, Read, Target, ours, reads, seeds

SUNSPEC = b"\x00\xcb\x00\x69" + b"\0" * 106
ROWS: dict[str, Any] = {"rows": "$", "start": "from", "price": "p", "interval_minutes": 15}
SIGNAL: dict[str, Any] = {"signal": "s", "value": "v", "at": "at", "least": 0, "most": 9}


def _price_http() -> PriceHttpSource:
    return PriceHttpSource(PriceHttpSettings(adapter="price_http", url=BASE, **ROWS))


def _meter_http() -> MeterHttpSource:
    said: Any = {"url": BASE, "value": "v", "energy": "e", "at": "at"}
    return MeterHttpSource(MeterHttpSettings(adapter="meter_http", **said))


def _signal_http() -> SignalHttpSource:
    return SignalHttpSource(SignalHttpSettings(adapter="signal_http", url=BASE, **SIGNAL))


def _letters(reader: PriceReader | ValueReader) -> Read:
    return lambda body: ours(lambda: reader.read(body, NOW, retained=False))


def _values(settings: type[Any], adapter: str, **more: Any) -> Read:
    said = {"broker": BROKER, "topic": "a", "value": "v", "at": "at", **more}
    return _letters(ValueReader(settings(adapter=adapter, **said)))


def _prices() -> PriceReader:
    said: Any = {"broker": BROKER, "topic": "a", **ROWS}
    return PriceReader(PriceMqttSettings(adapter="price_mqtt", **said))


def _words(body: bytes, count: int) -> list[int]:
    padded = body.ljust(2 * count, b"\0")[: 2 * count]
    return [int.from_bytes(padded[place : place + 2], "big") for place in range(0, 2 * count, 2)]


def _registers(body: bytes) -> object:
    """Registers of a map, without a wire: whatever they hold."""

    async def read(one: Registers) -> list[int]:
        return _words(body, one.count)

    reading = MappedMeter(shipped("siemens-pac2200")).read(read)
    try:
        reading.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waited")


def _sunspec(body: bytes) -> object:
    return decode_meter(_words(body, METER_REGISTERS))


def _revenue(body: bytes) -> object:
    said: Any = {"time_column": "time", "zone": "UTC", "energy_column": "kwh", "unit": "kwh"}
    return ours(lambda: read_revenue_file(body, RevenueMeterSettings(**said)))


def _webhook(body: bytes) -> object:
    paths = {"id": "a.id", "version": "a.v", "issued_at": "a.at", "kw": "a.kw"}
    mapped = MappedSettings(program="p", time_format="unix_s", **paths)
    kinds = (MalformedBodyError, MappingError)
    return ours(lambda: dispatch_of(parse_object(body), mapped), kinds)


def _last_answer(body: bytes) -> object:
    return ours(lambda: msgspec.json.decode(body, type=Kept), (msgspec.DecodeError,))


LOCAL: Mapping[str, Target] = {
    "price_http": Target(reads(_price_http), seeds("prices.json")),
    "price_mqtt": Target(_letters(_prices()), seeds("prices.json")),
    "hashprice_mqtt": Target(_values(HashpriceMqttSettings, "hashprice_mqtt"), seeds("value.json")),
    "meter_http": Target(reads(_meter_http), seeds("value.json")),
    "meter_mqtt": Target(_values(MeterMqttSettings, "meter_mqtt", energy="e"), seeds("value.json")),
    "meter_modbus": Target(_registers, (b"\x40\xb8\x17" + b"\0" * 5,)),
    "meter_modbus_sunspec": Target(_sunspec, (SUNSPEC,)),
    "signal_http": Target(reads(_signal_http), seeds("value.json")),
    "signal_mqtt": Target(
        _values(SignalMqttSettings, "signal_mqtt", **SIGNAL), seeds("value.json")
    ),
    "revenue_meter": Target(_revenue, seeds("revenue.csv")),
    "webhook": Target(_webhook, seeds("webhook.json")),
    "last_answer": Target(_last_answer, (b'{"source": "a", "answers": []}',)),
}
