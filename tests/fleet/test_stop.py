"""The end comes in time, whatever the miners do."""

from __future__ import annotations

import asyncio
from pathlib import Path

from controller.fleet.fleet import MinerFleet
from controller.fleet.luxos import LUXOS, LuxOsMiners
from controller.model.fleet import OFF, Stage
from tests.simulator.help import HandClock, until

from .help import HASTY, command, running, wire
from .scripted import Gate, Scripted, Stubborn, scripted_fleet

PATIENT = HASTY.model_copy(
    update={
        "reply_timeout_s": 60.0,
        "command_timeout_s": 120.0,
        "width": 128,
        "segment_width": 128,
    }
)
IN_TIME_S = 10


async def test_a_hundred_hung_miners_do_not_hold_it_up(clock: HandClock, tmp_path: Path) -> None:
    here = 0

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal here
        here += 1
        await asyncio.Event().wait()

    async with wire(hang, "0.0.0.0") as (_, port):
        group = LuxOsMiners(addresses=("127.61.0.1-127.61.0.100",), port=port)
        fleet = MinerFleet(
            settings=PATIENT,
            groups={"hall": group},
            firmwares={"luxos": LUXOS},
            state_dir=tmp_path,
            clock=clock,
        )
        await fleet.start(lambda: None)
        await until(lambda: here >= 96, "hung reads")
        await asyncio.wait_for(fleet.stop(), IN_TIME_S)
    assert _others() == set()


async def test_neither_do_a_hundred_that_hang_in_commands_and_in_reads(
    clock: HandClock, tmp_path: Path
) -> None:
    driver = Scripted()
    fleet = scripted_fleet(driver, clock, tmp_path, 100, PATIENT)
    async with running(fleet, clock) as site:
        driver.on_read = driver.on_apply = gate = Gate()
        fleet.send([command(f"10.0.0.{n}", OFF, f"c{n}") for n in range(1, 61)])
        await until(lambda: driver.at_once == 60, "commands that hang")
        clock.move(10)
        await until(lambda: driver.at_once == 128, "reads that hang beside them")
        await asyncio.wait_for(fleet.stop(), IN_TIME_S / 2)
        assert driver.at_once == 0
        assert len(site.outcomes) == 60
        assert {outcome.stage for outcome in site.outcomes} == {Stage.FAILED}
        gate.open()


async def test_callees_that_swallow_cancellation_are_left_behind(
    clock: HandClock, tmp_path: Path
) -> None:
    driver, stubborn = Scripted(), Stubborn()
    fleet = scripted_fleet(driver, clock, tmp_path, 100, PATIENT)
    async with running(fleet, clock):
        driver.on_read = driver.on_apply = stubborn
        clock.move(10)
        fleet.send([command("10.0.0.1", OFF)])
        await until(lambda: driver.at_once >= 97, "calls that hang")
        await asyncio.wait_for(fleet.stop(), IN_TIME_S)
        assert driver.at_once >= 97, "they go on, and nobody waits for them"
        stubborn.released = True


async def test_a_call_beyond_its_deadline_is_cut_off_and_counted(
    clock: HandClock, tmp_path: Path
) -> None:
    driver = Scripted()
    driver.on_apply = stubborn = Stubborn()
    hasty = HASTY.model_copy(update={"command_timeout_s": 0.2})
    fleet = scripted_fleet(driver, clock, tmp_path, 1, hasty)
    async with running(fleet, clock) as site:
        fleet.send([command("10.0.0.1", OFF)])
        outcome = await site.outcome()
        assert outcome.stage is Stage.FAILED
        assert outcome.detail == "10.0.0.1: cut off after 0.2 s"
        assert fleet.health().abandoned_calls == 1
        stubborn.released = True


async def test_a_command_under_way_may_end_and_those_that_wait_are_told(
    clock: HandClock, tmp_path: Path
) -> None:
    driver = Scripted()
    gate = Gate()
    driver.on_apply = gate
    fleet = scripted_fleet(driver, clock, tmp_path, 1, PATIENT)
    async with running(fleet, clock) as site:
        fleet.send([command("10.0.0.1", OFF, "a")])
        await until(lambda: gate.held != [], "the command to begin")
        fleet.send([command("10.0.0.1", "full", "b")])
        stopping = asyncio.create_task(fleet.stop())
        waiting = await site.outcome("b")
        gate.open()
        await stopping
        assert (waiting.stage, "stopped" in waiting.detail) == (Stage.FAILED, True)
        assert (await site.outcome("a")).stage is Stage.SENT
        fleet.send([command("10.0.0.1", OFF, "c")])
        assert (await site.outcome("c")).detail == "the fleet is not running"


async def test_a_command_that_does_not_end_in_time_is_reported(
    clock: HandClock, tmp_path: Path
) -> None:
    driver = Scripted()
    driver.on_apply = Gate()
    fleet = scripted_fleet(driver, clock, tmp_path, 1, PATIENT)
    async with running(fleet, clock) as site:
        fleet.send([command("10.0.0.1", OFF)])
        await until(lambda: driver.at_once == 1, "the command to begin")
        await fleet.stop()
        assert "stopped before it was answered" in (await site.outcome()).detail


def _others() -> set[asyncio.Task[object]]:
    """Tasks of the fleet that are still about."""
    return {
        task
        for task in asyncio.all_tasks()
        if task is not asyncio.current_task() and "controller/fleet" in repr(task)
    }
