"""Feeds over MQTT, by a real broker: values, prices, what the broker kept, floods, lost brokers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from pydantic import ValidationError

from controller.errors import TemporaryError
from controller.links.mqtt_client import Received
from controller.model.samples import (
    ConditionSample,
    HashpriceSample,
    MeterSample,
    PriceSample,
    Sample,
    SignalSample,
)
from controller.signals.subscribed.feed import MOST_WAITING, SubscribedFeed
from controller.signals.subscribed.prices import PriceMqttSettings, PriceReader
from controller.signals.subscribed.settings import ValueSettings
from controller.signals.subscribed.values import (
    HashpriceMqttSettings,
    MeterMqttSettings,
    SignalMqttSettings,
    ValueReader,
)
from tests.mqtt.broker import HOST, Broker
from tests.virtual_clock import VirtualClock

NOW = VirtualClock().now()
TOPIC = "site/value"
DATED = b'{"at": "2023-09-06T16:59:58Z", "kw": 180.5, "kwh": "7000.25", "state": "watch"}'
MEASURED = NOW.replace(hour=16, minute=59, second=58)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    one = Broker(tmp_path)
    one.start()
    yield one
    one.kill()


class Sender:
    """Another client, not our own."""

    def __init__(self, broker: Broker) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.connect(HOST, broker.port)
        self._client.loop_start()

    def say(self, payload: bytes, *, retain: bool = False) -> None:
        """Returns when the broker has it."""
        self._client.publish(TOPIC, payload, qos=1, retain=retain).wait_for_publish(10)

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def sender(broker: Broker) -> Iterator[Sender]:
    one = Sender(broker)
    yield one
    one.leave()


KINDS: dict[str, type[ValueSettings]] = {
    "hashprice_mqtt": HashpriceMqttSettings,
    "signal_mqtt": SignalMqttSettings,
    "meter_mqtt": MeterMqttSettings,
}


def feed(broker: Broker, adapter: str, **settings: Any) -> SubscribedFeed:
    where = {"broker": {"host": HOST, "port": broker.port, "tls": False}, "topic": TOPIC}
    checked = KINDS[adapter](adapter=adapter, **where, **settings)
    return SubscribedFeed("value", checked, VirtualClock(), "west", ValueReader(checked))


async def answered(samples: AsyncGenerator[Sample, None], sender: Sender, payload: bytes) -> Sample:
    """The next sample; the message is said until the feed, which has to connect first, heard it."""
    following = asyncio.ensure_future(anext(samples))
    try:
        async with asyncio.timeout(20):
            while not following.done():
                await asyncio.to_thread(sender.say, payload)
                await asyncio.wait({following}, timeout=0.1)
        return following.result()
    finally:
        following.cancel()
        await asyncio.wait({following})


async def heard(one: SubscribedFeed, sender: Sender, payload: bytes) -> Sample:
    async with aclosing(one.samples()) as samples:
        return await answered(samples, sender, payload)


SIGNAL = {"signal": "hertz", "least": 40, "most": 70}


@pytest.mark.parametrize(
    ("adapter", "settings", "payload", "sample"),
    [
        ("signal_mqtt", SIGNAL, b" 49.98\n", SignalSample(name="hertz", at=NOW, value="49.98")),
        (
            "signal_mqtt",
            {**SIGNAL, "value": "kw", "at": "at", "factor": 2},
            DATED,
            SignalSample(name="hertz", at=MEASURED, value="361.0"),
        ),
        (
            "signal_mqtt",
            {"signal": "grid", "condition": True, "value": "state"},
            DATED,
            ConditionSample(name="grid", at=NOW, text="watch"),
        ),
        (
            "hashprice_mqtt",
            {"factor": 1000},
            b"0.0566",
            HashpriceSample(at=NOW, per_ph_day="56.6000"),
        ),
        (
            "meter_mqtt",
            {"value": "kw", "unit": "kw", "energy": "kwh", "energy_unit": "kwh", "at": "at"},
            DATED,
            MeterSample(scope="site", at=MEASURED, power_w=180_500.0, energy_wh=7_000_250),
        ),
        (
            "meter_mqtt",
            {"scope": "hall-a"},
            b"-1200",
            MeterSample(scope="hall-a", at=NOW, power_w=-1200.0),
        ),
    ],
)
async def test_what_a_message_says(
    broker: Broker,
    sender: Sender,
    adapter: str,
    settings: dict[str, Any],
    payload: bytes,
    sample: Sample,
) -> None:
    assert await heard(feed(broker, adapter, **settings), sender, payload) == sample


async def test_what_the_broker_kept_is_used_only_with_a_time(
    broker: Broker, sender: Sender
) -> None:
    sender.say(DATED, retain=True)
    dated = feed(broker, "signal_mqtt", **SIGNAL, value="kw", at="at")
    async with aclosing(dated.samples()) as samples, asyncio.timeout(20):
        kept = await anext(samples)
    assert isinstance(kept, SignalSample)
    assert kept.at == MEASURED
    reader = ValueReader(
        SignalMqttSettings(
            adapter="signal_mqtt", broker={"host": HOST, "tls": False}, topic=TOPIC, **SIGNAL
        )
    )
    assert reader.read(b"50", NOW, retained=True) == ()
    assert reader.read(b"50", NOW, retained=False) != ()


async def test_prices_come_as_rows_and_zeros_are_doubted(broker: Broker, sender: Sender) -> None:
    settings = PriceMqttSettings(
        adapter="price_mqtt",
        broker={"host": HOST, "port": broker.port, "tls": False},
        topic=TOPIC,
        rows="$",
        start="from",
        price="usd",
        interval_minutes=15,
    )
    one = SubscribedFeed("value", settings, VirtualClock(), "west", PriceReader(settings))
    rows = b'[{"from": "2023-09-06T17:00Z", "usd": 48}, {"from": "2023-09-06T17:15Z", "usd": 51}]'
    first = await heard(one, sender, rows)
    assert isinstance(first, PriceSample)
    assert first.price_per_mwh == "48"
    with pytest.raises(ValueError, match="exactly 0 that are not believed"):
        PriceReader(settings).read(rows.replace(b"51", b"0"), NOW, retained=False)


@pytest.mark.parametrize("payload", [b"\xff\xfe", b"x" * 65, b"{"])
async def test_a_message_that_cannot_be_read_names_the_topic(
    broker: Broker, sender: Sender, payload: bytes
) -> None:
    more = {"value": "kw"} if payload == b"{" else {}
    with pytest.raises(TemporaryError, match=f"topic {TOPIC}: the message"):
        await heard(feed(broker, "signal_mqtt", **SIGNAL, **more), sender, payload)


async def test_of_a_flood_the_newest_are_read(broker: Broker, sender: Sender) -> None:
    one = feed(broker, "signal_mqtt", **SIGNAL)
    async with aclosing(one.samples()) as samples, asyncio.timeout(30):
        await answered(samples, sender, b"50")
        for number in range(3 * MOST_WAITING):
            one._take(Received(topic=TOPIC, payload=f"51.{number}".encode()))
        said = [await anext(samples) for _ in range(MOST_WAITING)]
    assert isinstance(said[-1], SignalSample)
    assert said[-1].value == f"51.{3 * MOST_WAITING - 1}"


async def test_a_broker_that_dies_is_said_with_a_pause(broker: Broker, sender: Sender) -> None:
    async with aclosing(feed(broker, "signal_mqtt", **SIGNAL).samples()) as samples:
        await answered(samples, sender, b"50")
        broker.kill()
        with pytest.raises(TemporaryError, match="MQTT broker") as caught:
            _ = [one async for one in samples]
    assert caught.value.delay_s > 0


@pytest.mark.parametrize(
    ("adapter", "wrong", "message"),
    [
        ("signal_mqtt", {**SIGNAL, "topic": "site/#"}, "should match pattern"),
        ("signal_mqtt", {"signal": "hertz"}, "give least and most"),
        ("signal_mqtt", {**SIGNAL, "condition": True}, "drop least and most"),
        ("meter_mqtt", {"energy": "kwh"}, "give value too"),
        ("hashprice_mqtt", {"value": "a..b"}, "has an empty key"),
    ],
)
def test_settings_that_cannot_be_meant(adapter: str, wrong: dict[str, Any], message: str) -> None:
    where = {"broker": {"host": HOST, "tls": False}, "topic": TOPIC}
    with pytest.raises(ValidationError, match=message):
        KINDS[adapter](adapter=adapter, **{**where, **wrong})


@pytest.mark.parametrize(
    ("settings", "payload", "why"),
    [
        ({"value": "kw"}, b'{"kw": null}', "has 'None' where a number belongs"),
        ({"value": "kw"}, b'{"kw": 1e999999}', "where a number belongs"),
        ({"value": "kw", "energy": "kwh"}, b'{"kw": 1, "kwh": -5}', "is no counter"),
        ({"value": "kw", "at": "at"}, b'{"kw": 1, "at": "noon"}', "path at: 'noon' is not a time"),
        ({}, b"", "is no number"),
    ],
)
def test_readings_that_cannot_be_meant(settings: dict[str, Any], payload: bytes, why: str) -> None:
    where = {"broker": {"host": HOST, "tls": False}, "topic": TOPIC}
    reader = ValueReader(MeterMqttSettings(adapter="meter_mqtt", **where, **settings))
    with pytest.raises(ValueError, match=why):
        reader.read(payload, NOW, retained=False)
