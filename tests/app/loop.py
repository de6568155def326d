"""The loop of a small site with everything around it, on a clock that tests move."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from controller.app.board import Board, BoardSettings
from controller.app.books import Books
from controller.app.control import Control, Parts
from controller.app.diary import Diary
from controller.app.inbox import Desk
from controller.app.observe import Observer
from controller.app.shadow import ShadowFleet
from controller.app.supervisor import Supervisor
from controller.core.books.settlement import Rules
from controller.model.fleet import (
    Command,
    Curve,
    Level,
    MinerReading,
    Outcome,
    Stage,
)
from controller.model.grid import SITE as WHOLE
from controller.model.samples import HashpriceSample, MeterSample, PriceSample
from controller.model.seen import State
from controller.model.view import FleetHealth, MinerEntry
from controller.ports import Clock, Recovered
from tests.core.dispatches import NOW, SITE
from tests.ledger.memory import MemoryLedger
from tests.virtual_clock import VirtualClock

CURVE = Curve(
    levels=(
        Level(name="off", power_w=25, hashrate_ths=Decimal(0)),
        Level(name="full", power_w=3_000, hashrate_ths=Decimal(100)),
    )
)
CHEAP, DEAR = "20", "3000"


class TinyFleet:
    """Implements `Fleet`: three miners that obey at once, and are read whenever they are asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.levels = dict.fromkeys(("m-1", "m-2", "m-3"), "full")
        self.unheard: set[str] = set()
        self.accepted_difficulty: int | None = None
        self.sent: list[Command] = []
        self.on_send: Callable[[], None] = lambda: None
        self.on_look: Callable[[], None] = lambda: None
        self.watched: Collection[str] = ()
        self.wake: Callable[[], None] = lambda: None
        self._outcomes: list[Outcome] = []

    async def start(self, wake: Callable[[], None]) -> None:
        self.wake = wake

    async def stop(self) -> None:
        """Nothing runs."""

    def readings(self) -> Mapping[str, MinerReading]:
        self.on_look()
        return {name: self._reading(name, level) for name, level in self.levels.items()}

    def _reading(self, name: str, level: str) -> MinerReading:
        if name in self.unheard:
            return MinerReading(miner=name, group="north", curve="k")
        at = CURVE.level(level)
        return MinerReading(
            miner=name,
            group="north",
            curve="k",
            level=level,
            power_w=at.power_w,
            hashrate_ths=at.hashrate_ths,
            accepted_difficulty=self.accepted_difficulty,
            at=self._clock.now(),
            reachable=True,
        )

    def curves(self) -> Mapping[str, Curve]:
        return {"k": CURVE}

    def send(self, commands: Sequence[Command]) -> None:
        if commands:
            self.on_send()
        for command in commands:
            self.sent.append(command)
            self.levels[command.miner] = command.level
            told = Outcome(
                command=command.id,
                miner=command.miner,
                stage=Stage.SENT,
                at=self._clock.now(),
            )
            self._outcomes.append(told)

    def outcomes(self) -> Sequence[Outcome]:
        drained, self._outcomes = self._outcomes, []
        return drained

    def watch(self, miners: Collection[str], asked: Collection[str] = ()) -> None:
        self.watched = miners

    def listing(self, after: str, most: int) -> Sequence[MinerEntry]:
        """Nobody looks at single ones."""
        return ()

    def health(self) -> FleetHealth:
        return FleetHealth(known=len(self.levels), reachable=len(self.levels))


class Loop:
    """`control` with its parts; `shadow` puts a shadow fleet before the real one."""

    def __init__(self, *, shadow: bool = False) -> None:
        self.clock = VirtualClock(NOW)
        self.ledger = MemoryLedger()
        self.fleet = TinyFleet(self.clock)
        self.shadow = ShadowFleet(self.fleet, self.clock) if shadow else None
        self.wake = asyncio.Event()
        self.board = Board(BoardSettings(meter_max_w=1_000_000, meters=(WHOLE,)))
        self.control = Control(self._parts(), State())

    def _parts(self) -> Parts:
        fleet = self.shadow or self.fleet
        self.desk = desk = Desk(
            SITE,
            self.clock,
            self.ledger,
            power_w=lambda: self.board.meters(self.clock.now())[WHOLE],
            wake=self.wake.set,
            places=list,
            recovered=Recovered(),
        )
        observer = Observer(
            site=SITE,
            clock=self.clock,
            fleet=fleet,
            board=self.board,
            desk=desk,
            start_grace_s=30,
            shadow=self.shadow,
        )
        return Parts(
            clock=self.clock,
            observer=observer,
            fleet=fleet,
            ledger=self.ledger,
            board=self.board,
            desk=desk,
            books=Books(Rules(bounds=self.board.meter_bounds)),
            diary=Diary(self.ledger, shadow=self.shadow is not None),
            supervisor=Supervisor(self.clock),
            cycle_s=10,
            code_version="test",
            config_hash="test",
            shadow=self.shadow,
            wake=self.wake,
        )

    def price(self, per_mwh: str) -> None:
        """A price for the next hour."""
        now = self.clock.now()
        end = now + timedelta(hours=1)
        sample = PriceSample(start=now, end=end, price_per_mwh=per_mwh, published_at=now)
        self.control.take("price", sample)

    def hashprice(self) -> None:
        sample = HashpriceSample(at=self.clock.now(), per_ph_day="50")
        self.control.take("hashprice", sample)

    def meter(self, power_w: float = 9_000) -> None:
        self.control.take("meter", MeterSample(scope=WHOLE, at=self.clock.now(), power_w=power_w))
