"""`status` and `fleet status` show what a running daemon says."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controller.surfaces.http import HttpSurface
from controller.surfaces.settings import HttpSettings
from tests.commands.conftest import environment
from tests.surfaces.fakes import FakeClock, FakeInbox, FakeWatch
from tests.surfaces.views import a_view


@pytest.fixture
async def watch() -> FakeWatch:
    return FakeWatch(a_view())


@pytest.fixture
async def port(watch: FakeWatch) -> AsyncIterator[int]:
    surface = HttpSurface(HttpSettings(port=0), FakeInbox(), watch, FakeClock())
    await surface.start()
    yield surface.port
    await surface.stop()


async def asked(folder: Path, port: int, *args: str) -> tuple[int, str, str]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "controller", *args, "--config", "site.yaml"),
        cwd=folder,
        env=environment(CURTAILD_HTTP__PORT=str(port), http_proxy="http://127.0.0.1:9"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await child.communicate()
    assert child.returncode is not None
    return child.returncode, out.decode(), err.decode()


async def test_status(folder: Path, port: int) -> None:
    code, out, _ = await asked(folder, port, "status")
    assert code == 0
    assert out.startswith("pecos-1 at ")
    assert "target " in out
    assert "container-a" in out
    assert "dispatch ers-0906: 40.0 kW, in force" in out
    assert "order cooling: container-b at most 60.0 kW, by R. Ortiz until 2023-09-06T" in out
    assert "lock: a-07, by R. Ortiz since 2023-09-06T" in out


async def test_status_for_programs(folder: Path, port: int) -> None:
    code, out, _ = await asked(folder, port, "status", "--json")
    assert (code, json.loads(out)["site"]["id"]) == (0, "pecos-1")


async def test_fleet_status(folder: Path, port: int) -> None:
    code, out, _ = await asked(folder, port, "fleet", "status")
    assert code == 0
    head, columns, *rows, motion, lost, failed = out.splitlines()
    assert re.fullmatch(r"\d+ miners, 60 identified, 59 reachable", head)
    assert columns.split() == ["group", "curve", "level", "standing", "miners", "kW", "evidence"]
    assert {row.split()[0] for row in rows} == {"container-a", "container-b"}
    assert motion.startswith("in motion: ")
    assert lost.startswith("Out of reach")
    assert failed.startswith("Did not do what was ordered")


async def test_a_daemon_that_is_not_ready_says_so(
    folder: Path, port: int, watch: FakeWatch
) -> None:
    watch.shown = None
    code, _, err = await asked(folder, port, "status")
    assert code == 3
    assert "answers 503: the first cycle has not completed" in err


async def test_somebody_else_on_the_port(folder: Path) -> None:
    async def banner(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9\r\n")
        writer.close()

    server = await asyncio.start_server(banner, "127.0.0.1", 0)
    async with server:
        code, _, err = await asked(folder, server.sockets[0].getsockname()[1], "status")
    assert code == 3
    assert "no daemon answers" in err
