"""A cycle that fails holds what there is; one that cannot be written down is acted upon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog

from controller.app import control
from controller.app.control import LATE_S
from controller.core.decide import decide
from controller.errors import PermanentError
from controller.model.records import CycleRecorded, RunStopped
from tests.app.loop import DEAR, Loop

CYCLE_S = 10

pytestmark = pytest.mark.usefixtures("quiet")


class Fault:
    """Stands before a function, and fails for as long as it is wanted to."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.wanted = True

    def __call__(self, *args: Any, **named: Any) -> Any:
        if self.wanted:
            raise KeyError("a bug")
        return self._real(*args, **named)


@pytest.fixture
async def running(loop: Loop) -> AsyncIterator[asyncio.Task[None]]:
    """The loop, with one cycle behind it."""
    task = asyncio.create_task(loop.control.run())
    await loop.clock.advance(1)
    yield task
    task.cancel()


def cycles(loop: Loop) -> int:
    view = loop.control.view()
    return 0 if view is None else view.cycles


def errors(loop: Loop, part: str) -> tuple[int, str]:
    view = loop.control.view()
    assert view is not None
    one = view.adapters[part]
    return one.errors, one.last_error


def expensive(loop: Loop) -> None:
    """From now on nothing pays."""
    loop.board.forget_prices()
    loop.hashprice()
    loop.price(DEAR)


async def test_a_decision_that_fails_holds_and_is_tried_again(
    loop: Loop, running: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = Fault(decide)
    monkeypatch.setattr(control, "decide", decision)
    before = cycles(loop)
    await loop.clock.advance(2 * CYCLE_S + 5)
    assert cycles(loop) == before, "nothing but a completed cycle counts as one"
    assert errors(loop, "the decision") == (2, "KeyError: 'a bug'")
    assert loop.fleet.sent == []
    decision.wanted = False
    await loop.clock.advance(CYCLE_S)
    assert cycles(loop) == before + 1
    assert not running.done()


async def test_what_a_failing_cycle_decided_is_not_remembered(
    loop: Loop, running: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = Fault(loop.fleet.readings)
    monkeypatch.setattr(loop.fleet, "readings", readings)
    await loop.clock.advance(CYCLE_S)
    readings.wanted = False
    await loop.clock.advance(CYCLE_S)
    recorded = [one for one in loop.ledger.records if isinstance(one, CycleRecorded)]
    assert [one.keyframe for one in recorded] == [True, False], "it follows the last good one"


async def test_news_do_not_drive_a_loop_that_fails_round_and_round(
    loop: Loop, running: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "decide", Fault(decide))
    for _ in range(50):
        loop.fleet.wake()
        await loop.clock.advance(0.01)
    assert errors(loop, "the decision")[0] <= 6


@pytest.mark.looptime
async def test_a_loop_that_only_fails_ends_and_leaves_the_miners_as_they_are(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = asyncio.create_task(loop.control.run())
    await loop.clock.advance(1)
    monkeypatch.setattr(control, "decide", Fault(decide))
    levels = dict(loop.fleet.levels)
    for _ in range(6):
        await asyncio.sleep(LATE_S / 5)
        await loop.clock.advance(CYCLE_S)
    assert isinstance(running.exception(), KeyError)
    assert loop.fleet.levels == levels
    assert loop.fleet.sent == []


@pytest.mark.parametrize("part", ["books", "diary"])
async def test_books_that_break_keep_no_command_back(
    part: str, loop: Loop, running: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {"books": "on_cycle", "diary": "keep"}[part]
    fault = Fault(getattr(getattr(loop.control._parts, part), broken))
    monkeypatch.setattr(getattr(loop.control._parts, part), broken, fault)
    expensive(loop)
    await loop.clock.advance(CYCLE_S)
    assert {one.miner for one in loop.fleet.sent} == {"m-1", "m-2", "m-3"}
    assert errors(loop, "the books")[1] == "KeyError: 'a bug'"
    assert cycles(loop) > 1


async def test_a_ledger_that_fails_in_its_own_way_keeps_no_command_back(
    loop: Loop, running: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = Fault(loop.ledger.commit)
    monkeypatch.setattr(loop.ledger, "commit", commit)
    expensive(loop)
    await loop.clock.advance(CYCLE_S)
    assert {one.miner for one in loop.fleet.sent} == {"m-1", "m-2", "m-3"}
    commit.wanted = False
    await loop.clock.advance(CYCLE_S)
    recorded = [one for one in loop.ledger.records if isinstance(one, CycleRecorded)]
    assert recorded[-1].keyframe, "what follows a cycle that was lost is whole"


async def test_the_end_is_orderly_where_nothing_can_be_written(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def commit(_: object) -> None:
        raise PermanentError("a record cannot be written")

    monkeypatch.setattr(loop.ledger, "commit", commit)
    with structlog.testing.capture_logs() as logs:
        await loop.control._parts.diary.close(RunStopped(at=loop.clock.now(), why="told to stop"))
    assert [one["event"] for one in logs] == ["ledger_not_written"]
