"""The Watch port: the loop itself, and what stands for it in the tests of surfaces."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from controller.model.view import View
from controller.ports import Watch
from tests.app.loop import Loop
from tests.surfaces.fakes import FakeWatch
from tests.surfaces.views import a_view


@dataclass
class Side:
    watch: Watch
    go_on: Callable[[], Awaitable[object]]
    """Makes it show the next view."""


def the_loop() -> Side:
    loop = Loop()
    return Side(loop.control, loop.control.cycle)


def the_fake() -> Side:
    fake = FakeWatch()
    cycles = iter(range(1, 1_000))
    return Side(fake, lambda: fake.show(replace(a_view(), cycles=next(cycles))))


@pytest.fixture(params=[the_loop, the_fake])
async def side(request: pytest.FixtureRequest) -> Side:
    made: Side = request.param()
    return made


async def test_there_is_no_view_before_the_first_cycle(side: Side) -> None:
    assert side.watch.view() is None
    await side.go_on()
    assert isinstance(side.watch.view(), View)


async def test_changes_come_to_everybody_who_waits(side: Side) -> None:
    readers = [asyncio.ensure_future(anext(aiter(side.watch.changes()))) for _ in range(3)]
    await asyncio.sleep(0)
    await side.go_on()
    assert await asyncio.gather(*readers) == [side.watch.view()] * 3


async def test_a_slow_reader_gets_the_newest_and_holds_nobody_up(side: Side) -> None:
    changes = aiter(side.watch.changes())
    first = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    await side.go_on()
    await first
    for _ in range(5):
        await side.go_on()
    assert (await anext(changes)).cycles == 6


async def test_it_is_alive_while_cycles_complete(side: Side) -> None:
    await side.go_on()
    assert side.watch.alive()
