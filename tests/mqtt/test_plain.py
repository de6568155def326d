"""The plain payload of fleet tools: what dispatch it becomes, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from controller.surfaces.mqtt.plain import PlainError, dispatch_of
from controller.surfaces.mqtt.settings import PlainSettings
from controller.surfaces.strict_json import MalformedBodyError, parse_object
from tests.core.dispatches import NOW
from tests.mqtt.broker import Broker
from tests.mqtt.conftest import ROOT, Station
from tests.mqtt.peer import peer

SECONDS = int(NOW.timestamp())
PLAIN, RECEIPT, ERROR = (f"{ROOT}/{word}/grid" for word in ("plain", "receipt", "error"))
PERCENT = {"plain": {"grid": {"program": "ers", "reference": "contract"}}}


def plain(target: Any, after_s: float = 0) -> dict[str, Any]:
    return {"target": target, "timestamp": SECONDS + after_s}


async def test_zero_is_all_off_until_a_hundred_ends_it(station: Station) -> None:
    async with peer(station.broker.port, RECEIPT) as tool:
        await tool.send(PLAIN, plain(0))
        receipt = await tool.next_on(RECEIPT)
        assert (receipt["id"], receipt["version"]) == ("ers/plain", SECONDS)
        assert receipt["limit_kw"] == 0
        (dispatch,) = station.office.active().values()
        assert (dispatch.start, dispatch.end, dispatch.limit_w) == (NOW, None, 0)
        await tool.send(PLAIN, plain(100, 30))
        assert (await tool.next_on(RECEIPT, 2))["limit_kw"] is None
    assert not station.office.active()


async def test_per_cent_are_of_the_contracted_power_each_time(broker: Broker) -> None:
    station = Station(broker)
    station.build(**PERCENT)
    limits = []
    async with station.running(), peer(station.broker.port, RECEIPT) as tool:
        for number, target in enumerate((50, 0, 37.3, 100, 50), 1):
            await tool.send(PLAIN, plain(target, number))
            limits.append((await tool.next_on(RECEIPT, number))["limit_kw"])
    assert limits == [90, 0, 67.14, None, 90]


async def test_retained_ones_count_however_old_and_the_older_of_two_does_not(
    station: Station,
) -> None:
    async with peer(station.broker.port, RECEIPT, ERROR) as tool:
        await tool.send(PLAIN, plain(0, -7 * 86_400), retain=True)
        assert (await tool.next_on(RECEIPT))["received"]
        await tool.send(PLAIN, plain(100, -8 * 86_400))
        error = await tool.next_on(ERROR)
    assert error["code"] == "stale_version"
    assert "`timestamp` stands for" in error["problem"]
    assert station.office.active()


async def test_a_sender_whose_clock_is_ahead_is_told_so(station: Station) -> None:
    async with peer(station.broker.port, ERROR) as tool:
        await tool.send(PLAIN, plain(0, 61))
        error = await tool.next_on(ERROR)
    assert error["code"] == "malformed"
    assert "set the sender's clock" in error["problem"]
    assert not station.office.active()


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ('{"target": 0}', "`timestamp` is missing"),
        ('{"timestamp": 5}', "`target` is missing"),
        ('{"target": 0, "timestamp": 5, "site": 1}', "is unknown"),
        ('{"target": true, "timestamp": 5}', "`target` must be a number"),
        ('{"target": "0", "timestamp": 5}', "`target` must be a number"),
        ('{"target": null, "timestamp": 5}', "`target` must be a number"),
        ('{"target": -1, "timestamp": 5}', "from 0 to 100"),
        ('{"target": 100.5, "timestamp": 5}', "from 0 to 100"),
        ('{"target": NaN, "timestamp": 5}', "not valid JSON"),
        ('{"target": 0, "timestamp": NaN}', "not valid JSON"),
        ('{"target": 0, "timestamp": true}', "`timestamp` must be a number"),
        ('{"target": 0, "timestamp": "5"}', "`timestamp` must be a number"),
        ('{"target": 0, "timestamp": 1694026800000}', "milliseconds"),
        ('{"target": 0, "timestamp": 1e300}', "milliseconds"),
        ('{"target": 0, "timestamp": 0}', "whole seconds"),
        ('{"target": 0, "timestamp": -5}', "whole seconds"),
        ('{"target": 0, "timestamp": 5.5}', "whole seconds"),
        ('{"target": 50, "timestamp": 5}', "0 or 100"),
        ('{"target": 0, "target": 100, "timestamp": 5}', "given twice"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(raw: str, word: str) -> None:
    with pytest.raises((PlainError, MalformedBodyError), match=word):
        dispatch_of(parse_object(raw.encode()), PlainSettings(program="ers"))


def test_whole_seconds_may_be_written_as_a_fraction() -> None:
    body = dispatch_of(json.loads('{"target": 0.0, "timestamp": 5.0}'), PlainSettings(program="p"))
    assert body["version"] == 5
    assert body["target"] == {"kind": "reduce_to_kw", "kw": 0}
