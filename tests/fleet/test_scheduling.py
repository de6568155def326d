"""Whose turn it is: bounded, spread, and commands before everything."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from controller.fleet.settings import FleetSettings
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


async def test_no_more_than_its_width_at_a_time(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    driver.on_read = driver.on_apply = lambda _: asyncio.sleep(0.001)
    fleet = scripted_fleet(driver, clock, tmp_path, 40, NARROW)
    async with running(fleet, clock) as site:
        fleet.send([command(f"10.0.0.{n}", "full", f"c{n}") for n in range(1, 41)])
        await until(lambda: len(site.outcomes) == 40, "all outcomes")
    assert 4 <= driver.most_at_once <= 8


async def test_commands_find_room_beside_reads_that_hang(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 40, NARROW)
    async with running(fleet, clock) as site:
        gate = Gate()
        driver.on_read = gate
        clock.move(10)
        await until(lambda: len(gate.held) == 6, "reads that hang")
        fleet.send([command("10.0.0.40", OFF)])
        assert (await site.outcome()).stage is Stage.SENT
        assert len(gate.held) == 6, "the other two places are kept for commands"
        gate.open()


async def test_commands_go_before_reads_that_wait(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 40, NARROW)
    async with running(fleet, clock) as site:
        driver.reads.clear()
        clock.move(10)
        fleet.send([command("10.0.0.40", OFF)])
        reads_before: list[int] = []
        driver.on_apply = lambda _: _note(reads_before, driver)
        await site.outcome()
        assert reads_before[0] <= 6


async def _note(into: list[int], driver: Scripted) -> None:
    into.append(len(driver.reads))


async def test_a_newer_command_replaces_one_that_has_not_begun(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 1, NARROW)
    gate = Gate()
    driver.on_apply = gate
    async with running(fleet, clock) as site:
        fleet.send([command("10.0.0.1", OFF, "a")])
        await until(lambda: len(gate.held) == 1, "the first command to begin")
        fleet.send([command("10.0.0.1", "full", "b")])
        fleet.send([command("10.0.0.1", OFF, "c")])
        replaced = await site.outcome("b")
        assert (replaced.stage, replaced.detail) == (Stage.FAILED, "superseded by c")
        await turns()
        assert len(gate.held) == 1, "a miner gets no two commands at once"
        gate.open()
        assert (await site.outcome("a")).stage is Stage.SENT
        assert (await site.outcome("c")).stage is Stage.SENT
    assert driver.applied == [("10.0.0.1", OFF), ("10.0.0.1", OFF)]


async def test_reads_are_spread_after_the_first_round(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 10)
    async with running(fleet, clock):
        assert sorted(driver.reads) == sorted(f"10.0.0.{n}" for n in range(1, 11))
        for second in range(1, 11):
            driver.reads.clear()
            clock.move(1)
            await until(lambda: len(driver.reads) > 0, f"a read in second {second}")
            await turns()
            assert driver.reads == [f"10.0.0.{second}"]


@pytest.mark.parametrize(
    ("lasts_s", "rests_s"),
    [
        pytest.param(4, 6, id="the next begins ten seconds after the last"),
        pytest.param(11, 2.5, id="one that hardly keeps up rests a quarter of the pause"),
    ],
)
async def test_a_slow_miner_keeps_the_pace_as_far_as_it_can(
    driver: Scripted, clock: HandClock, tmp_path: Path, lasts_s: float, rests_s: float
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 1)
    async with running(fleet, clock):
        gate = Gate()
        driver.on_read = gate
        clock.move(10)
        await until(lambda: len(gate.held) == 1, "a slow read")
        clock.move(lasts_s)
        gate.open()
        await until(lambda: driver.at_once == 0, "its end")
        clock.move(rests_s - 0.1)
        await turns()
        assert len(gate.held) == 1
        clock.move(0.2)
        await until(lambda: len(gate.held) == 2, "the next")


async def test_watched_miners_are_read_often_and_wake_whoever_waits(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 10)
    async with running(fleet, clock) as site:
        fleet.watch(["10.0.0.10", "10.9.9.9"])
        site.wakes = 0
        for reads in (1, 2, 3):
            clock.move(2)
            await until(lambda n=reads: driver.reads.count("10.0.0.10") > n, "a read")  # type: ignore[misc]
            await until(lambda n=reads: site.wakes == n, "a wake")  # type: ignore[misc]
        fleet.watch([])
        clock.move(30)
        await until(lambda: driver.reads.count("10.0.0.10") == 5, "an ordinary read")
        await turns()
        assert site.wakes == 3, "an ordinary reading wakes nobody"


async def test_a_miner_that_shows_what_it_was_told_is_read_again_when_somebody_has_seen_it(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 1)
    async with running(fleet, clock):
        fleet.watch(["10.0.0.1"])
        fleet.send([command("10.0.0.1", "full")])
        await until(lambda: driver.applied == [("10.0.0.1", "full")], "its command")
        await turns()
        driver.reads.clear()
        clock.move(2)
        await until(lambda: len(driver.reads) == 1, "a read that shows it")
        await turns()
        clock.move(6)
        await turns()
        assert len(driver.reads) == 1, "others that do not show it yet need the time"
        fleet.watch(["10.0.0.1"])
        clock.move(2)
        await until(lambda: len(driver.reads) == 2, "its power may still have to follow")


async def test_a_group_has_a_pace_of_its_own(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 1, poll_s=30, poll_moving_s=5)
    async with running(fleet, clock):
        driver.reads.clear()
        clock.move(29)
        await turns()
        assert driver.reads == []
        clock.move(1)
        await until(lambda: len(driver.reads) == 1, "its ordinary read")
        fleet.watch(["10.0.0.1"])
        for reads in (2, 3):
            clock.move(4)
            await turns()
            assert len(driver.reads) == reads - 1
            clock.move(1)
            await until(lambda n=reads: len(driver.reads) == n, "a read of one that moves")  # type: ignore[misc]


async def test_an_unreachable_miner_is_read_less_often(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    async def fail(_: str) -> None:
        raise ConnectionError("a driver that fails in its own way")

    fleet = scripted_fleet(driver, clock, tmp_path, 1)
    async with running(fleet, clock):
        driver.on_read = fail
        due_after = []
        for _ in range(7):
            before, waited = len(driver.reads), 0
            while len(driver.reads) == before:
                clock.move(5)
                waited += 5
                await turns()
            due_after.append(waited)
        assert due_after == [10, 10, 10, 10, 20, 40, 40]


async def test_what_a_driver_should_not_raise_is_counted_and_ends_nothing(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    async def explode(miner: str) -> None:
        if miner == "10.0.0.1":
            raise ZeroDivisionError("a bug in a driver")

    driver.on_read = driver.on_apply = explode
    fleet = scripted_fleet(driver, clock, tmp_path, 2)
    async with running(fleet, clock) as site:
        assert fleet.readings()["10.0.0.1"].failure == "a bug in a driver"
        assert fleet.readings()["10.0.0.2"].reachable
        fleet.send([command("10.0.0.1", OFF)])
        outcome = await site.outcome()
        assert (outcome.stage, outcome.detail) == (Stage.FAILED, "a bug in a driver")
        assert fleet.health().failures == {"internal": 2}


async def test_a_driver_that_cancels_itself_is_read_again(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    async def give_up(_: str) -> None:
        raise asyncio.CancelledError

    driver.on_read = give_up
    fleet = scripted_fleet(driver, clock, tmp_path, 1)
    async with running(fleet, clock) as site:
        assert fleet.readings()["10.0.0.1"].failure == "a call cancelled itself"
        driver.on_read = lambda _: asyncio.sleep(0)
        await site.read_again("10.0.0.1")
        assert fleet.readings()["10.0.0.1"].reachable


def test_the_settings_keep_a_place_for_commands() -> None:
    with pytest.raises(ValueError, match="width"):
        FleetSettings(width=1)
