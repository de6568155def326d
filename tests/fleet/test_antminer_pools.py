"""What an operator of a thousand Antminers fears most: a write that takes their pools away.

Every document that a miner is ever sent is looked at as the bytes that came.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.errors import CurtaildError, PermanentError
from controller.fleet.antminer.conf import OURS
from controller.fleet.driver import Toolbox
from controller.fleet.settings import FleetSettings
from controller.model.fleet import OFF

from .help import HASTY, tools
from .stock_antminer import (
    CONF,
    Answer,
    StockAntminer,
    answering,
    driver_of,
    known,
    running,
    silence,
)

POOLS = json.loads(CONF)["pools"]
NOTHING = [{"url": "", "user": "", "pass": ""}] * 3


def without_pools() -> str:
    return json.dumps({**json.loads(CONF), "pools": NOTHING})


async def torn(request: web.Request) -> web.StreamResponse:
    """The connection breaks in the middle of a reply of known length."""
    response = web.StreamResponse(headers={"Content-Length": str(len(CONF))})
    await response.prepare(request)
    await response.write(CONF[: len(CONF) // 2].encode())
    assert request.transport is not None
    request.transport.abort()
    return response


UNREADABLE: dict[str, Answer] = {
    "503": answering("busy", status=503),
    "503 with a sound body": answering(CONF, status=503),
    "404": answering("", status=404),
    "nothing": answering(""),
    "a page": answering("<html>502 Bad Gateway</html>"),
    "half": answering(CONF[: len(CONF) // 2]),
    "all but the last brace": answering(CONF.rstrip()[:-1]),
    "torn": torn,
    "pyasic's own empty answer": answering('{"success": false, "message": "Unknown error"}'),
    "an empty document": answering("{}"),
    "null": answering("null"),
    "no pools": answering('{"bitmain-work-mode":"0","bitmain-freq-level":"70"}'),
    "pools of null": answering('{"pools":null,"bitmain-work-mode":"0"}'),
    "pools of nothing": answering('{"pools":[],"bitmain-work-mode":"0"}'),
    "empty pools": answering(without_pools()),
    "blank pools": answering(without_pools().replace('"url": ""', '"url": "  "')),
    "a pool without a URL": answering('{"pools":[{"user":"a","pass":"b"}],"bitmain-work-mode":1}'),
    "pools that are numbers": answering('{"pools":[7],"bitmain-work-mode":"0"}'),
    "a mode in words": answering(CONF.replace('mode" : "0"', 'mode" : "normal"')),
    "silence": silence,
    "another place": answering("", status=302, Location="/elsewhere"),
    "compressed": answering(CONF, Content_Encoding="br"),
}


@pytest.mark.parametrize("fault", UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("level", [OFF, "normal-70"])
async def test_nothing_is_written_that_was_not_read_whole_and_with_pools(
    level: str, fault: Answer, toolbox: Toolbox
) -> None:
    miner = StockAntminer(faults={"get_miner_conf": fault})
    async with running(miner) as place:
        with pytest.raises(CurtaildError, match=r"^m1: "):
            await driver_of(toolbox).apply(known(*place), level)
    assert "set_miner_conf" not in miner.asked
    assert miner.written == []


@pytest.mark.parametrize("sign", [" ", "\t", '"', "\\"])
async def test_a_pool_that_the_firmware_could_lose_is_not_written_back(
    sign: str, toolbox: Toolbox
) -> None:
    document = json.loads(CONF)
    document["pools"][0]["pass"] = f"a{sign}b"
    miner = StockAntminer(conf=json.dumps(document))
    async with running(miner) as place:
        with pytest.raises(PermanentError, match="m1: not told: pool 1 has a blank, a quote"):
            await driver_of(toolbox).apply(known(*place), OFF)
    assert miner.written == []


Spoil = Callable[[dict[str, Any]], None]
SPOILT: dict[str, tuple[Spoil, str]] = {
    "no pools": (lambda kept: kept.update(pools=NOTHING), "has no pools any more"),
    "other pools": (
        lambda kept: kept.update(pools=[{"url": "ERR", "user": "ERR", "pass": "ERR"}]),
        "has other pools than before",
    ),
}


@pytest.mark.parametrize(("spoil", "said"), SPOILT.values(), ids=SPOILT.keys())
async def test_pools_lost_in_spite_of_all_are_said_aloud_and_it_is_never_written_to_again(
    spoil: Spoil, said: str, toolbox: Toolbox, tmp_path: Path
) -> None:
    miner = StockAntminer(on_write=spoil)
    async with running(miner) as place:
        identity = known(*place)
        with pytest.raises(PermanentError, match=f"m1: after a write it {said}: nothing more"):
            await driver_of(toolbox).apply(identity, OFF)
        assert len(miner.written) == 1
        miner.conf, miner.on_write = CONF, lambda _: None
        restarted = driver_of(tools(tmp_path))
        for driver in (driver_of(toolbox), restarted):
            with pytest.raises(PermanentError, match=r"take it out of `withheld` in owed\.json"):
                await driver.apply(identity, "normal-70")
        assert len(miner.written) == 1
        assert (await restarted.read(identity)).level == "normal-70", "it is read as ever"


async def test_a_write_is_given_the_time_of_a_command(toolbox: Toolbox) -> None:
    """Longer than any reply may take; the answer is waited for."""

    async def slowly(_: web.Request) -> None:
        await asyncio.sleep(2 * HASTY.reply_timeout_s)

    miner = StockAntminer(faults={"set_miner_conf": slowly})
    async with running(miner) as place:
        await driver_of(toolbox).apply(known(*place), OFF)
    assert miner.mode == "1"


async def _hung_after(request: web.Request) -> web.StreamResponse:
    await request.read()
    await asyncio.Event().wait()
    raise web.HTTPOk


QUICK = FleetSettings(
    connect_timeout_s=0.5, reply_timeout_s=0.15, command_timeout_s=0.15, reply_limit_bytes=16_384
)
TROUBLE: dict[str, dict[str, Answer]] = {
    "none": {},
    "401": {"get_miner_conf": answering("", status=401)},
    "hung write": {"set_miner_conf": _hung_after},
    "refused write": {"set_miner_conf": answering('{"code":"M001"}')},
    "write answered by a page": {"set_miner_conf": answering("<html>")},
    "no system information": {"get_system_info": answering("", status=503)},
    "no summary": {"summary": answering("", status=503)},
    **{f"configuration: {name}": {"get_miner_conf": bad} for name, bad in UNREADABLE.items()},
}
STEPS = st.tuples(
    st.sampled_from(sorted(TROUBLE)), st.sampled_from([OFF, "normal-70", "low-70", "restart"])
)


@given(steps=st.lists(STEPS, min_size=1, max_size=6), lies=st.booleans())
@settings(max_examples=25, deadline=None, derandomize=True)
def test_no_sequence_of_faults_makes_us_send_other_pools(
    steps: list[tuple[str, str]], lies: bool
) -> None:
    asyncio.run(_goes_through(steps, lies))


async def _goes_through(steps: list[tuple[str, str]], lies: bool) -> None:
    miner = StockAntminer(lies=lies)
    with TemporaryDirectory() as folder:
        async with running(miner) as place:
            box = tools(Path(folder), QUICK)
            for trouble, level in steps:
                if level == "restart":
                    box = tools(Path(folder), QUICK)
                    continue
                miner.faults = TROUBLE[trouble]
                with contextlib.suppress(CurtaildError):
                    await driver_of(box, low_power_w=2800).apply(known(*place), level)
    for body in miner.written:
        _only_the_mode_is_other(body)
    assert miner.read_of("pools") == POOLS
    assert miner.read_of("bitmain-freq-level") == "70"


def _only_the_mode_is_other(body: str) -> None:
    written, before = json.loads(body), json.loads(CONF)
    assert written["pools"] == POOLS
    assert written["freq-level"] == "70"
    assert written["miner-mode"] in (0, 1, 3)
    rest = written.keys() | before.keys()
    assert all(written[key] == before[key] for key in rest - OURS)
