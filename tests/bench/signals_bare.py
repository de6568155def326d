"""The other side: a bare handler that commits what arrives, and does nothing beside.

`python -m tests.bench.signals_bare web|mqtt PORT DATABASE LENGTH`: a row of the ledger's own table,
as long as that of a plan, on the loop's own thread: nothing else is there to be kept waiting.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
from aiohttp import web

from controller.ledger.connect import open_writer
from controller.ledger.journal import Row, append, stamp

HOST, TOPIC = "127.0.0.1", "bare/dispatch"


class Rows:
    """Commits messages as the ledger commits records."""

    def __init__(self, path: Path, length: int) -> None:
        self._connection = open_writer(path, busy_timeout_s=1)
        self._length = length
        self._run = 0

    def commit(self, raw: bytes) -> None:
        body = json.dumps({"said": json.loads(raw), "fill": "-" * max(0, self._length - len(raw))})
        row = Row("cycle", stamp(datetime.now(UTC)), body)
        self._run = append(self._connection, [row], self._run)


async def serve_web(port: int, rows: Rows) -> None:
    async def take(request: web.Request) -> web.Response:
        rows.commit(await request.read())
        return web.json_response({"received": True}, status=201)

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    await asyncio.Event().wait()


async def serve_mqtt(port: int, rows: Rows) -> None:
    async with aiomqtt.Client(HOST, port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await client.subscribe(TOPIC, qos=1)
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            rows.commit(message.payload)


if __name__ == "__main__":
    way, port, path, length = sys.argv[1:]
    serve = {"web": serve_web, "mqtt": serve_mqtt}[way]
    asyncio.run(serve(int(port), Rows(Path(path), int(length))))
