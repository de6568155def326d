"""The one session of a miner: granted, renewed, expired, contended."""

from __future__ import annotations

from typing import Any

from .help import Client, HandClock


def code(reply: Any) -> tuple[str, int]:
    return reply["STATUS"][0]["STATUS"], reply["STATUS"][0]["Code"]


async def test_logon_grants_a_token_that_session_shows(miner: Client) -> None:
    assert (await miner.ask("session"))["SESSION"] == [{"SessionID": ""}]
    token = await miner.logon()
    assert (await miner.ask("session"))["SESSION"] == [{"SessionID": token}]


async def test_a_second_logon_is_refused_while_the_first_lives(miner: Client) -> None:
    await miner.logon()
    assert code(await miner.ask("logon")) == ("E", 402)


async def test_logoff_makes_room(miner: Client) -> None:
    token = await miner.logon()
    assert code(await miner.ask("logoff", token)) == ("S", 317)
    assert await miner.logon() != token


async def test_a_session_expires_after_a_minute_without_use(
    miner: Client, clock: HandClock
) -> None:
    token = await miner.logon()
    clock.move(59)
    assert code(await miner.ask("curtail", f"{token},wakeup")) == ("S", 335)
    clock.move(59)
    assert code(await miner.ask("curtail", f"{token},wakeup")) == ("S", 335)
    clock.move(60)
    assert code(await miner.ask("curtail", f"{token},sleep")) == ("E", 403)
    assert await miner.watts() > 2000
    assert await miner.logon() != token


async def test_asking_does_not_renew_a_session(miner: Client, clock: HandClock) -> None:
    await miner.logon()
    clock.move(40)
    await miner.ask("session+power")
    clock.move(20)
    assert (await miner.ask("session"))["SESSION"] == [{"SessionID": ""}]


async def test_commands_need_the_living_session(miner: Client) -> None:
    assert code(await miner.ask("curtail", "deadbeef,sleep")) == ("E", 403)
    assert code(await miner.ask("profileset", ",default")) == ("E", 400)
    await miner.logon()
    assert code(await miner.ask("curtail", "deadbeef,sleep")) == ("E", 403)
    assert await miner.watts() > 2000
