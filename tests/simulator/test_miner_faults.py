"""Each fault of a miner, as a client and as the meter meet it."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest

from controller.simulator.farm import Farm
from controller.simulator.faults import MinerFault
from controller.simulator.server import MinerServer

from .help import Client, HandClock, send, turns, until


@pytest.fixture
def server(farm: Farm, miner: Client) -> MinerServer:
    return farm.miners[miner.address]


def fault(kind: str, **details: object) -> MinerFault:
    return MinerFault.model_validate({"kind": kind, **details})


async def refuses_connections(miner: Client) -> bool:
    try:
        await send(miner.address, miner.port, b"")
    except ConnectionRefusedError:
        return True
    return False


async def test_a_dead_miner_refuses_connections_and_draws_nothing(
    miner: Client, server: MinerServer, farm: Farm, clock: HandClock
) -> None:
    before_w = farm.plant.site.power_w(clock.now())
    await server.inject(fault("die"))
    assert await refuses_connections(miner)
    assert before_w - farm.plant.site.power_w(clock.now()) == pytest.approx(2794, rel=0.016)
    await server.inject(fault("clear"))
    clock.move(20)
    assert await miner.watts() > 2700


async def test_a_dying_miner_cuts_the_connection_that_is_open(
    miner: Client, server: MinerServer
) -> None:
    reader, writer = await asyncio.open_connection(miner.address, miner.port)
    writer.write(b'{"comm')
    await writer.drain()
    await server.inject(fault("die"))
    with contextlib.suppress(ConnectionResetError):
        assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


async def test_a_hung_miner_accepts_says_nothing_and_keeps_running(
    miner: Client, server: MinerServer, clock: HandClock
) -> None:
    await server.inject(fault("hang"))
    reader, writer = await asyncio.open_connection(miner.address, miner.port)
    writer.write(b'{"command":"power"}')
    done, _ = await asyncio.wait({asyncio.ensure_future(reader.read())}, timeout=0.3)
    writer.close()
    assert not done
    assert server.miner.physics.power_w(clock.now()) > 2700
    await server.inject(fault("clear"))
    assert await miner.watts() > 2700


async def test_a_liar_says_yes_and_does_nothing(
    miner: Client, server: MinerServer, clock: HandClock
) -> None:
    await server.inject(fault("lie"))
    token = await miner.logon()
    reply = await miner.ask("curtail", f"{token},sleep")
    assert reply["STATUS"][0]["STATUS"] == "S"
    assert (await miner.ask("profileset", f"{token},190MHz"))["STATUS"][0]["STATUS"] == "S"
    clock.move(30)
    assert await miner.watts() > 2700
    assert server.miner.physics.power_w(clock.now()) > 2700


async def test_a_liar_about_watts_reports_standby_and_draws_full_power(
    miner: Client, server: MinerServer, clock: HandClock
) -> None:
    await server.inject(fault("lie", lie_watts=True))
    assert await miner.watts() > 2700
    token = await miner.logon()
    await miner.ask("curtail", f"{token},sleep")
    clock.move(30)
    assert await miner.watts() == 25
    assert (await miner.ask("config"))["CONFIG"][0]["CurtailMode"] == "Sleep"
    assert server.miner.physics.power_w(clock.now()) > 2700
    await server.inject(fault("clear"))
    assert await miner.watts() > 2700


async def test_a_refusing_miner_answers_questions_and_refuses_commands(
    miner: Client, server: MinerServer, clock: HandClock
) -> None:
    await server.inject(fault("refuse"))
    token = await miner.logon()
    for command, parameter in (("curtail", "sleep"), ("profileset", "190MHz")):
        reply = await miner.ask(command, f"{token},{parameter}")
        assert reply["STATUS"][0]["STATUS"] == "E"
    clock.move(30)
    assert await miner.watts() > 2700


async def test_a_rebooting_miner_goes_away_and_comes_back_awake(
    miner: Client, server: MinerServer, clock: HandClock
) -> None:
    token = await miner.logon()
    await miner.ask("profileset", f"{token},290MHz")
    await miner.ask("curtail", f"{token},sleep")
    await server.inject(fault("reboot", seconds=40))
    assert await refuses_connections(miner)
    assert server.miner.physics.power_w(clock.now()) == 0
    await turns()
    clock.move(40)
    await until(lambda: server.miner.fault.kind == "clear", "the miner to come back")
    clock.move(20)
    config = (await miner.ask("config"))["CONFIG"][0]
    assert (config["CurtailMode"], config["Profile"]) == ("None", "290MHz")
    assert await miner.watts() == pytest.approx(1188, rel=0.016)
    assert (await miner.ask("session"))["SESSION"] == [{"SessionID": ""}]
    assert (await miner.ask("summary"))["SUMMARY"][0]["Elapsed"] == 20


async def test_a_slow_miner_answers_late_but_right(miner: Client, server: MinerServer) -> None:
    await server.inject(fault("slow", seconds=0.3))
    early = asyncio.ensure_future(miner.watts())
    done, _ = await asyncio.wait({early}, timeout=0.1)
    assert not done
    assert await early > 2700


async def test_garbage_is_no_json(miner: Client, server: MinerServer) -> None:
    await server.inject(fault("garbage"))
    received = await send(miner.address, miner.port, b'{"command":"power"}')
    assert received
    with pytest.raises(ValueError, match=r"."):
        json.loads(received)


async def test_a_truncated_reply_is_no_json(miner: Client, server: MinerServer) -> None:
    await server.inject(fault("truncate"))
    received = await send(miner.address, miner.port, b'{"command":"power"}')
    assert received.startswith(b'{"POWER"')
    with pytest.raises(ValueError, match=r"."):
        json.loads(received)


async def test_an_endless_miner_never_stops_until_the_client_goes(
    miner: Client, server: MinerServer, farm: Farm
) -> None:
    await server.inject(fault("endless"))
    reader, writer = await asyncio.open_connection(miner.address, miner.port)
    writer.write(b'{"command":"power"}')
    assert len(await asyncio.wait_for(reader.readexactly(200_000), 10)) == 200_000
    writer.close()
    await server.inject(fault("clear"))
    assert await miner.watts() > 2700


async def test_a_new_fault_replaces_the_old_one_and_brings_power_back(
    miner: Client, server: MinerServer, clock: HandClock
) -> None:
    await server.inject(fault("reboot", seconds=40))
    await server.inject(fault("refuse"))
    await turns()
    clock.move(60)
    await turns()
    assert server.miner.fault.kind == "refuse"
    assert await miner.watts() > 2700
