"""A farm in several processes is the farm that one process plays, and lives and dies as one."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from controller.clock import ClockSettings, SiteClock
from controller.errors import PermanentError
from controller.simulator.processes.farm import ProcessFarm
from controller.simulator.processes.split import split
from controller.simulator.run import run_farm
from controller.simulator.settings import SimulationSettings

from .help import NOON, Client, free_address, free_port, running, small_site, until
from .test_meters import connected


def wide_site(**changes: Any) -> SimulationSettings:
    """Three groups of both makes, played by two processes."""
    refusing = {"faults": [{"kind": "refuse", "share": 0.5}]}
    groups = [
        _group("a", "luxos", 4) | refusing,
        _group("b", "antminer", 2),
        _group("c", "luxos", 3) | refusing,
    ]
    return small_site(groups=groups, processes=2, **changes)


def _group(name: str, make: str, miners: int) -> dict[str, Any]:
    address = free_address()
    port = free_port(address)
    meter = {"address": address, "port": free_port(address)}
    return {
        "id": name,
        "make": make,
        "miners": miners,
        "address": address,
        "port": port,
        "meter": meter,
    }


def standing_clock() -> SiteClock:
    """Of which other processes can have one too: a second in eleven days."""
    return SiteClock(ClockSettings(epoch=NOON, anchor=datetime.now(UTC), rate=1e-6))


@pytest.fixture
async def whole() -> AsyncIterator[ProcessFarm]:
    farm = ProcessFarm(wide_site(), standing_clock())
    try:
        await farm.start()
        yield farm
    finally:
        await farm.stop()


async def told(settings: SimulationSettings, path: str) -> Any:
    async with aiohttp.ClientSession(base(settings)) as session, session.get(path) as response:
        return await response.json()


async def fault(settings: SimulationSettings, body: Any) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession(base(settings)) as session,
        session.post("/faults", json=body) as response,
    ):
        return response.status, await response.json()


def base(settings: SimulationSettings) -> str:
    assert settings.control is not None
    return f"http://{settings.control.address}:{settings.control.port}"


def without_time(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """By name. Shares come with time, and a little passes."""
    return {row["name"]: {k: v for k, v in row.items() if k != "accepted"} for row in rows}


def test_groups_stay_whole_and_are_balanced_by_miners() -> None:
    parts = split(wide_site())
    assert [[group.id for group in part.groups] for part in parts] == [["a"], ["c", "b"]]
    assert {part.control for part in parts} == {part.site_meter for part in parts} == {None}
    assert {part.house_load_kw for part in parts} == {0}


async def test_several_processes_play_the_miners_that_one_would(whole: ProcessFarm) -> None:
    shown = without_time(await told(whole.settings, "/miners"))
    power = await told(whole.settings, "/power")
    await whole.stop()
    async with running(whole.settings, standing_clock()) as alone:
        assert shown == without_time(await alone.desk.miners())
        expected = await alone.desk.power()
    assert set(power) == set(expected)
    for key in ("site_w", "house_load_w", "groups", "miners"):
        assert power[key] == pytest.approx(expected[key])
    for key in ("meter_faults", "place_faults"):
        assert power[key] == expected[key]


async def test_the_site_meter_measures_the_miners_of_all_processes(whole: ProcessFarm) -> None:
    meter = await connected(whole.settings.site_meter)
    full_w = await meter.watts()
    assert full_w == pytest.approx((await told(whole.settings, "/load"))["site_w"], rel=0.001)
    group = whole.settings.groups[1]
    assert (await fault(whole.settings, {"target": str(group.address), "kind": "die"}))[0] == 200
    assert full_w - await meter.watts() == pytest.approx(3500, rel=0.02)
    meter.client.close()


async def test_a_fault_reaches_the_process_that_has_its_target(whole: ProcessFarm) -> None:
    for group in whole.settings.groups:
        status, _ = await fault(whole.settings, {"target": str(group.address), "kind": "slow"})
        assert status == 400
        hit = {"target": str(group.address), "kind": "hang"}
        assert await fault(whole.settings, hit) == (200, hit)
    rows = await told(whole.settings, "/miners")
    hung = {row["name"] for row in rows if row["fault"] == {"kind": "hang"}}
    assert hung == {str(group.address) for group in whole.settings.groups}


async def test_faults_of_places_and_meters_reach_all_that_they_should(whole: ProcessFarm) -> None:
    assert (await fault(whole.settings, {"target": "b", "kind": "freeze"}))[0] == 200
    assert (await fault(whole.settings, {"target": "site", "kind": "die"}))[0] == 200
    assert (await fault(whole.settings, {"target": "site", "kind": "outage"}))[0] == 200
    power = await told(whole.settings, "/power")
    assert power["meter_faults"] == {"a": "clear", "b": "freeze", "c": "clear", "site": "die"}
    assert power["place_faults"]["site"] == "outage"
    assert power["site_w"] == 2000
    assert (await fault(whole.settings, {"target": "site", "kind": "clear"}))[0] == 200
    assert (await told(whole.settings, "/power"))["meter_faults"]["site"] == "clear"


async def test_who_leaves_before_the_answer_does_not_leave_it_to_the_next(
    whole: ProcessFarm,
) -> None:
    worker = whole.workers[0]
    leaving = asyncio.ensure_future(worker.ask("miners"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert set(await worker.ask("load")) >= {"site_w", "groups"}


async def test_a_farm_that_ends_while_it_is_read_complains_of_nothing(
    whole: ProcessFarm, caplog: pytest.LogCaptureFixture
) -> None:
    reading = [asyncio.ensure_future(worker.ask("miners")) for worker in whole.workers]
    await asyncio.sleep(0)
    for one in reading:
        one.cancel()
    del reading
    await whole.stop()
    gc.collect()
    assert caplog.records == []


async def test_an_unknown_target_is_explained(whole: ProcessFarm) -> None:
    status, answer = await fault(whole.settings, {"target": "d", "kind": "die"})
    assert status == 404
    assert "one of a, c, b, site" in answer["problem"]


async def test_a_place_that_is_taken_is_named_and_nothing_is_left() -> None:
    settings = wide_site()
    group = settings.groups[2]
    place = f"{group.address}:{group.port}"
    with (
        socket.create_server((str(group.address), group.port)),
        pytest.raises(PermanentError, match=f"{place} is already in use"),
    ):
        await run_farm(settings, SiteClock(), asyncio.Event())
    first = settings.groups[0]
    with pytest.raises(ConnectionRefusedError):
        await Client(str(first.address), first.port).watts()


async def test_when_a_worker_dies_the_farm_ends_and_says_so() -> None:
    farm = ProcessFarm(wide_site(), SiteClock())
    try:
        await farm.start()
        broken = asyncio.create_task(farm.broken())
        os.kill(farm.workers[1].pid, signal.SIGKILL)
        with pytest.raises(PermanentError, match="the groups c, b ended"):
            await asyncio.wait_for(broken, 10)
    finally:
        await farm.stop()


async def test_workers_end_with_the_process_that_started_them() -> None:
    farm = ProcessFarm(wide_site(), SiteClock())
    await farm.start()
    pids = [worker.pid for worker in farm.workers]
    await farm.stop()
    await until(lambda: not any(map(alive, pids)), "the workers to end")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
