"""The simulated grid operator: when it sends, what it sends, and when it stops repeating."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from controller.simulator.operator import GridOperator
from controller.simulator.run import run_farm
from controller.simulator.settings import DispatchSettings, OperatorSettings

from .help import NOON, Client, HandClock, free_address, free_port, small_site, turns, until

DISPATCH = DispatchSettings.model_validate(
    {
        "id": "d-1",
        "program": "demand-response",
        "target": {"kind": "reduce_to_kw", "kw": 40},
        "issue_after_s": 60,
        "start_after_s": 660,
        "duration_s": 1800,
    }
)


class Daemon:
    """Takes dispatches; answers from a list, the last answer for ever."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.answers = list(answers)
        self.bodies: list[Any] = []
        self.tokens: list[str] = []

    async def receive(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        self.tokens.append(request.headers["Authorization"])
        status, text = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, text=text)


@pytest.fixture
async def daemon() -> Daemon:
    return Daemon(
        (503, "not yet"),
        (200, "what?"),
        (200, '{"received": false}'),
        (422, '{"received": true}'),
        (201, '{"received": true}'),
    )


@pytest.fixture
async def url(daemon: Daemon) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/api/v1/dispatches", daemon.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    address = free_address()
    port = free_port(address)
    await web.TCPSite(runner, address, port).start()
    yield f"http://{address}:{port}/api/v1/dispatches"
    await runner.cleanup()


def operator(url: str, token_file: Path, clock: HandClock) -> GridOperator:
    settings = OperatorSettings(url=url, token_file=token_file, retry_s=0.01)
    return GridOperator(settings, clock, NOON)


async def test_it_repeats_until_the_daemon_says_received(
    url: str, daemon: Daemon, tmp_path: Path, clock: HandClock
) -> None:
    token_file = tmp_path / "token"
    token_file.write_text("secret\n")
    sending = asyncio.create_task(operator(url, token_file, clock).send(DISPATCH))
    await turns()
    clock.move(59)
    await turns()
    assert daemon.bodies == []
    clock.move(1)
    await asyncio.wait_for(sending, 10)
    assert len(daemon.bodies) == 5
    assert set(daemon.tokens) == {"Bearer secret"}
    assert all(body == daemon.bodies[0] for body in daemon.bodies)
    assert daemon.bodies[0] == {
        "id": "d-1",
        "version": 1,
        "program": "demand-response",
        "issued_at": "2023-09-06T17:01:00.000Z",
        "target": {"kind": "reduce_to_kw", "kw": 40},
        "start": "2023-09-06T17:11:00.000Z",
        "end": "2023-09-06T17:41:00.000Z",
    }


async def test_it_waits_for_a_daemon_and_a_token_that_are_not_there_yet(
    url: str, daemon: Daemon, tmp_path: Path, clock: HandClock
) -> None:
    daemon.answers = [(200, '{"received": true}')]
    token_file = tmp_path / "token"
    clock.move(60)
    sending = asyncio.create_task(operator(url, token_file, clock).send(DISPATCH))
    await turns()
    assert daemon.bodies == []
    token_file.write_text("late")
    await asyncio.wait_for(sending, 10)
    assert daemon.tokens == ["Bearer late"]


async def test_a_daemon_that_hangs_up_is_tried_again(tmp_path: Path, clock: HandClock) -> None:
    tries: list[asyncio.StreamWriter] = []

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tries.append(writer)
        writer.close()

    address = free_address()
    port = free_port(address)
    token_file = tmp_path / "token"
    token_file.write_text("secret")
    clock.move(60)
    async with await asyncio.start_server(hang_up, address, port):
        there = operator(f"http://{address}:{port}/", token_file, clock)
        sending = asyncio.create_task(there.send(DISPATCH))
        await until(lambda: len(tries) >= 3, "a third try")
        assert not sending.done()
        sending.cancel()
        await until(sending.done, "the operator to end")


async def test_an_open_dispatch_has_no_end(
    url: str, daemon: Daemon, tmp_path: Path, clock: HandClock
) -> None:
    daemon.answers = [(200, '{"received": true}')]
    token_file = tmp_path / "token"
    token_file.write_text("secret")
    clock.move(60)
    endless = DISPATCH.model_copy(update={"duration_s": None})
    await asyncio.wait_for(operator(url, token_file, clock).send(endless), 10)
    assert "end" not in daemon.bodies[0]


async def test_the_farm_sends_its_dispatches_counted_from_the_epoch(
    url: str, daemon: Daemon, tmp_path: Path, clock: HandClock
) -> None:
    daemon.answers = [(200, '{"received": true}')]
    token_file = tmp_path / "token"
    token_file.write_text("secret")
    settings = small_site(
        operator={"url": url, "token_file": str(token_file)},
        dispatches=[DISPATCH.model_dump()],
    )
    stop = asyncio.Event()
    epoch = NOON - timedelta(seconds=60)
    farm = asyncio.create_task(run_farm(settings, clock, stop, epoch=epoch))
    await until(lambda: bool(daemon.bodies), "the dispatch")
    assert daemon.bodies[0]["issued_at"] == "2023-09-06T17:00:00.000Z"
    stop.set()
    await asyncio.wait_for(farm, 10)
    group = settings.groups[0]
    with pytest.raises(ConnectionRefusedError):
        await Client(str(group.address), group.port).watts()
