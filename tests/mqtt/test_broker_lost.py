"""The broker goes and comes back: dispatches stay, what was sent meanwhile arrives."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from controller.errors import TemporaryError
from controller.links import mqtt
from controller.model.grid import SITE
from controller.model.quality import Fresh
from tests.core.dispatches import sent
from tests.mqtt.broker import HOST, Broker
from tests.mqtt.conftest import ROOT, Station
from tests.mqtt.peer import Peer, peer, until
from tests.surfaces.views import DISPATCH as IN_FORCE
from tests.surfaces.views import NOW, a_view, seen_now

DISPATCH, RECEIPT = f"{ROOT}/dispatch/grid", f"{ROOT}/receipt/grid"
STATUS, STATE = f"{ROOT}/status", f"{ROOT}/state"


async def test_killed_and_restarted_in_mid_dispatch(station: Station) -> None:
    async with peer(station.broker.port, RECEIPT) as sender:
        await sender.send(DISPATCH, sent(end=None), retain=True)
        await sender.next_on(RECEIPT)
    station.broker.kill()
    await station.lost()
    assert list(station.office.active()) == ["e-1"]
    station.broker.start()
    await station.connected()
    async with peer(station.broker.port, RECEIPT, STATUS, STATE) as sender:
        assert await sender.next_on(STATUS) == {"status": "online"}
        await sender.next_on(STATE)
        await sender.send(DISPATCH, sent(end=None), retain=True)
        assert (await sender.next_on(RECEIPT))["repeated"]
    assert list(station.office.active()) == ["e-1"]
    assert len(station.office.ledger.records) == 1
    assert station.service.health().connections == 2
    assert f"MQTT broker {HOST}:{station.broker.port}" in str(station.errors[0])


async def test_a_retained_dispatch_is_found_at_the_first_connection(broker: Broker) -> None:
    async with peer(broker.port, RECEIPT) as sender:
        await sender.send(DISPATCH, sent(), retain=True)
        station = Station(broker)
        station.build()
        async with station.running():
            assert not (await sender.next_on(RECEIPT))["repeated"]
        async with station.running():
            assert (await sender.next_on(RECEIPT, 2))["repeated"]
    assert len(station.office.ledger.records) == 1


async def test_what_was_sent_while_we_were_away_arrives(broker: Broker) -> None:
    station = Station(broker)
    station.build()
    async with station.running():
        pass
    async with peer(broker.port, RECEIPT) as sender:
        await sender.send(DISPATCH, sent())
        async with station.running():
            assert (await sender.next_on(RECEIPT))["received"]


async def test_the_last_will_says_that_we_are_gone(broker: Broker) -> None:
    station = Station(broker)
    station.build()
    async with peer(broker.port, STATUS) as display:
        async with station.running():
            await display.until(lambda: {"status": "online"} in display.said(STATUS), "online")
        await display.until(lambda: display.said(STATUS)[-1] == {"status": "offline"}, "offline")
    async with peer(broker.port, STATUS) as late:
        assert await late.next_on(STATUS) == {"status": "offline"}


async def test_a_broker_that_hangs_counts_as_lost(station: Station, monkeypatch: Any) -> None:
    monkeypatch.setattr(mqtt, "ANSWER_WITHIN_S", 0.5)
    station.broker.kill()
    await station.lost()
    station.broker.start()
    await station.connected()
    station.broker.hang()
    await station.watch.show(a_view(cycles=9_999))
    await station.lost()
    station.broker.kill()
    station.broker.start()
    await station.connected()


async def test_what_was_handed_over_is_judged_though_the_broker_is_gone(station: Station) -> None:
    station.office.ledger.flowing.clear()
    async with peer(station.broker.port) as sender:
        for number in range(5):
            await sender.send(DISPATCH, sent(id=f"e-{number}"))
    await until(lambda: station.service.health().waiting == 4, "four that wait")
    station.broker.kill()
    await station.lost()
    station.office.ledger.flowing.set()
    await until(lambda: len(station.office.active()) == 5, "all five")


async def test_progress_until_it_is_over(station: Station) -> None:
    topic = f"{ROOT}/dispatches/{IN_FORCE.id}"
    async with peer(station.broker.port, topic) as display:
        first = await display.next_on(topic)
        assert (first["phase"], first["limit_kw"], first["reached_since"]) == ("in_force", 40, None)
        assert first["power_kw"]["value"] == 52.4
        await station.watch.show(
            a_view(seen=seen_now(meters_w={SITE: Fresh(value=39_000, at=NOW)}))
        )
        reached = await display.next_on(topic, 2)
        assert reached["reached_since"] == "2023-09-06T20:05:00Z"
        await station.watch.show(a_view(seen=seen_now(dispatches={})))
        final = await display.next_on(topic, 3)
    assert (final["phase"], final["in_force"], final["ended"]) == ("over", False, "cancelled")
    async with peer(station.broker.port, topic) as late:
        assert (await late.next_on(topic))["phase"] == "over"
        expires_s = late.on(topic)[0].properties.MessageExpiryInterval  # type: ignore[union-attr]
    assert 3000 < expires_s <= 3600


async def test_an_id_with_signs_of_mqtt_has_a_topic_of_its_own(station: Station) -> None:
    odd = {"north/+/#": replace(IN_FORCE, id="north/+/#")}
    await station.watch.show(a_view(seen=seen_now(dispatches=odd)))
    async with peer(station.broker.port, f"{ROOT}/dispatches/+") as display:
        topic = f"{ROOT}/dispatches/north%2F%2B%2F%23"
        assert (await display.next_on(topic))["id"] == "north/+/#"


async def test_the_state_is_the_same_as_the_api_serves(station: Station) -> None:
    async with peer(station.broker.port, STATE, f"{ROOT}/plan") as display:
        state = await display.next_on(STATE)
        plan = await display.next_on(f"{ROOT}/plan")
    assert state["site"]["id"] == "pecos-1"
    assert state["power_kw"]["value"] == 52.4
    assert {"at", "target_kw", "commands", "limits"} <= plan.keys()


async def test_the_state_comes_no_more_often_than_was_set(broker: Broker) -> None:
    station = Station(broker)
    station.build(state_every_s=30)
    async with station.running(), peer(broker.port, STATE) as display:
        await display.next_on(STATE)
        for number in range(20):
            await station.watch.show(a_view(cycles=number))
            await asyncio.sleep(0.01)
        await _round_trip(display)
        assert len(display.on(STATE)) == 1


async def _round_trip(display: Peer) -> None:
    """What was published before has been heard after this."""
    await display.client.subscribe("echo", qos=1)
    await display.send("echo", {})
    await display.next_on("echo")


async def test_pauses_grow_have_jitter_and_stay_bounded(broker: Broker) -> None:
    broker.kill()
    delays = []
    for prefix in ("one", "two"):
        station = Station(broker)
        station.build(prefix=prefix)
        for _ in range(12):
            with pytest.raises(TemporaryError, match="refused") as lost:
                await station.service.run()
            delays.append(lost.value.delay_s)
    assert delays[0] < delays[3] < delays[6]
    assert 45 <= min(delays[8:12]) <= max(delays) <= 90
    assert len(set(delays)) == len(delays)


async def test_a_second_daemon_is_told_what_it_is(station: Station) -> None:
    second = Station(station.broker)
    second.build()
    async with second.running():
        await until(lambda: station.errors, "the first one's error")
    assert "a second daemon needs another mqtt.prefix" in str(station.errors[0])
