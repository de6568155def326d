"""What a simulated farm costs: `python -m tests.bench.farm [PROCESSES]`.

Plays 10,500 stock Antminers and 4,500 miners with LuxOS, asks each of them twice, and prints what
the processes of the farm needed for it. It judges nothing: the limits of the fleet are elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from controller.simulator.group_settings import GroupSettings
from controller.simulator.settings import SimulationSettings

from .farm_clients import Place, ask_antminer, ask_luxos
from .farm_meter import site_reading_ms

_SIDE_BY_SIDE = 100
_ROUNDS = 2
_BODY = """
import sys
from controller.clock import SiteClock
from controller.simulator.process import serve
from controller.simulator.settings import SimulationSettings
settings = SimulationSettings.model_validate_json(sys.argv[1])
sys.exit(serve(settings, SiteClock(), follow_stdin=True))
"""


def farm(processes: int) -> SimulationSettings:
    """The farm of configs/farm-15000.yaml at other addresses, without faults and meters."""
    stock = [_group(f"stock-{n}", "antminer", 2625, f"127.4{n}.0.1", 8080) for n in range(1, 5)]
    luxos = [_group(f"luxos-{n}", "luxos", 2250, f"127.5{n}.0.1", 4028) for n in range(1, 3)]
    control = {"address": "127.40.0.1", "port": 15000}
    return SimulationSettings.model_validate(
        {"groups": [*stock, *luxos], "control": control, "processes": processes}
    )


def _group(name: str, make: str, miners: int, address: str, port: int) -> dict[str, object]:
    return {"id": name, "make": make, "miners": miners, "address": address, "port": port}


async def measure(settings: SimulationSettings) -> None:
    """Start the farm, ask everybody, print, end it."""
    began = time.monotonic()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _BODY, settings.model_dump_json(exclude_unset=True)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    await child.stdout.readline()
    _say("until all listen", time.monotonic() - began, "s")
    pids = [child.pid, *_children(child.pid)]
    for _ in range(_ROUNDS):
        await _poll(settings.groups, "luxos", ask_luxos, pids)
        await _poll(settings.groups, "antminer", ask_antminer, pids)
    _say("memory of all processes", sum(map(_resident_mb, pids)), "MB")
    _say("a reading of the site's meter, CPU", site_reading_ms(settings), "ms")
    child.terminate()
    await child.wait()


async def _poll(
    groups: Sequence[GroupSettings],
    make: str,
    ask: Callable[[Place], Awaitable[None]],
    pids: Sequence[int],
) -> None:
    places = [place for group in groups if group.make == make for place in group.places()]
    turns = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(place: Place) -> None:
        async with turns:
            await ask(place)

    before_s = sum(map(_cpu_s, pids))
    await asyncio.gather(*map(one, places))
    _say(f"{make}, CPU a poll", (sum(map(_cpu_s, pids)) - before_s) / len(places) * 1000, "ms")


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _say(name: str, value: float, unit: str) -> None:
    sys.stdout.write(f"{name} {value:.3g} {unit}\n")


if __name__ == "__main__":
    asyncio.run(measure(farm(int(sys.argv[1]) if len(sys.argv) > 1 else 1)))
