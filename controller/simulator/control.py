"""The HTTP port for tests, rehearsals and demonstrations: true power, and faults at run time."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from controller.errors import PermanentError
from controller.simulator.desk import Desk
from controller.simulator.group_settings import Endpoint

_LONGEST_BODY = 16 * 1024
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Control:
    """`GET /miners`, `GET /power`, `GET /load` and `POST /faults`."""

    def __init__(self, desk: Desk, endpoint: Endpoint) -> None:
        self._desk = desk
        self._address, self._port = str(endpoint.address), endpoint.port
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.2)

    async def start(self) -> None:
        """Listen.

        Raises:
            PermanentError: the address or the port cannot be had.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._address, self._port).start()
        except OSError as error:
            raise PermanentError(
                f"simulation: control: cannot listen on {self._address}:{self._port} "
                f"({error.strerror}); end the program that listens there or choose another port"
            ) from error

    async def stop(self) -> None:
        await self._runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=_LONGEST_BODY)
        app.router.add_get("/miners", self._list_miners)
        app.router.add_get("/power", self._show_power)
        app.router.add_get("/load", self._show_load)
        app.router.add_post("/faults", self._set_fault)
        return app

    async def _list_miners(self, _: web.Request) -> web.Response:
        return _json(await self._desk.miners())

    async def _show_power(self, _: web.Request) -> web.Response:
        return _json(await self._desk.power())

    async def _show_load(self, _: web.Request) -> web.Response:
        return _json(await self._desk.load())

    async def _set_fault(self, request: web.Request) -> web.Response:
        try:
            wanted = msgspec.json.decode(await request.read(), type=dict[str, Any])
        except _UNREADABLE as error:
            return _json({"problem": f"the body is not a JSON object: {error}"}, status=400)
        status, body = await self._desk.set_fault(wanted)
        return _json(body, status=status)


def _json(value: object, *, status: int = 200) -> web.Response:
    body = msgspec.json.encode(value)
    return web.Response(body=body, status=status, content_type="application/json")
