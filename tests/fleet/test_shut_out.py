"""Miners that will not be read until a person acts: the fleet says which, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from controller.errors import PermanentError
from controller.fleet.antminer import ANTMINER, AntminerMiners
from controller.fleet.faults import FaultKind, MinerError, is_for_a_person
from controller.fleet.fleet import MinerFleet
from tests.simulator.help import HandClock

from .help import HASTY, running
from .stock_antminer import StockAntminer
from .stock_antminer import running as listening


def fleet_at(place: tuple[str, int], clock: HandClock, tmp_path: Path) -> MinerFleet:
    password = tmp_path / "password"
    password.write_text("wrong\n")
    password.chmod(0o600)
    address, port = place
    group = AntminerMiners(addresses=[address], port=port, nameplate_w=3500, password_file=password)
    return MinerFleet(
        settings=HASTY,
        groups={"shed": group},
        firmwares={"antminer": ANTMINER},
        state_dir=tmp_path / "state",
        clock=clock,
    )


async def test_a_wrong_password_is_told_until_it_is_right(clock: HandClock, tmp_path: Path) -> None:
    async with (
        listening(StockAntminer(password="changed")) as place,
        running(fleet_at(place, clock, tmp_path), clock) as site,
    ):
        (told,) = site.fleet.health().problems
        assert "it does not accept" in told
        assert "wrong" not in told
        assert site.fleet.health().refused_credentials == 1
        (tmp_path / "password").write_text("changed\n")
        await site.read_again(f"{place[0]}:{place[1]}")
        assert site.fleet.health().problems == ()
        assert site.fleet.health().refused_credentials == 0


async def test_a_miner_that_is_lost_is_logged_with_the_reason(
    clock: HandClock, tmp_path: Path
) -> None:
    miner = StockAntminer(password="wrong")
    async with (
        listening(miner) as place,
        running(fleet_at(place, clock, tmp_path), clock) as site,
    ):
        name = f"{place[0]}:{place[1]}"
        miner.password = "changed"
        with capture_logs() as logs:
            while site.fleet.readings()[name].reachable:
                await site.read_again(name)
    (lost,) = [one for one in logs if one["event"] == "unreachable"]
    assert "it does not accept" in lost["why"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MinerError(FaultKind.UNAUTHORISED, "m1: no"), True),
        (PermanentError("m1: this is no Antminer"), True),
        (MinerError(FaultKind.NO_CONNECTION, "m1: gone"), False),
        (MinerError(FaultKind.GARBAGE, "m1: what?"), False),
    ],
)
def test_what_passes_by_itself_is_nobodys_task(error: Exception, expected: bool) -> None:
    assert is_for_a_person(error) is expected
