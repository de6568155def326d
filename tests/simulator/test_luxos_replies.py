"""The replies of a simulated miner against the recorded ones, key by key and type by type."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.simulator.farm import Farm
from controller.simulator.luxos.api import answer, complete
from controller.simulator.luxos.catalog import load_model
from controller.simulator.luxos.miner import LuxOsMiner
from controller.simulator.plant import Plant

from .help import NOON, Client, HandClock, send, small_site

RECORDED = load_model("s19k_pro").recorded


def shape(value: Any) -> Any:
    """Keys and types; whole numbers and fractions are one type, rows of a list are one row."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if type(value) in {int, float} else type(value).__name__


@pytest.mark.parametrize("command", [name for name in RECORDED if name != "events"])
async def test_a_reply_has_the_keys_and_types_of_the_recorded_one(
    miner: Client, command: str
) -> None:
    reply = await miner.ask(command)
    assert shape(reply) == shape(RECORDED[command])
    assert [len(reply[key]) for key in reply if key != "id"] == [
        len(RECORDED[command][key]) for key in reply if key != "id"
    ]


@pytest.mark.parametrize("command", RECORDED)
async def test_a_reply_says_which_command_it_is_for_and_when(miner: Client, command: str) -> None:
    status = (await miner.ask(command))["STATUS"][0]
    recorded = RECORDED[command]["STATUS"][0]
    assert (status["Code"], status["Msg"]) == (recorded["Code"], recorded["Msg"])
    assert status["STATUS"] == "S"
    assert status["When"] == NOON.timestamp()


async def test_a_healthy_miner_has_no_events(miner: Client) -> None:
    assert (await miner.ask("events"))["EVENTS"] == []


async def test_power_and_hashrate_are_those_of_the_profile(miner: Client) -> None:
    row = (await miner.ask("summary"))["SUMMARY"][0]
    assert row["GHS 5s"] == pytest.approx(121_800, rel=0.016)
    assert row["GHS av"] == pytest.approx(121_800)
    assert await miner.watts() == pytest.approx(2794, rel=0.016)


async def test_boards_share_the_hashrate(miner: Client) -> None:
    summary = (await miner.ask("summary"))["SUMMARY"][0]
    devs = (await miner.ask("devs"))["DEVS"]
    stats = (await miner.ask("stats"))["STATS"][1]
    assert sum(row["MHS 5s"] for row in devs) / 1000 == pytest.approx(summary["GHS 5s"])
    chains = [float(stats[f"chain_rate{board}"]) for board in (1, 2, 3)]
    assert sum(chains) == pytest.approx(summary["GHS 5s"], abs=0.1)


async def test_miners_differ_in_identity_but_not_in_kind(farm: Farm) -> None:
    port = farm.settings.groups[0].port
    rows = [(await Client(at, port).ask("config"))["CONFIG"][0] for at in farm.miners]
    for key in ("IPAddr", "MACAddr", "SerialNumber", "Hostname"):
        assert len({row[key] for row in rows}) == len(rows)
    assert [row["IPAddr"] for row in rows] == list(farm.miners)
    assert {row["Model"] for row in rows} == {"Antminer S19k Pro"}


async def test_several_questions_in_one_request(miner: Client) -> None:
    reply = await miner.ask("summary+power")
    assert set(reply) == {"summary", "power", "id"}
    assert shape(reply["power"][0]) == shape(RECORDED["power"])
    assert shape(reply["summary"][0]) == shape(RECORDED["summary"])


async def test_one_bad_question_of_several_spoils_only_its_own_answer(miner: Client) -> None:
    reply = await miner.ask("power+nonsense+curtail")
    assert reply["power"][0]["STATUS"][0]["STATUS"] == "S"
    assert reply["nonsense"][0]["STATUS"][0]["STATUS"] == "E"
    assert reply["curtail"][0]["STATUS"][0]["STATUS"] == "E"


@pytest.mark.parametrize(
    ("request_bytes", "code"),
    [
        (b'{"command":"nonsense"}', 14),
        (b"what\n", 23),
        (b'{"command":7}', 23),
        (b"[]", 23),
        (b"{}", 24),
        (b'{"command":"power+summary","parameter":"1"}', 45),
        (b'{"command":"curtail"}', 400),
        (b'{"command":"' + b"x" * 5000, 23),
    ],
)
async def test_a_bad_request_gets_an_error_in_the_usual_shape(
    miner: Client, request_bytes: bytes, code: int
) -> None:
    received = await send(miner.address, miner.port, request_bytes)
    assert received.endswith(b"\0")
    status = json.loads(received[:-1])["STATUS"][0]
    assert (status["STATUS"], status["Code"]) == ("E", code)
    assert set(status) == {"STATUS", "Code", "Msg", "Description", "When"}


@given(st.binary(max_size=200) | st.just(b"[" * 4096) | st.just(b'{"command":"\xff"}'))
def test_any_bytes_get_an_answer(received: bytes) -> None:
    miner = next(iter(Plant.build(small_site(), NOON).miners()))
    assert isinstance(miner, LuxOsMiner)
    complete(received)
    reply = json.loads(answer(miner, received, NOON).rstrip(b"\0"))
    assert reply["STATUS"][0]["STATUS"] == "E"


async def test_a_request_may_come_in_pieces(miner: Client) -> None:
    reader, writer = await asyncio.open_connection(miner.address, miner.port)
    for piece in (b'{"comm', b'and":"po', b'wer"}'):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    reply = json.loads((await reader.read()).rstrip(b"\0"))
    writer.close()
    assert reply["POWER"][0]["Watts"] > 2000


async def test_elapsed_follows_site_time(miner: Client, clock: HandClock) -> None:
    first = (await miner.ask("summary"))["SUMMARY"][0]["Elapsed"]
    clock.move(90)
    assert (await miner.ask("summary"))["SUMMARY"][0]["Elapsed"] == first + 90
