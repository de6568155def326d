"""The app put together on a virtual clock, as `assembly` does it on a real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from controller.app.awaiting import Awaiting
from controller.app.books import Books
from controller.app.control import Control, Parts
from controller.app.diary import Diary
from controller.app.supervisor import Supervisor
from controller.assembly import rules_of, sense, started
from controller.backtest.clock import VirtualClock
from controller.backtest.fleet import BlockFleet
from controller.backtest.machines import Machines
from controller.backtest.site import site_in_history
from controller.backtest.unwritten import NoDiary, NoLedger
from controller.config.compose import Settings
from controller.config.identity import config_hash
from controller.errors import PermanentError
from controller.ledger.sqlite import SqliteLedger
from controller.model.records import RunStopped
from controller.model.seen import State
from controller.ports import Ledger, Recovered
from controller.version import code_version
from controller.wiring import build_ledger


@dataclass(frozen=True)
class Stage:
    """Everything that a back-test runs."""

    clock: VirtualClock
    parts: Parts
    control: Control
    fleet: BlockFleet
    other_w: float
    """What the site draws beside its miners."""
    every_look: bool
    """Whether every look is a cycle of the loop, also where nothing can follow from it."""


@asynccontextmanager
async def staged(
    settings: Settings, machines: Sequence[Machines], start: datetime, keep: Path | None
) -> AsyncIterator[Stage]:
    """Everything that a back-test runs; `settings` are those of a history. Books are kept in the
    folder `keep`, as a daemon keeps them, or not at all.

    Raises:
        PermanentError: there are books in the folder already.
    """
    clock = VirtualClock(start)
    if keep is None:
        yield _put_together(settings, machines, clock, nothing := NoLedger(), NoDiary(nothing))
        return
    ledger = _opened(settings.model_copy(update={"state_dir": keep}))
    diary = Diary(ledger)
    try:
        await diary.open(started(settings, clock, shadow=False))
        yield _put_together(settings, machines, clock, ledger, diary)
        await diary.close(RunStopped(at=clock.now(), why="the history ended"))
    finally:
        await ledger.close()


def _opened(settings: Settings) -> SqliteLedger:
    ledger = build_ledger(settings)
    if ledger.path.exists():
        raise PermanentError(f"{ledger.path}: there are books already; name another folder")
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    ledger.open()
    return ledger


def _put_together(
    settings: Settings,
    machines: Sequence[Machines],
    clock: VirtualClock,
    ledger: Ledger,
    diary: Diary,
) -> Stage:
    fleet, wake = BlockFleet(machines, clock), asyncio.Event()
    senses = sense(
        settings,
        clock,
        fleet,
        ledger,
        Recovered(),
        start_grace_s=0,
        wake=wake.set,
        site=site_in_history(settings),
    )
    parts = Parts(
        clock=clock,
        observer=senses.observer,
        fleet=fleet,
        ledger=ledger,
        board=senses.board,
        desk=senses.desk,
        books=Books(rules_of(settings, senses.board), awaiting=Awaiting(senses.board)),
        diary=diary,
        supervisor=Supervisor(clock),
        cycle_s=float(settings.cycle_s),
        code_version=code_version(),
        config_hash=config_hash(settings),
        wake=wake,
    )
    other_kw = settings.backtest.other_load_kw if settings.backtest else 0
    return Stage(
        clock,
        parts,
        Control(parts, State()),
        fleet,
        other_w=float(other_kw) * 1000,
        every_look=not isinstance(diary, NoDiary),
    )
