"""Server-sent events: new views reach every reader, and no reader holds up another."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import msgspec

from controller.model.view import View
from controller.surfaces.history import Ring
from tests.surfaces.conftest import Served
from tests.surfaces.streams import DEADLINE_S, events, first
from tests.surfaces.views import NOW, a_view, plan_now

LONGEST_LINE = 2**22


def view_at(seconds: int, target_w: int = 38_700, **changes: Any) -> View:
    plan = plan_now(at=NOW + timedelta(seconds=seconds), target_w=target_w)
    return a_view(plan=plan, **changes)


def targets(kw: float) -> Callable[[Any], bool]:
    return lambda state: bool(state["target_kw"] == kw)


async def open_stream(served: Served) -> aiohttp.ClientResponse:
    answer = await served.http.get("/api/v1/events", read_bufsize=LONGEST_LINE)
    assert answer.status == 200
    return answer


async def test_a_new_view_reaches_an_open_stream(served: Served) -> None:
    answer = await open_stream(served)
    assert answer.content_type == "text/event-stream"
    stream = events(answer)
    state = await first(stream, "state")
    assert state["target_kw"] == 38.7
    await served.watch.show(view_at(5, target_w=12_000))
    state = await first(stream, "state", lambda one: one["at"] == "2023-09-06T20:05:05Z")
    assert state["target_kw"] == 12
    assert state["site"]["id"] == "pecos-1"


async def test_the_history_comes_first_for_a_page_that_is_reloaded(served: Served) -> None:
    stream = events(await open_stream(served))
    await first(stream, "state")
    await served.watch.show(view_at(5, target_w=12_000))
    await first(stream, "state", targets(12))
    past = await first(events(await open_stream(served)), "history")
    assert past == {
        "at": ["2023-09-06T20:05:00Z", "2023-09-06T20:05:05Z"],
        "power_kw": [52.4, 52.4],
        "target_kw": [38.7, 12.0],
        "limit_kw": [39.2, 39.2],
        "price_per_mwh": [2900.17, 2900.17],
    }


async def test_a_quiet_stream_beats_with_site_time_and_health(served: Served) -> None:
    stream = events(await open_stream(served))
    assert await first(stream, "beat") == {"at": "2023-09-06T20:05:00Z", "alive": True}
    served.clock.at = NOW + timedelta(hours=1)
    served.watch.is_alive = False
    beat = await first(stream, "beat", lambda one: not one["alive"])
    assert beat["at"] == "2023-09-06T21:05:00Z"


async def test_a_reader_that_reads_nothing_holds_up_neither_others_nor_the_end(
    served: Served,
) -> None:
    """Its socket takes little; views of some 100 kB fill it and the server's buffer."""
    idle = socket.socket()
    idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    idle.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(idle, ("127.0.0.1", served.surface.port))
    await loop.sock_sendall(idle, b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    one = a_view().adapters["ercot"]
    many = {
        f"feed-{number}": msgspec.structs.replace(one, last_error="x" * 2000)
        for number in range(500)
    }
    stream = events(await open_stream(served))
    for seconds in range(1, 7):
        await served.watch.show(view_at(seconds, target_w=seconds, adapters=many))
        await first(stream, "state", targets(seconds / 1000))
    async with asyncio.timeout(DEADLINE_S):
        await served.surface.stop()
    idle.close()


async def test_stopping_ends_open_streams(served: Served) -> None:
    answer = await open_stream(served)
    await first(events(answer), "state")
    async with asyncio.timeout(DEADLINE_S):
        await served.surface.stop()
        await answer.read()
    assert answer.content.at_eof()


async def test_a_subscription_that_breaks_off_is_taken_up_again(served: Served) -> None:
    stream = events(await open_stream(served))
    await first(stream, "state")
    served.watch.broken = True
    await served.watch.show(view_at(5, target_w=5_000))
    await first(stream, "state", targets(5))
    served.watch.broken = False
    await served.watch.show(view_at(6, target_w=6_000))
    await first(stream, "state", targets(6))


async def test_streams_are_bounded(served: Served) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(served.url, connector=connector) as http:
        answers = [await http.get("/api/v1/events") for _ in range(64)]
        assert {one.status for one in answers} == {200}
        refused = await http.get("/api/v1/events")
        assert refused.status == 503
        assert (await refused.json())["code"] == "too_many_streams"


def test_the_history_is_bounded_and_in_order() -> None:
    ring = Ring(longest=3)
    for seconds in (1, 2, 2, 1, 3, 4):
        ring.add(view_at(seconds, target_w=seconds * 1000))
    assert ring.history().target_kw == [2, 3, 4]
