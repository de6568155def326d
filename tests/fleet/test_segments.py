"""No switch has to bear all calls at once, but for what brings power down."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from controller.fleet.segments import Segments, usual_segment
from controller.fleet.settings import FleetSettings
from controller.model.fleet import OFF
from tests.simulator.help import HandClock, turns, until

from .help import HASTY, command, running
from .scripted import Gate, Scripted, scripted_fleet

CAREFUL = HASTY.model_copy(
    update={
        "width": 64,
        "segment_width": 3,
        "reply_timeout_s": 60.0,
        "command_timeout_s": 60.0,
    }
)
ACROSS = 290
"""So many miners from 10.0.0.1 on reach into a second /24."""


@pytest.fixture
def driver() -> Scripted:
    return Scripted()


@pytest.mark.parametrize(
    ("address", "segment"),
    [
        ("10.0.3.77", "10.0.3.0/24"),
        ("fd00:1:2:3::9", "fd00:1:2:3::/64"),
    ],
)
def test_the_usual_segment_is_the_subnet(address: str, segment: str) -> None:
    assert usual_segment(address) == segment


def test_who_waits_longest_is_next_where_there_is_room() -> None:
    segments = Segments(1)
    segments.enter("rack-1")
    assert not segments.has_room("rack-1")
    assert segments.has_room("rack-2")
    segments.wait("rack-1", "a")
    segments.wait("rack-1", "b")
    segments.enter("rack-1")  # what could not wait
    assert segments.leave("rack-1") is None, "one too many has left"
    assert segments.leave("rack-1") == "a"
    segments.enter("rack-1")
    assert segments.leave("rack-1") == "b"
    assert segments.leave("rack-2") is None


async def test_so_many_of_a_segment_are_read_at_a_time_and_nobody_is_forgotten(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, ACROSS, CAREFUL)
    async with running(fleet, clock):
        gate = Gate()
        driver.on_read = gate
        clock.move(10)
        await until(lambda: len(gate.held) == 6, "three of each segment")
        await turns()
        assert _by_segment(gate.held) == {"10.0.0.0/24": 3, "10.0.1.0/24": 3}
        driver.reads.clear()
        gate.open()
        await until(lambda: len(set(driver.reads) | set(gate.held)) >= ACROSS, "everyone")


async def test_starts_keep_to_it_and_stops_go_beyond_it(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, ACROSS, CAREFUL)
    async with running(fleet, clock):
        gate = Gate()
        driver.on_apply = gate
        fleet.send([command(f"10.0.0.{n}", "full", f"up-{n}") for n in range(1, 11)])
        await until(lambda: len(gate.held) == 3, "starts")
        await turns()
        assert len(gate.held) == 3
        fleet.send([command(f"10.0.0.{n}", OFF, f"down-{n}") for n in range(11, 31)])
        await until(lambda: len(gate.held) == 23, "all stops beside them")
        gate.open()
        await until(lambda: len(driver.applied) == 30, "the other starts")


async def test_a_miner_that_is_being_told_is_read_at_its_ordinary_pace(
    driver: Scripted, clock: HandClock, tmp_path: Path
) -> None:
    fleet = scripted_fleet(driver, clock, tmp_path, 1)
    async with running(fleet, clock):
        gate = Gate()
        driver.on_apply = gate
        fleet.send([command("10.0.0.1", OFF)])
        fleet.watch(["10.0.0.1"])
        await until(lambda: len(gate.held) == 1, "the command")
        driver.reads.clear()
        for _ in range(4):
            clock.move(2)
            await turns()
        assert driver.reads == []
        clock.move(2)
        await until(lambda: len(driver.reads) == 1, "its ordinary read")
        gate.open()
        await until(lambda: len(driver.applied) == 1, "its answer")
        clock.move(2)
        await until(lambda: len(driver.reads) == 2, "a read that shows what came of it")


def test_one_at_a_time_is_the_least() -> None:
    with pytest.raises(ValueError, match="segment_width"):
        FleetSettings(segment_width=0)


def _by_segment(miners: list[str]) -> Counter[str]:
    return Counter(usual_segment(miner) for miner in miners)
