"""The HTTP control port: true power, and faults at run time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from controller.simulator.farm import Farm

from .help import Client, HandClock


@pytest.fixture
async def control(farm: Farm) -> AsyncIterator[aiohttp.ClientSession]:
    endpoint = farm.settings.control
    assert endpoint is not None
    base = f"http://{endpoint.address}:{endpoint.port}"
    async with aiohttp.ClientSession(base) as session:
        yield session


async def fault(control: aiohttp.ClientSession, body: Any) -> tuple[int, Any]:
    async with control.post("/faults", json=body) as response:
        return response.status, await response.json()


def fault_of_site_meter(farm: Farm) -> str:
    return farm.meters["site"].fault.kind


async def test_power_adds_up(control: aiohttp.ClientSession) -> None:
    async with control.get("/power") as response:
        power = await response.json()
    assert power["site_w"] == pytest.approx(sum(power["groups"].values()) + 2000)
    assert power["groups"]["hall"] == pytest.approx(sum(power["miners"].values()))
    assert set(power["meter_faults"]) == {"hall", "site"}


async def test_a_liar_is_seen_through(
    control: aiohttp.ClientSession, miner: Client, clock: HandClock
) -> None:
    status, _ = await fault(control, {"target": miner.address, "kind": "lie", "lie_watts": True})
    assert status == 200
    token = await miner.logon()
    await miner.ask("curtail", f"{token},sleep")
    clock.move(10)
    async with control.get("/miners") as response:
        rows = {row["address"]: row for row in await response.json()}
    row = rows[miner.address]
    assert row["power_w"] > 2700
    assert row["reported_w"] < 30
    assert row["awake"] is True
    assert row["fault"] == {"kind": "lie", "lie_watts": True}
    assert [other["fault"] for at, other in rows.items() if at != miner.address] == [None, None]


async def test_a_meter_fault_is_set_and_cleared(control: aiohttp.ClientSession, farm: Farm) -> None:
    assert (await fault(control, {"target": "site", "kind": "freeze"}))[0] == 200
    assert fault_of_site_meter(farm) == "freeze"
    assert (await fault(control, {"target": "site", "kind": "clear"}))[0] == 200
    assert fault_of_site_meter(farm) == "clear"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"target": "127.1.2.3", "kind": "die"}, 404, "'127.1.2.3' is not a miner's address"),
        ({"kind": "die"}, 404, "one of hall, site"),
        ({"target": "site", "kind": "hang"}, 400, "meters: die, freeze, clear"),
        ({"target": "MINER", "kind": "freeze"}, 400, "miners: die, hang"),
        ({"target": "MINER", "kind": "outage"}, 400, "groups and site: outage"),
        ({"target": "MINER", "kind": "html"}, 400, "html is no fault of a miner with luxos"),
        ({"target": "hall", "kind": "clear", "seconds": 3}, 400, 'clear takes no "seconds"'),
        ({"target": "MINER", "kind": "slow"}, 400, 'slow needs "seconds"'),
        ({"target": "MINER", "kind": "die", "seconds": 3}, 400, 'die takes no "seconds"'),
        ({"target": "MINER", "kind": "hang", "lie_watts": True}, 400, "hang takes no"),
        ({"target": "MINER", "kind": "die", "colour": "red"}, 400, "colour"),
        ({"target": "hall", "kind": "outage", "share": 0.5}, 400, "miners: die, hang"),
        ({"target": "hall", "kind": "hang", "share": 2}, 400, "share: "),
        ({"target": "hall", "kind": "html", "share": 1}, 400, "html is no fault of"),
        (["die"], 400, "not a JSON object"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_explained(
    control: aiohttp.ClientSession, miner: Client, body: Any, status: int, words: str
) -> None:
    if isinstance(body, dict) and body.get("target") == "MINER":
        body = {**body, "target": miner.address}
    found, answer = await fault(control, body)
    assert found == status
    assert words in answer["problem"]
    assert await miner.watts() > 2700


async def test_each_miner_is_listed_with_what_tells_it_apart(
    control: aiohttp.ClientSession, miner: Client
) -> None:
    async with control.get("/miners") as response:
        rows = await response.json()
    assert [row["make"] for row in rows] == ["luxos"] * 3
    assert len({row["mac"] for row in rows}) == 3
    assert rows[0]["mac"] == (await miner.ask("config"))["CONFIG"][0]["MACAddr"]
    assert rows[0]["accepted"] == (await miner.ask("summary"))["SUMMARY"][0]["Accepted"]


async def test_a_fault_befalls_the_same_share_of_a_group_each_time(
    control: aiohttp.ClientSession, farm: Farm
) -> None:
    def hit() -> list[str]:
        return [name for name, one in farm.miners.items() if one.miner.fault.kind == "hang"]

    wanted = {"target": "hall", "kind": "hang", "share": 0.34}
    assert await fault(control, wanted) == (200, wanted)
    first = hit()
    assert len(first) == 1
    assert (await fault(control, {"target": "site", "kind": "clear", "share": 1}))[0] == 200
    assert hit() == []
    await fault(control, {"target": "hall", "kind": "hang", "share": 0.67})
    assert len(hit()) == 2
    assert set(first) < set(hit())


async def test_an_outage_is_set_and_told(control: aiohttp.ClientSession, farm: Farm) -> None:
    assert (await fault(control, {"target": "hall", "kind": "outage"}))[0] == 200
    async with control.get("/power") as response:
        power = await response.json()
    assert power["place_faults"] == {"hall": "outage", "site": "clear"}
    assert power["groups"]["hall"] == 0


async def test_a_body_that_is_no_text_is_explained(control: aiohttp.ClientSession) -> None:
    async with control.post("/faults", data=b'{"target":"\xff"}') as response:
        assert response.status == 400
        assert "not a JSON object" in (await response.json())["problem"]
