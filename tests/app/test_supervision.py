"""Whatever breaks beside the loop, it goes on; and what is wrong is counted and shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import NoReturn

import pytest

from controller.app.supervisor import LONGEST_PAUSE_S, Supervisor
from controller.errors import TemporaryError
from controller.model.samples import MeterSample, Sample
from controller.model.view import AdapterHealth
from tests.app.loop import Loop
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.usefixtures("quiet")


def raising(error: BaseException) -> NoReturn:
    raise error


def recursing() -> None:
    recursing()


BROKEN = {
    "value": partial(raising, ValueError("invalid literal")),
    "key": partial(raising, KeyError("price")),
    "recursion": recursing,
    "memory": partial(raising, MemoryError()),
    "assertion": partial(raising, AssertionError()),
    "cancelled": partial(raising, asyncio.CancelledError()),
    "exit": partial(raising, SystemExit(3)),
    "group": partial(raising, BaseExceptionGroup("two", [SystemExit(3), ValueError("x")])),
}


class Feed:
    """Hears the site's meter every ten seconds; `parse` is what becomes of each answer."""

    def __init__(self, loop: Loop, parse: object = None) -> None:
        self._loop = loop
        self._parse = parse

    async def samples(self) -> AsyncIterator[Sample]:
        while True:
            await self._loop.clock.sleep(10)
            if callable(self._parse):
                self._parse()
            yield MeterSample(scope="site", at=self._loop.clock.now(), power_w=9_000)


async def listen(loop: Loop, name: str, feed: Feed) -> None:
    async for sample in feed.samples():
        loop.control.take(name, sample)


async def lived(loop: Loop, feeds: dict[str, Feed], seconds: float) -> None:
    """The loop and its feeds, for so long."""
    supervisor = loop.control._parts.supervisor
    tasks = [asyncio.create_task(loop.control.run())]
    tasks += [
        asyncio.create_task(supervisor.keep(name, "feed", partial(listen, loop, name, feed)))
        for name, feed in feeds.items()
    ]
    await loop.clock.advance(seconds)
    ended = [task for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    assert not ended


def health(loop: Loop) -> dict[str, AdapterHealth]:
    view = loop.control.view()
    assert view is not None
    return dict(view.adapters)


@pytest.mark.parametrize("parse", BROKEN.values(), ids=BROKEN.keys())
async def test_a_parser_that_fails_for_ever_stops_nobody(loop: Loop, parse: object) -> None:
    feeds = {"broken": Feed(loop, parse), "meter": Feed(loop)}
    await lived(loop, feeds, 600)
    view = loop.control.view()
    assert view is not None
    assert view.cycles >= 60
    assert view.seen.meters_w["site"].value == 9_000  # type: ignore[union-attr]
    broken, meter = health(loop)["broken"], health(loop)["meter"]
    assert (meter.errors, meter.last_error) == (0, "")
    assert 8 <= broken.errors <= 14, "it is tried again, ever less often"
    assert broken.last_error
    assert broken.last_error_at is not None


async def test_an_observer_that_fails_breaks_the_feed_alone(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offer(*_: object) -> None:
        raise ZeroDivisionError("a bug in judging")

    monkeypatch.setattr(loop.board, "offer", offer)
    await lived(loop, {"meter": Feed(loop)}, 100)
    assert health(loop)["meter"].last_error == "ZeroDivisionError: a bug in judging"
    view = loop.control.view()
    assert view is not None
    assert view.cycles >= 10


async def test_an_error_without_words_is_named(loop: Loop) -> None:
    await lived(loop, {"broken": Feed(loop, BROKEN["memory"])}, 30)
    assert health(loop)["broken"].last_error == "MemoryError"


class Stubborn:
    """Answers its cancellation with an error, as some libraries do."""

    def __init__(self, errors: Iterable[Exception]) -> None:
        self._errors = iter(errors)
        self.begun = 0

    async def __call__(self) -> None:
        self.begun += 1
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            raise next(self._errors) from None


@pytest.mark.parametrize("error", [TemporaryError("connection lost"), ValueError("closed")])
async def test_who_is_told_to_end_is_not_begun_again(error: Exception) -> None:
    clock = VirtualClock()
    adapter = Stubborn([error])
    life = asyncio.create_task(Supervisor(clock).keep("price", "feed", adapter))
    await clock.advance(1)
    life.cancel()
    await clock.advance(LONGEST_PAUSE_S)
    assert (life.done(), adapter.begun) == (True, 1)
