"""The other side: a bare handler that commits what arrives, and does nothing beside.

`python -m tests.bench.signals_bare web|mqtt PORT DATABASE`: with the ledger's pragmas, a row of the
same columns, on the loop's own thread: nothing else is there to be kept waiting.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
from aiohttp import web

HOST, TOPIC = "127.0.0.1", "bare/dispatch"
_TABLE = """CREATE TABLE journal (seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, kind TEXT NOT NULL,
at TEXT NOT NULL, body TEXT NOT NULL) STRICT"""
_ROW = "INSERT INTO journal (run, kind, at, body) VALUES (1, 'cycle', ?, ?)"


def opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(_TABLE)
    return connection


def commit(connection: sqlite3.Connection, raw: bytes) -> None:
    body = json.dumps(json.loads(raw))
    connection.execute(_ROW, (datetime.now(UTC).isoformat(), body))


async def serve_web(port: int, connection: sqlite3.Connection) -> None:
    async def take(request: web.Request) -> web.Response:
        commit(connection, await request.read())
        return web.json_response({"received": True}, status=201)

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    await asyncio.Event().wait()


async def serve_mqtt(port: int, connection: sqlite3.Connection) -> None:
    async with aiomqtt.Client(HOST, port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await client.subscribe(TOPIC, qos=1)
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            commit(connection, message.payload)


if __name__ == "__main__":
    way, port, path = sys.argv[1:]
    serve = {"web": serve_web, "mqtt": serve_mqtt}[way]
    asyncio.run(serve(int(port), opened(Path(path))))
