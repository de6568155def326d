"""The body of a worker: `python -m controller.simulator.processes.worker`, started by the farm.

Its standard input is a socket to the process that started it. When that closes, however the other
end died, the worker ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket

import msgspec

from controller.clock import SiteClock
from controller.errors import PermanentError
from controller.logs import set_up
from controller.simulator.desk import Desk, Row
from controller.simulator.farm import Farm
from controller.simulator.loop import run
from controller.simulator.processes.frames import Question, Ready, Task, receive, send
from controller.simulator.sockets import allow_many_sockets

_STDIN = 0
_GONE = (asyncio.IncompleteReadError, ConnectionError)


async def work() -> None:
    """Simulate what the first word says, and answer questions until the other end is gone."""
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=_STDIN))
    task = Task.model_validate_json(await receive(reader))
    farm = Farm(task.settings, SiteClock(task.clock), task.started_at)
    try:
        await send(writer, msgspec.json.encode(await _start(farm)))
        with contextlib.suppress(*_GONE):
            while True:
                asked = msgspec.json.decode(await receive(reader), type=Question)
                await send(writer, msgspec.json.encode(await _answer(farm.desk, asked)))
    finally:
        await farm.stop()


async def _start(farm: Farm) -> Ready:
    try:
        await farm.start()
    except PermanentError as error:
        return Ready(problem=str(error))
    load = await farm.desk.load()
    return Ready("", len(farm.meters), farm.plant.site.capacity_w, load["site_w"])


async def _answer(desk: Desk, asked: Question) -> Row | list[Row]:
    match asked.what:
        case "miners":
            return await desk.miners()
        case "power":
            return await desk.power()
        case "load":
            return await desk.load()
        case "set_fault":
            status, body = await desk.set_fault(asked.wanted)
            return {"status": status, "body": body}
    raise ValueError(f"no desk answers {asked.what!r}")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the Ctrl-C is meant for the one that started it
    set_up()
    allow_many_sockets()
    run(work())
