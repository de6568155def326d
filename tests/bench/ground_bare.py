"""The other side of the race: a bare asyncio script that puts LuxOS miners to sleep.

It sends the bytes that the daemon sends, to all miners at once, and does nothing beside: no check
of what answers, no books, no bounds.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from typing import Any

ASLEEP_BELOW_W = 100
READ = {"command": "power+summary+config"}
"""What the driver asks in a poll."""


async def sleep_all(addresses: Iterable[str], port: int, look_every_s: float) -> float:
    """Seconds until the last of them is asleep by its own watts."""
    began = time.monotonic()
    await asyncio.gather(*(_sleep(address, port, look_every_s) for address in addresses))
    return time.monotonic() - began


async def _sleep(address: str, port: int, look_every_s: float) -> None:
    reply = await ask(address, port, {"command": "logon"})
    token = reply["SESSION"][0]["SessionID"]
    await ask(address, port, {"command": "curtail", "parameter": f"{token},sleep"})
    await ask(address, port, {"command": "logoff", "parameter": token})
    loop = asyncio.get_running_loop()
    look_at = loop.time()
    while True:
        reply = await ask(address, port, READ)
        if reply["power"][0]["POWER"][0]["Watts"] <= ASLEEP_BELOW_W:
            return
        look_at += look_every_s
        await asyncio.sleep(look_at - loop.time())


async def ask(address: str, port: int, request: dict[str, str]) -> Any:
    """The reply, parsed."""
    reader, writer = await asyncio.open_connection(address, port)
    writer.write(json.dumps(request).encode())
    reply = await reader.read()
    writer.close()
    return json.loads(reply.rstrip(b"\0"))
