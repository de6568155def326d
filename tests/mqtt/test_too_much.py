"""Floods and messages without measure: bounded here, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import json

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from controller.links.mqtt_client import Received
from controller.surfaces.mqtt.intake import MOST_CORRELATION, MOST_WAITING, Intake
from controller.surfaces.mqtt.service import LARGEST_PACKET
from controller.surfaces.mqtt.topics import Inlet, Topics
from tests.core.dispatches import sent
from tests.mqtt.broker import HOST
from tests.mqtt.conftest import ROOT, Station
from tests.mqtt.peer import Peer, peer

FLOOD = 5_000
ERROR, RECEIPT = f"{ROOT}/error/grid", f"{ROOT}/receipt/grid"
OTHER = f"{ROOT}/receipt/utility"


def dispatch(name: str, **more: object) -> bytes:
    return json.dumps(sent(id=name, **more)).encode()


def pour(port: int, body: bytes, count: int) -> None:
    """All at once, as fast as a thread of its own can."""
    flooder = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    flooder.connect(HOST, port)
    flooder.loop_start()
    sent_off = [flooder.publish(f"{ROOT}/dispatch/grid", body, qos=1) for _ in range(count)]
    for one in sent_off:
        one.wait_for_publish(60)
    flooder.disconnect()
    flooder.loop_stop()


async def until_received(sender: Peer, authority: str, name: str, program: str) -> None:
    """Send it again and again, as the contract says."""
    topic = f"{ROOT}/receipt/{authority}"
    for _ in range(200):
        await sender.send(f"{ROOT}/dispatch/{authority}", sent(id=name, program=program))
        await asyncio.sleep(0.1)
        if any(one["id"] == name for one in sender.said(topic)):
            return
    raise AssertionError(f"no receipt for {name}; heard {sender.summary()}")


async def test_a_flood_is_bounded_and_starves_nobody(station: Station) -> None:
    port = station.broker.port
    async with peer(port, RECEIPT, ERROR, OTHER) as reader:
        flood = asyncio.to_thread(pour, port, dispatch("flood"), FLOOD)
        pouring = asyncio.create_task(flood)
        await reader.next_on(RECEIPT)
        await until_received(reader, "utility", "calm", "plain")
        while not pouring.done():
            assert station.service.health().waiting <= 2 * MOST_WAITING
            await asyncio.sleep(0.01)
        await until_received(reader, "grid", "afterwards", "ers")
        owned_up = len(reader.on(ERROR))
    assert len(station.office.ledger.records) == 3
    judged = station.service.health().messages
    assert judged["received"] == 3
    assert owned_up <= 30


async def test_what_is_not_read_is_owned_up_to_at_a_bounded_rate(station: Station) -> None:
    station.office.ledger.flowing.clear()
    async with peer(station.broker.port, ERROR, RECEIPT) as sender:
        for number in range(MOST_WAITING + 31):
            await sender.send(f"{ROOT}/dispatch/grid", sent(id=f"e-{number}"))
        station.office.ledger.flowing.set()
        error = await sender.next_on(ERROR)
        assert error["code"] == "too_many"
        assert "30 messages were not read" in error["problem"]
        await sender.next_on(RECEIPT, MOST_WAITING + 1)
    assert station.service.health().messages["too_many"] == 30


@pytest.mark.parametrize("size", [10_000_000, LARGEST_PACKET + 1])
async def test_a_message_without_measure_never_comes(station: Station, size: int) -> None:
    async with peer(station.broker.port, ERROR, RECEIPT) as sender:
        await sender.send(f"{ROOT}/dispatch/grid", b" " * size, retain=True)
        await sender.send(f"{ROOT}/dispatch/grid", sent())
        assert (await sender.next_on(RECEIPT))["id"] == "e-1"
        assert not sender.on(ERROR)
    assert station.service.health().messages == {"received": 1}
    assert station.service.health().connections == 1


def intake(*authorities: str) -> Intake:
    return Intake(Topics("curtaild", "s"), [(Inlet.DISPATCH, who) for who in authorities])


async def test_authorities_are_served_in_turn() -> None:
    one = intake("a", "b")
    for topic in (*["curtaild/s/dispatch/a"] * 3, "curtaild/s/dispatch/b", "curtaild/s/state"):
        one.take(Received(topic=topic, payload=b"{}"))
    served = [await one.following(0) for _ in range(5)]
    assert [letter.authority for letter in served if letter] == ["a", "b", "a", "a"]


async def test_large_bodies_and_tags_are_not_kept() -> None:
    one = intake("a")
    body, tag = b" " * 100_000, b"x" * (MOST_CORRELATION + 1)
    one.take(Received(topic="curtaild/s/dispatch/a", payload=body, correlation=tag))
    letter = one.at_hand()
    assert letter is not None
    assert (letter.body, letter.too_large, letter.correlation) == (b"", True, None)
