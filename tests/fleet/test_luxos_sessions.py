"""LuxOS grants one session at a time: ours is short, and nobody else's is touched."""

from __future__ import annotations

import logging

import pytest

from controller.fleet.driver import Driver, Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.model.fleet import OFF, Identity
from controller.simulator.farm import Farm
from tests.simulator.help import Client, HandClock

from .help import Proxy


@pytest.fixture
def other(farm: Farm) -> Client:
    """Another client of the first miner."""
    group = farm.settings.groups[0]
    return Client(group.addresses()[0], group.port)


async def test_a_session_is_opened_used_and_given_up(
    driver: Driver, tapped: Identity, proxy: Proxy, other: Client
) -> None:
    proxy.asked.clear()
    await driver.apply(tapped, OFF)
    assert proxy.commands == ["logon", "curtail", "logoff"]
    assert (await other.ask("session"))["SESSION"][0]["SessionID"] == ""


async def test_another_clients_session_is_not_adopted(
    driver: Driver, tapped: Identity, proxy: Proxy, other: Client
) -> None:
    token = await other.logon()
    proxy.asked.clear()
    with pytest.raises(MinerError, match="tapped: contested") as caught:
        await driver.apply(tapped, OFF)
    assert caught.value.kind is FaultKind.CONTESTED
    assert proxy.commands == ["logon"]
    assert (await other.ask("curtail", f"{token},wakeup"))["STATUS"][0]["STATUS"] == "S"


async def test_an_expired_session_is_renewed_once(
    driver: Driver, tapped: Identity, proxy: Proxy, clock: HandClock
) -> None:
    expire_once = iter([61.0])
    proxy.before = lambda asked: clock.move(next(expire_once, 0) if asked == "curtail" else 0)
    proxy.asked.clear()
    await driver.apply(tapped, OFF)
    assert proxy.commands == ["logon", "curtail", "logon", "curtail", "logoff"]
    proxy.before = lambda _: clock.move(6)
    assert (await driver.read(tapped)).level == OFF


async def test_a_session_that_never_holds_is_an_error(
    driver: Driver, tapped: Identity, proxy: Proxy, clock: HandClock
) -> None:
    proxy.before = lambda asked: clock.move(61 if asked == "curtail" else 0)
    proxy.asked.clear()
    with pytest.raises(MinerError, match="refused"):
        await driver.apply(tapped, OFF)
    assert proxy.commands.count("curtail") == 2


async def test_a_refused_command_gives_the_session_up(
    driver: Driver, tapped: Identity, proxy: Proxy, other: Client
) -> None:
    with pytest.raises(MinerError, match=r"refused: .*profile 'nonsense'"):
        await driver.apply(tapped, "nonsense")
    assert proxy.commands[-1] == "logoff"
    assert await other.logon()


async def test_a_lost_logoff_does_not_undo_the_command(
    driver: Driver, tapped: Identity, proxy: Proxy, toolbox: Toolbox, farm: Farm
) -> None:
    proxy.lost = "logoff"
    await driver.apply(tapped, OFF)
    assert toolbox.tally.failures["logoff"] == 1
    assert not next(iter(farm.miners.values())).miner.physics.awake


async def test_the_token_never_reaches_a_log(
    driver: Driver, tapped: Identity, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("pyasic").setLevel(logging.DEBUG)
    await driver.apply(tapped, OFF)
    token = next(a["parameter"] for a in proxy.asked if a["command"] == "logoff")
    assert token
    assert token not in caplog.text
    assert "curtail" not in caplog.text
