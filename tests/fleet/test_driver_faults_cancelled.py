"""Every call ends at once when it is cancelled, and leaves nothing behind.

With deadlines of a minute, so that none of them can be what ends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from controller.fleet.driver import Toolbox
from controller.model.fleet import OFF, Identity
from tests.simulator.help import HandClock, until

from .benches import MAKES, Bench, bench_of
from .help import HASTY, tools
from .traces import no_trace

PATIENT = HASTY.model_copy(
    update={"connect_timeout_s": 60.0, "reply_timeout_s": 60.0, "command_timeout_s": 60.0}
)


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return tools(tmp_path, PATIENT)


@pytest.fixture
async def bench(driver: str, toolbox: Toolbox, clock: HandClock) -> AsyncIterator[Bench]:
    async with bench_of(MAKES[driver], toolbox, clock) as ready:
        yield ready


def calls(bench: Bench, identity: Identity) -> dict[str, Callable[[], Awaitable[object]]]:
    told = bench.driver.apply
    return {
        **bench.calls(identity),
        "stop": lambda: told(identity, OFF),
        "start": lambda: told(identity, bench.make.own_level),
    }


async def cancelled(call: asyncio.Future[Any]) -> bool:
    call.cancel()
    await asyncio.wait({call}, timeout=10)
    return call.cancelled()


@pytest.mark.parametrize("what", ["identify", "curve", "read", "stop", "start"])
@pytest.mark.parametrize("driver", MAKES)
async def test_waiting_for_an_answer(bench: Bench, what: str) -> None:
    identity = await bench.identify()
    await until(lambda: bench.connections() == 0, "the connections of before to be closed")
    async with no_trace(bench):
        await bench.inject("hang")
        calling = asyncio.ensure_future(calls(bench, identity)[what]())
        await until(lambda: bench.connections() > 0, "the miner to be asked")
        assert await cancelled(calling)
        await until(lambda: bench.connections() == 0, "the connection to be closed")
        await bench.heal()
    assert (await bench.driver.read(identity)).level == bench.make.own_level


@pytest.mark.parametrize("driver", [name for name in MAKES if "antminer" in name])
async def test_in_the_middle_of_a_write(bench: Bench) -> None:
    """What the miner has taken it finishes; its pools and its frequency are whole."""
    identity = await bench.identify()
    kept = bench.kept()
    async with no_trace(bench):
        stopping = asyncio.ensure_future(bench.driver.apply(identity, OFF))
        await until(lambda: bench.clock.sleepers > 0, "the write to begin")
        assert await cancelled(stopping)
        await bench.heal()
    assert bench.kept() == kept
    await bench.tell(identity, bench.make.own_level)
    assert bench.kept() == kept
    assert (await bench.driver.read(identity)).level == bench.make.own_level
