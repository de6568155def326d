"""What the loop writes down when the disk is well, full, or slow."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.app import diary as module
from controller.app.diary import Diary
from controller.errors import TemporaryError
from controller.model.fleet import EvidenceGrade, Stage
from controller.model.records import (
    CommandRecorded,
    CycleRecorded,
    Record,
    RunStarted,
    RunStopped,
)
from controller.model.seen import State
from tests.ledger.memory import MemoryLedger
from tests.ledger.records import at, command, decide_simply, interval, run, snapshot

STARTED = run()
STOPPED = RunStopped(at=at(60), why="told to stop")


class Writing:
    """A diary on a ledger in memory, and the cycles that are kept in it."""

    def __init__(self, *, shadow: bool = False) -> None:
        self.ledger = MemoryLedger()
        self.diary = Diary(self.ledger, shadow=shadow)
        self._state = State()

    async def keep(self, seconds: float, *stages: Stage) -> None:
        """A cycle with one command at each of these stages."""
        seen, before = snapshot(seconds), self._state
        plan, self._state, _ = decide_simply(seen, before)
        events = tuple(command(seconds, stage).event for stage in stages)
        await self.diary.keep(
            seen,
            replace(plan, events=events),
            seen.now + timedelta(seconds=5),
            before=before,
            after=self._state,
            energy=None,
            closed=(),
        )

    def kinds(self) -> list[type[Record]]:
        return [type(one) for one in self.ledger.records]

    def commands(self) -> list[tuple[Stage, bool]]:
        return [
            (one.event.stage, one.late)
            for one in self.ledger.records
            if isinstance(one, CommandRecorded)
        ]

    def cycles(self) -> list[CycleRecorded]:
        return [one for one in self.ledger.records if isinstance(one, CycleRecorded)]


async def test_it_has_caught_up_when_every_closed_interval_is_on_disk() -> None:
    writing = Writing()
    await writing.diary.open(STARTED)
    await writing.keep(0)
    await writing.diary.catch_up()
    writing.diary.note(interval(0))
    with pytest.raises(TemporaryError, match="closed intervals still wait to be written"):
        await writing.diary.catch_up()
    await writing.keep(5)
    await writing.diary.catch_up()


async def test_a_cycle_and_its_events_are_written_together() -> None:
    writing = Writing()
    await writing.diary.open(STARTED)
    await writing.keep(0, Stage.INTENDED)
    await writing.keep(5, Stage.SENT)
    assert writing.kinds() == [
        RunStarted,
        CycleRecorded,
        CommandRecorded,
        CycleRecorded,
        CommandRecorded,
    ]
    assert [one.keyframe for one in writing.cycles()] == [True, False]
    assert writing.commands() == [(Stage.INTENDED, False), (Stage.SENT, False)]


async def test_a_full_disk_costs_cycles_and_nothing_else() -> None:
    writing = Writing()
    await writing.keep(0)
    writing.ledger.broken = "no space"
    await writing.keep(5, Stage.INTENDED)
    await writing.keep(10, Stage.SENT)
    writing.ledger.broken = ""
    await writing.keep(15, Stage.CONFIRMED)
    assert writing.commands() == [
        (Stage.INTENDED, True),
        (Stage.SENT, False),
        (Stage.CONFIRMED, False),
    ]
    kept = writing.cycles()
    assert [one.at for one in kept] == [at(0), at(15)]
    assert [one.keyframe for one in kept] == [True, True]


async def test_a_run_that_starts_on_a_full_disk_is_written_first() -> None:
    writing = Writing()
    writing.ledger.broken = "no space"
    await writing.diary.open(STARTED)
    await writing.keep(0, Stage.INTENDED)
    writing.ledger.broken = ""
    await writing.keep(5)
    assert writing.kinds() == [RunStarted, CommandRecorded, CycleRecorded]


@pytest.mark.looptime
async def test_a_slow_disk_holds_nothing_up() -> None:
    writing = Writing()
    writing.ledger.flowing.clear()
    before = asyncio.get_running_loop().time()
    await writing.keep(0, Stage.INTENDED)
    await writing.keep(5, Stage.INTENDED)
    assert asyncio.get_running_loop().time() - before == pytest.approx(module.PATIENCE_S)
    assert not writing.ledger.records
    writing.ledger.flowing.set()
    await asyncio.sleep(1)
    await writing.keep(10)
    assert [one.at for one in writing.cycles()] == [at(0), at(10)]
    assert writing.cycles()[-1].keyframe
    assert writing.commands() == [
        (Stage.INTENDED, False),
        (Stage.INTENDED, True),  # the first again, marked
        (Stage.INTENDED, True),
    ]


async def test_the_newest_stay_when_too_much_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACKLOG", 3)
    writing = Writing()
    writing.ledger.broken = "no space"
    for number in range(5):
        await writing.keep(5 * number, Stage.INTENDED)
    writing.ledger.broken = ""
    await writing.keep(30)
    kept = [one.at for one in writing.ledger.records if isinstance(one, CommandRecorded)]
    assert kept == [at(seconds) for seconds in (10, 15, 20)]


async def test_closing_writes_what_waits() -> None:
    writing = Writing()
    writing.ledger.broken = "no space"
    await writing.keep(0, Stage.INTENDED)
    writing.ledger.broken = ""
    await writing.diary.close(STOPPED)
    assert writing.kinds() == [CommandRecorded, RunStopped]


async def test_closing_on_a_full_disk_ends() -> None:
    writing = Writing()
    writing.ledger.broken = "no space"
    await writing.diary.close(STOPPED)
    assert not writing.ledger.records


async def test_in_shadow_mode_nothing_is_proven() -> None:
    writing = Writing(shadow=True)
    await writing.keep(0, Stage.WITHHELD)
    await writing.keep(5, Stage.CONFIRMED)
    withheld, confirmed = (
        one.event for one in writing.ledger.records if isinstance(one, CommandRecorded)
    )
    assert withheld.grade is EvidenceGrade.SELF_REPORT
    assert confirmed.grade is EvidenceGrade.INFERRED
    assert confirmed.detail == "assumed in shadow mode"
