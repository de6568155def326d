"""Looking for miners from the command line."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controller.simulator.farm import Farm
from tests.commands.conftest import Cli, environment
from tests.simulator.help import HandClock, free_address, free_port, running, small_site


@pytest.fixture
async def farm() -> AsyncIterator[Farm]:
    address = free_address()
    hall = {"id": "hall", "miners": 3, "address": address, "port": free_port(address)}
    async with running(
        small_site(groups=[hall], site_meter=None, control=None), HandClock()
    ) as started:
        yield started


async def scanned(farm: Farm, folder: Path, *args: str) -> tuple[str, str]:
    """Output and progress."""
    group = farm.settings.groups[0]
    first, *_, last = group.addresses()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "controller", "fleet", "scan", f"{first}-{last}", "127.9.9.9"),
        *("--port", f"luxos={group.port}", "--driver", "luxos", *args),
        cwd=folder,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await child.communicate()
    assert child.returncode == 0, err
    return out.decode(), err.decode()


async def test_people_get_a_table_progress_and_lines_for_the_configuration(
    farm: Farm, folder: Path
) -> None:
    out, err = await scanned(farm, folder)
    first, *_, last = farm.settings.groups[0].addresses()
    assert "3 found, 1 nothing" in out
    assert f"    addresses:\n      - {first}-{last}\n" in out
    assert "127.9.9.9" not in out
    assert err.splitlines()[-1] == "asked: 4 of 4"


async def test_programs_get_every_address(farm: Farm, folder: Path) -> None:
    said = json.loads((await scanned(farm, folder, "--json"))[0])
    assert said["counts"] == {"found": 3, "nothing": 1}
    assert [one["answered"] for one in said["addresses"]] == [*["found"] * 3, "nothing"]
    assert said["addresses"][0]["model"] == "Antminer S19k Pro"


async def test_the_table_holds_the_miners_only(farm: Farm, folder: Path) -> None:
    await scanned(farm, folder, "--csv", "found.csv")
    with (folder / "found.csv").open(encoding="utf-8", newline="") as file:
        found = [row["address"] for row in csv.DictReader(file)]
    assert found == list(farm.settings.groups[0].addresses())


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "nothing to scan: name a range, or --addresses-file"),
        (("10.0.0.9-10.0.0.1",), "the range is reversed"),
        (("10.0.0.0/8",), "these are more than 65536 addresses together"),
        (("127.9.9.9", "--port", "antminer"), "is not one like luxos=4028 or antminer=80"),
        (("127.9.9.9", "--width", "0"), "is no number from 1 to 4096"),
        (("--addresses-file", "none.csv"), "none.csv: No such file or directory"),
    ],
)
def test_what_cannot_be_scanned_is_2(cli: Cli, args: tuple[str, ...], said: str) -> None:
    done = cli("fleet", "scan", *args)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
