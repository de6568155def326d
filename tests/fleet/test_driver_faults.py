"""What every driver makes of every fault: a word of the right kind, or an honest reading."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Awaitable, Collection
from pathlib import Path

import pytest

from controller.fleet.driver import Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.model.fleet import OFF, Identity
from controller.simulator.faults import MINER_FAULTS
from tests.simulator.help import HandClock

from .benches import MAKES, Bench, bench_of
from .help import HASTY, tools
from .traces import hosts_reached, no_trace

K = FaultKind
SPOILS_ALL: dict[str, set[FaultKind]] = {
    "die": {K.NO_CONNECTION},
    "reboot": {K.NO_CONNECTION},
    "hang": {K.NO_REPLY},
    "slow": {K.NO_REPLY},
    "drip": {K.NO_REPLY},
    "endless": {K.TOO_LONG},
    "garbage": {K.GARBAGE},
    "truncate": {K.GARBAGE, K.NO_REPLY},
    "html": {K.GARBAGE},
    "password": {K.UNAUTHORISED},
    "unreadable": {K.REFUSED},
}
"""Faults that every call meets, and what they are called."""
NOT_MET = {("unreadable", "curve")}
"""What a miner offers does not stand in its configuration."""
SPOILS_COMMANDS: dict[str, FaultKind] = {
    "refuse": K.REFUSED,
    "session_stolen": K.CONTESTED,
    "reboot_on_order": K.NO_REPLY,
}
GOES_UNNOTICED = {"lie", "frequency_reset"}
"""Commands are answered as ever: only readings can tell."""


def cases(kinds: Collection[str]) -> list[tuple[str, str]]:
    """Each driver with each of these faults that its miner can have."""
    return [(name, kind) for name, make in MAKES.items() for kind in kinds if kind in make.faults]


async def failure(call: Awaitable[object]) -> FaultKind | None:
    try:
        await call
    except MinerError as error:
        return error.kind
    return None


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return tools(tmp_path, HASTY.model_copy(update={"reply_limit_bytes": 65_536}))


@pytest.fixture
async def bench(driver: str, toolbox: Toolbox, clock: HandClock) -> AsyncIterator[Bench]:
    async with bench_of(MAKES[driver], toolbox, clock) as ready:
        yield ready


@pytest.fixture
async def identity(bench: Bench) -> Identity:
    return await bench.identify()


def test_every_fault_that_can_be_simulated_is_in_the_contract() -> None:
    assert {*SPOILS_ALL, *SPOILS_COMMANDS, *GOES_UNNOTICED, "clear"} == set(MINER_FAULTS)


@pytest.mark.parametrize(("driver", "kind"), cases(SPOILS_ALL))
async def test_a_fault_that_spoils_every_call_is_called_by_its_name(
    bench: Bench, identity: Identity, kind: str
) -> None:
    kept = bench.kept()
    async with no_trace(bench):
        for what, call in bench.calls(identity).items():
            if (kind, what) in NOT_MET:
                continue
            await bench.heal()
            await bench.inject(kind)
            with pytest.raises(MinerError, match=r"^m1: ") as caught:
                await call()
            assert caught.value.kind in SPOILS_ALL[kind]
        await bench.heal()
    assert bench.kept() == kept
    assert bench.true_w() > bench.make.own_w / 2, "nothing that failed has stopped it"


@pytest.mark.parametrize(("driver", "kind"), cases(SPOILS_COMMANDS))
async def test_a_command_that_is_not_carried_out_fails_and_the_miner_runs_on(
    bench: Bench, identity: Identity, kind: str
) -> None:
    kept = bench.kept()
    async with no_trace(bench):
        await bench.inject(kind)
        assert (await bench.driver.read(identity)).level == bench.make.own_level
        with pytest.raises(MinerError, match=r"^m1: ") as caught:
            await bench.tell(identity, OFF)
        assert caught.value.kind is SPOILS_COMMANDS[kind]
        await bench.heal()
    assert bench.kept() == kept
    assert (await bench.driver.read(identity)).level == bench.make.own_level


@pytest.mark.parametrize(("driver", "kind"), cases(GOES_UNNOTICED))
async def test_a_miner_that_only_says_yes_is_not_read_as_off(
    bench: Bench, identity: Identity, kind: str
) -> None:
    await bench.inject(kind)
    said = await failure(bench.tell(identity, OFF if kind == "lie" else bench.make.own_level))
    assert said in {None, K.REFUSED}, "it may have been read back, and found out"
    assert bench.true_w() > bench.make.own_w / 2
    assert (await bench.driver.read(identity)).level != OFF


@pytest.mark.parametrize("driver", MAKES)
async def test_no_host_but_the_miner_is_spoken_with(bench: Bench) -> None:
    with hosts_reached() as reached:
        identity = await bench.identify()
        for call in bench.calls(identity).values():
            await call()
    assert reached == {identity.address}


@pytest.mark.parametrize("driver", MAKES)
async def test_nothing_is_left_behind_by_a_healthy_miner(bench: Bench, identity: Identity) -> None:
    async with no_trace(bench):
        for call in bench.calls(identity).values():
            await call()


@pytest.mark.parametrize("driver", MAKES)
async def test_calls_to_a_dead_miner_leave_nothing_to_the_garbage_collector(
    bench: Bench, identity: Identity
) -> None:
    """It looks seldom: memory would grow with every one that fails."""
    await bench.inject("die")
    assert await failure(bench.driver.read(identity)) is K.NO_CONNECTION
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            await failure(bench.driver.read(identity))
        assert gc.collect() == 0
    finally:
        gc.enable()
