"""What must come down goes out at full width, before everything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from controller.fleet.rota import CommandQueue, Lane
from controller.model.fleet import OFF, Stage
from tests.simulator.help import HandClock, turns, until

from .help import HASTY, command, running
from .scripted import Gate, Scripted, scripted_fleet

NARROW = HASTY.model_copy(
    update={
        "width": 8,
        "reduction_width": 12,
        "reply_timeout_s": 60.0,
        "command_timeout_s": 60.0,
    }
)


@pytest.fixture
def driver() -> Scripted:
    return Scripted()


async def test_stops_wait_for_nothing_but_their_own_width(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 40, NARROW)
    async with running(fleet, clock):
        reads, stops = Gate(), Gate()
        driver.on_read, driver.on_apply = reads, stops
        clock.move(10)
        await until(lambda: len(reads.held) == 6, "reads that hang")
        fleet.send([command(f"10.0.0.{n}", "full", f"up{n}") for n in range(1, 3)])
        await until(lambda: len(stops.held) == 2, "starts in the places that are kept")
        fleet.send([command(f"10.0.0.{n}", OFF, f"c{n}") for n in range(3, 41)])
        await until(lambda: len(stops.held) == 14, "stops beside all of them")
        await turns()
        assert len(stops.held) == 14, "and no more than that"
        reads.open()
        stops.open()
        await until(lambda: len(driver.applied) == 40, "all of them")


async def test_stops_go_before_starts_that_wait(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 40, NARROW)
    async with running(fleet, clock) as site:
        gate = Gate()
        driver.on_apply = gate
        fleet.send([command(f"10.0.0.{n}", "full", f"up{n}") for n in range(1, 21)])
        await until(lambda: len(gate.held) == 8, "starts at full width")
        fleet.send([command(f"10.0.0.{n}", OFF, f"down{n}") for n in range(21, 41)])
        gate.open()
        await until(lambda: len(site.outcomes) == 40, "all outcomes")
    assert [outcome.stage for outcome in site.outcomes] == [Stage.SENT] * 40
    assert [level for _, level in driver.applied[8:28]] == [OFF] * 20


async def test_reads_are_not_cut_short_for_a_start(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 40, NARROW)
    async with running(fleet, clock):
        reads, starts = Gate(), Gate()
        driver.on_read, driver.on_apply = reads, starts
        clock.move(10)
        await until(lambda: len(reads.held) == 6, "reads that hang")
        fleet.send([command(f"10.0.0.{n}", "full", f"c{n}") for n in range(1, 41)])
        await until(lambda: len(starts.held) == 2, "the places that are kept")
        await turns()
        assert (len(starts.held), driver.at_once) == (2, 8)
        reads.open()
        starts.open()


async def test_commands_that_may_hang_leave_room_to_see_the_others_obey(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 40, NARROW)
    async with running(fleet, clock):
        gate = Gate()
        driver.on_apply = gate
        again = [command(f"10.0.0.{n}", OFF, f"c{n}") for n in range(1, 41)]
        fleet.send([replace(one, attempt=2) for one in again])
        await until(lambda: len(gate.held) == 4, "half of the width")
        driver.reads.clear()
        clock.move(10)
        await until(lambda: len(driver.reads) == 40, "a reading of everyone")
        assert len(gate.held) == 4
        gate.open()


def test_a_newer_command_replaces_one_of_either_kind() -> None:
    queue = CommandQueue()
    up, down = command("m-1", "full", "up"), command("m-1", OFF, "down")
    assert queue.put(up) is None
    assert queue.put(down, Lane.DOWN) is up
    assert queue.put(up) is down
    assert queue.next_lane() is Lane.OTHER
    assert queue.clear() == [up]


def test_an_urgent_command_waits_for_the_one_under_way_to_its_miner() -> None:
    queue = CommandQueue()
    queue.put(command("m-1", "full", "up"))
    assert queue.take() is not None
    down = command("m-1", OFF, "down")
    queue.put(down, Lane.DOWN)
    assert queue.next_lane() is None
    assert queue.take() is None
    queue.done("m-1")
    assert queue.take() is down


def test_a_miner_that_did_not_answer_keeps_no_place_from_those_that_do() -> None:
    queue = CommandQueue()
    doubtful, sound = command("m-1", OFF, "a"), command("m-2", OFF, "b")
    other = command("m-3", "full", "c")
    queue.put(other)
    queue.put(doubtful, Lane.DOWN_IN_DOUBT)
    queue.put(sound, Lane.DOWN)
    assert queue.next_lane() is Lane.DOWN
    assert [queue.take() for _ in range(4)] == [sound, doubtful, other, None]
