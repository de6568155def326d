"""The app put together on a virtual clock, as `assembly` does it on a real one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.app.books import Books
from controller.app.control import Control, Parts
from controller.app.supervisor import Supervisor
from controller.assembly import rules_of, sense
from controller.backtest.clock import VirtualClock
from controller.backtest.fleet import BlockFleet
from controller.backtest.machines import Machines
from controller.backtest.site import site_in_history
from controller.backtest.unwritten import NoDiary, NoLedger
from controller.config.compose import Settings
from controller.config.identity import config_hash
from controller.model.seen import State
from controller.version import code_version


@dataclass(frozen=True)
class Stage:
    """Everything that a back-test runs."""

    clock: VirtualClock
    parts: Parts
    control: Control
    fleet: BlockFleet
    other_w: float
    """What the site draws beside its miners."""


def staged(settings: Settings, machines: Sequence[Machines], start: datetime) -> Stage:
    """Everything that a back-test runs; `settings` are those of a history."""
    clock = VirtualClock(start)
    fleet = BlockFleet(machines, clock)
    ledger, wake = NoLedger(), asyncio.Event()
    senses = sense(
        settings,
        clock,
        fleet,
        ledger,
        ledger.recover(),
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
        books=Books(rules_of(settings, senses.board)),
        diary=NoDiary(ledger),
        supervisor=Supervisor(clock),
        cycle_s=float(settings.cycle_s),
        code_version=code_version(),
        config_hash=config_hash(settings),
        wake=wake,
    )
    other_kw = settings.backtest.other_load_kw if settings.backtest else 0
    return Stage(clock, parts, Control(parts, State()), fleet, float(other_kw) * 1000)
