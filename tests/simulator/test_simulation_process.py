"""`curtaild simulate` as a process: it ends with its daemon, and not by the daemon's Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process

import pytest

from controller.simulator.settings import SimulationSettings

from .help import Client, small_site

BODY = """
import sys
from controller.clock import SiteClock
from controller.simulator.process import serve
from controller.simulator.settings import SimulationSettings
settings = SimulationSettings.model_validate_json(sys.argv[1])
sys.exit(serve(settings, SiteClock(), follow_stdin=sys.argv[2] == "follow"))
"""


@pytest.fixture
def settings() -> SimulationSettings:
    return small_site()


async def started(settings: SimulationSettings, follow: str) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BODY, settings.model_dump_json(), follow, stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 30)
    assert b"simulation_ready" in line
    return process


async def watts(settings: SimulationSettings) -> int:
    group = settings.groups[0]
    return await Client(str(group.address), group.port).watts()


async def test_it_survives_sigint_and_ends_with_its_stdin(settings: SimulationSettings) -> None:
    process = await started(settings, "follow")
    process.send_signal(signal.SIGINT)
    assert await watts(settings) > 2700
    assert process.returncode is None
    assert process.stdin is not None
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 10) == 0
    with pytest.raises(ConnectionRefusedError):
        await watts(settings)


@pytest.mark.parametrize(
    ("follow", "sent"),
    [("alone", signal.SIGINT), ("alone", signal.SIGTERM), ("follow", signal.SIGTERM)],
)
async def test_signals_end_it(
    settings: SimulationSettings, follow: str, sent: signal.Signals
) -> None:
    process = await started(settings, follow)
    process.send_signal(sent)
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_alone_it_does_not_care_about_stdin(settings: SimulationSettings) -> None:
    process = await started(settings, "alone")
    assert process.stdin is not None
    process.stdin.close()
    assert await watts(settings) > 2700
    assert process.returncode is None
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_its_workers_end_with_it_even_when_it_is_killed(
    settings: SimulationSettings,
) -> None:
    first = settings.groups[0]
    other = first.model_copy(
        update={"id": "other", "address": first.address + first.miners, "meter": None}
    )
    two = settings.model_copy(update={"groups": (first, other), "processes": 2})
    process = await started(two, "alone")
    clients = [Client(str(group.address), group.port) for group in two.groups]
    assert min([await client.watts() for client in clients]) > 2700
    process.kill()
    await process.wait()
    for client in clients:
        await refused(client)


async def refused(client: Client) -> None:
    """Wait until nobody listens there, at most ten seconds."""
    async with asyncio.timeout(10):
        while True:
            try:
                await client.watts()
            except ConnectionRefusedError:
                return
            except (ConnectionError, ValueError):
                continue  # it is just going


async def test_a_thousand_miners_listen(settings: SimulationSettings) -> None:
    group = settings.groups[0].model_copy(update={"miners": 1000})
    settings = settings.model_copy(update={"groups": (group,)})
    process = await started(settings, "alone")
    every = [Client(address, group.port) for address in group.addresses()]
    assert min([await client.watts() for client in (every[0], every[499], every[999])]) > 2700
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0


@pytest.mark.parametrize("place", ["miner", "meter", "control"])
async def test_a_port_in_use_is_named(settings: SimulationSettings, place: str) -> None:
    group = settings.groups[0]
    assert group.meter is not None
    assert settings.control is not None
    taken = {"miner": group.port, "meter": group.meter.port, "control": settings.control.port}
    with socket.create_server((str(group.address), taken[place])):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", BODY, settings.model_dump_json(), "alone", stderr=PIPE
        )
        _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert f"{group.address}:{taken[place]}".encode() in errors
    assert b"Traceback" not in errors
