"""The Fleet port: miners on the wire, the same in shadow, and the simulated ones of other tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from controller.app.shadow import ShadowFleet
from controller.model.fleet import OFF, Command, Outcome, Stage
from controller.ports import Fleet
from controller.reasons import Reason
from controller.simulator.farm import Farm
from tests.app.loop import TinyFleet
from tests.fleet.help import fleet_on
from tests.simulator.help import HandClock, small_site, until


@dataclass
class Side:
    """A fleet that runs, and its clock."""

    fleet: Fleet
    clock: HandClock

    async def outcome(self, command: Command) -> Outcome:
        found: list[Outcome] = []

        def told() -> bool:
            found.extend(self.fleet.outcomes())
            return any(one.command == command.id for one in found)

        await until(told, f"the outcome of {command.id}")
        assert len(found) == 1
        return found[0]

    async def later(self, shown: Callable[[], bool]) -> None:
        self.clock.move(60)
        await until(shown, "a later reading")


@pytest.fixture(params=["wire", "shadow", "simulated"])
async def side(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Side]:
    clock = HandClock()
    farm = Farm(small_site(), clock)
    await farm.start()
    fleet: Fleet = TinyFleet(clock)
    if request.param != "simulated":
        fleet = fleet_on(farm, clock, tmp_path)
    if request.param == "shadow":
        fleet = ShadowFleet(fleet, clock)
    await fleet.start(lambda: None)
    try:
        await until(lambda: all(one.at for one in fleet.readings().values()), "first readings")
        yield Side(fleet, clock)
    finally:
        await fleet.stop()
        await farm.stop()


def stop_of(side: Side) -> Command:
    miner = next(iter(side.fleet.readings()))
    at = side.clock.now()
    return Command(id="c1", miner=miner, level=OFF, reason=Reason.UNPROFITABLE, at=at)


async def test_every_miner_has_a_curve_that_begins_with_off(side: Side) -> None:
    for name, reading in side.fleet.readings().items():
        assert reading.miner == name
        assert reading.reachable
        curve = side.fleet.curves()[reading.curve]
        assert curve.off.name == OFF
        assert curve.level(reading.level).power_w > curve.off.power_w


async def test_a_command_has_one_outcome_and_it_is_told_once(side: Side) -> None:
    command = stop_of(side)
    side.fleet.send([command])
    outcome = await side.outcome(command)
    assert outcome.stage in {Stage.SENT, Stage.WITHHELD}
    assert outcome.at >= command.at
    assert list(side.fleet.outcomes()) == []


async def test_only_a_later_reading_shows_what_came_of_it(side: Side) -> None:
    command = stop_of(side)
    side.fleet.send([command])
    await side.outcome(command)
    side.fleet.watch([command.miner])
    await side.later(lambda: side.fleet.readings()[command.miner].level == OFF)
    reading = side.fleet.readings()[command.miner]
    assert reading.at is not None
    assert reading.at > command.at
    assert reading.power_w <= side.fleet.curves()[reading.curve].off.power_w * 2
    others = [one.level for name, one in side.fleet.readings().items() if name != command.miner]
    assert OFF not in others


async def test_health_counts_who_answers(side: Side) -> None:
    assert side.fleet.health().reachable == len(side.fleet.readings())
