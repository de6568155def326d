"""A stock Antminer on a connection: HTTP, Digest authentication, CGI scripts."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import msgspec

from controller.clock import SiteClock
from controller.simulator.antminer import http
from controller.simulator.antminer.digest import DigestGate, Verdict
from controller.simulator.antminer.http import BadRequestError, Request
from controller.simulator.antminer.miner import StockAntminer
from controller.simulator.antminer.replies import QUESTIONS, Look
from controller.simulator.wire_faults import misbehave, spoiled

_FOLDER, _SUFFIX = "/cgi-bin/", ".cgi"
_WRITE = "set_miner_conf"
_PAGE = b"<!DOCTYPE html><html><head><title>Antminer</title></head><body>Loading</body></html>"
_OK = {"stats": "success", "code": "M000", "msg": "OK!"}
_ILLEGAL = {"stats": "error", "code": "M001", "msg": "Illegal request!"}
_BUSY = {"stats": "error", "code": "M001", "msg": "request busy"}
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class StockConversation:
    """One miner's web server. A write that was begun is finished, whoever waits for its answer."""

    def __init__(self, miner: StockAntminer, clock: SiteClock) -> None:
        self._miner = miner
        self._clock = clock
        self._gate = DigestGate(miner.name, miner.stock.password, _steady_s)
        self._write: asyncio.Task[None] | None = None

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await http.read_request(reader)) is not None:
                if await misbehave(self._miner, reader, writer, http.ENDLESS_HEAD):
                    return
                writer.write(spoiled(self._miner.fault, await self._answer(request)))
                await writer.drain()
                if not request.keep_alive or self._miner.fault.kind == "truncate":
                    return
        except BadRequestError as error:
            writer.write(http.response(error.status, b"", keep_alive=False))

    def end(self) -> None:
        if self._write is not None:
            self._write.cancel()

    async def _answer(self, request: Request) -> bytes:
        header = request.headers.get("authorization")
        verdict = self._gate.judge(request.method, request.target, header)
        if verdict is not Verdict.GRANTED or self._miner.fault.kind == "password":
            challenge = self._gate.challenge(stale=verdict is Verdict.STALE)
            status = HTTPStatus.UNAUTHORIZED
            return http.response(status, b"", keep_alive=request.keep_alive, challenge=challenge)
        status, body = await self._run(request)
        return http.response(status, body, keep_alive=request.keep_alive)

    async def _run(self, request: Request) -> tuple[HTTPStatus, bytes]:
        """What the script says."""
        script = request.path.removeprefix(_FOLDER).removesuffix(_SUFFIX)
        known = request.path == f"{_FOLDER}{script}{_SUFFIX}"
        if not known or not (script in QUESTIONS or script == _WRITE):
            return HTTPStatus.NOT_FOUND, b""
        if self._miner.fault.kind == "html":
            return HTTPStatus.OK, _PAGE
        if script == _WRITE:
            return HTTPStatus.OK, msgspec.json.encode(await self._set(request))
        if script == "get_miner_conf" and self._miner.fault.kind == "unreadable":
            return HTTPStatus.SERVICE_UNAVAILABLE, b""
        reply = QUESTIONS[script](Look(self._miner, self._clock.now()))
        return HTTPStatus.OK, msgspec.json.encode(reply)

    async def _set(self, request: Request) -> dict[str, str]:
        """One write at a time; the answer comes when it is done."""
        if self._miner.fault.kind == "refuse" or self._writing():
            return _BUSY
        try:
            posted = msgspec.json.decode(request.body, type=dict[str, Any])
        except _UNREADABLE:
            return _ILLEGAL
        self._miner.receive_order()
        self._write = asyncio.create_task(self._carry_out(posted))
        await asyncio.shield(self._write)
        return _OK

    def _writing(self) -> bool:
        return self._write is not None and not self._write.done()

    async def _carry_out(self, posted: dict[str, Any]) -> None:
        await self._clock.sleep(self._miner.stock.write_s)
        if self._miner.physics.powered:
            self._miner.write(posted, self._clock.now())


def _steady_s() -> float:
    return asyncio.get_running_loop().time()
