"""An adapter that fails is run again, by itself; one that fails for good is left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from controller.app.supervisor import LONGEST_PAUSE_S, Supervisor
from controller.errors import PermanentError, TemporaryError
from tests.virtual_clock import VirtualClock


class Adapter:
    """Does these things one after the other, then runs for ever; knows when it was begun."""

    def __init__(self, clock: VirtualClock, lives: Iterable[Callable[[], Awaitable[None]]]) -> None:
        self._clock = clock
        self._lives = iter(lives)
        self._origin = clock.now()
        self.begun_s: list[float] = []

    async def __call__(self) -> None:
        self.begun_s.append((self._clock.now() - self._origin).total_seconds())
        live = next(self._lives, None)
        await (asyncio.get_running_loop().create_future() if live is None else live())


def failing(error: BaseException) -> Callable[[], Awaitable[None]]:
    async def life() -> None:
        raise error

    return life


async def kept(
    *lives: Callable[[], Awaitable[None]], seconds: float = 600
) -> tuple[Supervisor, Adapter, asyncio.Task[None]]:
    clock = VirtualClock()
    supervisor, adapter = Supervisor(clock), Adapter(clock, lives)
    task = asyncio.create_task(supervisor.keep("price", "feed", adapter))
    await clock.advance(seconds)
    return supervisor, adapter, task


async def test_pauses_grow_up_to_a_minute() -> None:
    supervisor, adapter, task = await kept(*[failing(TemporaryError("gone"))] * 9)
    assert adapter.begun_s == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]
    health = supervisor.health()["price"]
    assert (health.running, health.errors, health.last_error) == (True, 9, "gone")
    task.cancel()


async def test_an_error_may_ask_for_a_longer_pause() -> None:
    _, adapter, task = await kept(failing(TemporaryError("busy", delay_s=30)))
    assert adapter.begun_s == [0, 30]
    task.cancel()


async def test_a_long_life_forgives() -> None:
    clock = VirtualClock()

    async def long_life() -> None:
        await clock.sleep(LONGEST_PAUSE_S + 1)
        raise TemporaryError("gone")

    lives = [failing(TemporaryError("gone"))] * 5
    adapter = Adapter(clock, [*lives, long_life])
    task = asyncio.create_task(Supervisor(clock).keep("price", "feed", adapter))
    await clock.advance(200)
    assert adapter.begun_s[5:] == [31, 31 + LONGEST_PAUSE_S + 1 + 1]
    task.cancel()


async def test_for_good_means_for_good() -> None:
    supervisor, adapter, task = await kept(failing(PermanentError("no such file")))
    assert task.done()
    assert adapter.begun_s == [0]
    health = supervisor.health()["price"]
    assert (health.running, health.last_error) == (False, "no such file")


async def test_a_broken_parser_is_run_again() -> None:
    supervisor, adapter, task = await kept(failing(KeyError("column")))
    assert adapter.begun_s == [0, 1]
    assert supervisor.health()["price"].last_error == "KeyError: 'column'"
    task.cancel()


async def test_a_cancellation_that_nobody_asked_for_is_a_failure() -> None:
    supervisor, adapter, task = await kept(failing(asyncio.CancelledError()))
    assert adapter.begun_s == [0, 1]
    assert supervisor.health()["price"].errors == 1
    task.cancel()


async def test_it_ends_when_it_is_told_to() -> None:
    _, _, task = await kept()
    task.cancel()
    await asyncio.wait({task}, timeout=1)
    assert task.cancelled()


async def test_an_adapter_that_ends_by_itself_runs_no_more() -> None:
    async def life() -> None:
        """Nothing to say."""

    supervisor, adapter, task = await kept(life)
    assert task.done()
    assert adapter.begun_s == [0]
    assert not supervisor.health()["price"].running
