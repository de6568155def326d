"""Dispatches over MQTT: a receipt once they are on disk, an error for everything else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.core.dispatches import at, sent
from tests.mqtt.conftest import ROOT, Station
from tests.mqtt.peer import peer, properties

DISPATCH, RECEIPT, ERROR = (f"{ROOT}/{word}/grid" for word in ("dispatch", "receipt", "error"))


async def test_a_receipt_says_that_the_dispatch_is_committed(station: Station) -> None:
    station.office.ledger.flowing.clear()
    async with peer(station.broker.port, RECEIPT, ERROR) as sender:
        await sender.send(DISPATCH, sent())
        await sender.send(DISPATCH.replace("grid", "utility"), b"{")
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert not sender.heard
        station.office.ledger.flowing.set()
        receipt = await sender.next_on(RECEIPT)
    assert receipt == {
        "received": True,
        "id": "e-1",
        "version": 1,
        "limit_kw": 40,
        "repeated": False,
        "at": "2023-09-06T19:00:00Z",
    }
    assert list(station.office.active()) == ["e-1"]
    assert len(station.office.ledger.records) == 1


async def test_a_repeat_gets_its_receipt_again(station: Station) -> None:
    async with peer(station.broker.port, RECEIPT) as sender:
        await sender.send(DISPATCH, sent())
        await sender.send(DISPATCH, sent())
        again = await sender.next_on(RECEIPT, 2)
    assert again["repeated"]
    assert len(station.office.ledger.records) == 1
    assert station.service.health().messages == {"received": 1, "repeated": 1}


@pytest.mark.parametrize(
    ("body", "code", "word"),
    [
        (b'{"id": "e-1",', "malformed", "not valid JSON"),
        (b'{"id": "e-1", "id": "e-2"}', "malformed", "given twice"),
        (b"[]", "malformed", "must be a JSON object"),
        (b'{"kw": NaN}', "malformed", "not valid JSON"),
        (b"\xff\xfe", "malformed", "not valid JSON"),
        (b"[" * 20_000, "malformed", "nested too deeply"),
        (b" " * 70_000, "too_large", "65536 bytes"),
        (sent(version="1"), "malformed", "version"),
        (sent(ende=at(10)), "malformed", "ende"),
        (sent(program="nobody"), "unknown_program", "ers"),
        (sent(program="plain"), "unauthorised", "another authority"),
        (sent(issued_at=at(5)), "malformed", "set the sender's clock"),
        (sent(start=at(-90), end=at(-60)), "over", "has passed"),
    ],
)
async def test_what_is_not_taken_over_is_an_error(
    station: Station, body: Any, code: str, word: str
) -> None:
    async with peer(station.broker.port, RECEIPT, ERROR) as sender:
        await sender.send(DISPATCH, body)
        error = await sender.next_on(ERROR)
        assert (error["received"], error["code"]) == (False, code)
        assert word in error["problem"]
        assert error["at"] == "2023-09-06T19:00:00Z"
        await sender.send(DISPATCH, sent(id="sound"))
        assert (await sender.next_on(RECEIPT))["id"] == "sound"
    assert list(station.office.active()) == ["sound"]


async def test_a_full_disk_is_an_error_and_later_a_receipt(station: Station) -> None:
    station.office.ledger.broken = "the disk is full"
    async with peer(station.broker.port, RECEIPT, ERROR) as sender:
        await sender.send(DISPATCH, sent())
        error = await sender.next_on(ERROR)
        assert (error["code"], error["id"], error["version"]) == ("not_committed", "e-1", 1)
        station.office.ledger.broken = ""
        await sender.send(DISPATCH, sent())
        assert (await sender.next_on(RECEIPT))["received"]


async def test_the_answer_carries_the_correlation_and_goes_to_the_reply_topic_too(
    station: Station,
) -> None:
    reply = f"{ROOT}/reply/grid/desk-7"
    async with peer(station.broker.port, RECEIPT, reply) as sender:
        how = properties(ResponseTopic=reply, CorrelationData=b"7")
        await sender.send(DISPATCH, sent(), properties=how)
        assert (await sender.next_on(reply))["received"]
        await sender.next_on(RECEIPT)
    tags = {getattr(one.properties, "CorrelationData", None) for one in sender.heard}
    assert tags == {b"7"}


@pytest.mark.parametrize(
    "topic",
    [
        f"{ROOT}/state",
        f"{ROOT}/reply/utility/x",
        f"{ROOT}/reply/grid/",
        f"{ROOT}/reply/grid",
        "elsewhere/x",
        f"{ROOT}/reply/grid/" + "x" * 300,
    ],
)
async def test_no_reply_goes_where_it_does_not_belong(station: Station, topic: str) -> None:
    async with peer(station.broker.port, RECEIPT, "elsewhere/#", f"{ROOT}/reply/#") as sender:
        await sender.send(DISPATCH, sent(), properties=properties(ResponseTopic=topic))
        await sender.send(DISPATCH, sent())
        await sender.next_on(RECEIPT, 2)
    assert {one.topic.value for one in sender.heard} == {RECEIPT}


async def test_an_empty_message_clears_a_retained_one_and_says_nothing(station: Station) -> None:
    async with peer(station.broker.port, RECEIPT, ERROR) as sender:
        await sender.send(DISPATCH, b"", retain=True)
        await sender.send(DISPATCH, sent())
        await sender.next_on(RECEIPT)
        assert not sender.on(ERROR)
