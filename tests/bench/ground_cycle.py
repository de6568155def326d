"""The CPU of one cycle for 1,000 miners in 8 cohorts: observe from memory, decide, record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from controller.app.board import Board, BoardSettings
from controller.app.books import Books
from controller.app.control import Control, Parts
from controller.app.diary import Diary
from controller.app.inbox import Desk
from controller.app.observe import Observer
from controller.app.supervisor import Supervisor
from controller.core.books.settlement import Rules
from controller.ledger.sqlite import SqliteLedger
from controller.model.fleet import Command, Curve, MinerReading, Outcome
from controller.model.grid import SITE
from controller.model.samples import HashpriceSample, MeterSample, PriceSample
from controller.model.seen import State
from controller.model.site import Group, Site
from controller.model.view import FleetHealth, MinerEntry
from controller.ports import Clock, Ledger, Recovered
from controller.simulator import wobble
from tests.bench.decision_sites import CURVE, NOW, site_of
from tests.bench.figures import Figure
from tests.virtual_clock import VirtualClock

MINERS, COHORTS = 1_000, 8
CYCLE_S = 5
CYCLES, RUNS = 200, 5
LIMIT_MS = 20
NOISE = 0.015


class MemoryFleet:
    """Implements `Fleet`: miners at their top level. At each poll all are new: their watts wobble,
    and their pools have accepted a share more."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._readings = {
            miner: MinerReading(
                miner=miner, group=name, curve="s19k", level="default", reachable=True
            )
            for name, cohort in site_of(COHORTS, MINERS).cohorts.items()
            for miner in cohort.members
        }

    def poll(self) -> None:
        """Every miner answers."""
        at, top = self._clock.now(), CURVE.top
        for name, reading in self._readings.items():
            noise = 1 + NOISE * wobble.unit(name, at.timestamp())
            self._readings[name] = replace(
                reading,
                power_w=round(top.power_w * noise),
                hashrate_ths=top.hashrate_ths,
                at=at,
                accepted=(reading.accepted or 0) + 1,
            )

    def total_w(self) -> int:
        return sum(reading.power_w for reading in self._readings.values())

    async def start(self, wake: Callable[[], None]) -> None:
        """Nothing runs."""

    async def stop(self) -> None:
        """Nothing runs."""

    def readings(self) -> Mapping[str, MinerReading]:
        return dict(self._readings)

    def curves(self) -> Mapping[str, Curve]:
        return {"s19k": CURVE}

    def send(self, commands: Sequence[Command]) -> None:
        assert not commands, "a settled site has nothing to change"

    def outcomes(self) -> Sequence[Outcome]:
        return ()

    def watch(self, miners: Collection[str], asked: Collection[str] = ()) -> None:
        """All are read in every cycle."""

    def listing(self, after: str, most: int) -> Sequence[MinerEntry]:
        """Nobody looks at single ones."""
        return ()

    def health(self) -> FleetHealth:
        return FleetHealth(known=MINERS, reachable=MINERS)


def _site() -> Site:
    site = site_of(COHORTS, MINERS).site
    watched = Group(income_lost_after_s=1_800)
    return replace(site, groups=dict.fromkeys(site.groups, watched))


class Bench:
    """The loop of a settled site on a clock of its own, with everything but a network."""

    def __init__(self, ledger: Ledger) -> None:
        self._clock = VirtualClock(NOW)
        self._fleet = MemoryFleet(self._clock)
        self._site = _site()
        self._board = Board(BoardSettings(meter_max_w=10_000_000, meters=(SITE,)))
        self._control = Control(self._parts(ledger), State())

    def _parts(self, ledger: Ledger) -> Parts:
        wake = asyncio.Event()
        desk = Desk(
            self._site,
            self._clock,
            ledger,
            power_w=lambda: self._board.meters(self._clock.now())[SITE],
            wake=wake.set,
            places=list,
            recovered=Recovered(),
        )
        observer = Observer(
            site=self._site,
            clock=self._clock,
            fleet=self._fleet,
            board=self._board,
            desk=desk,
            start_grace_s=30,
        )
        return Parts(
            clock=self._clock,
            observer=observer,
            fleet=self._fleet,
            ledger=ledger,
            board=self._board,
            desk=desk,
            books=Books(Rules(bounds=self._board.meter_bounds)),
            diary=Diary(ledger),
            supervisor=Supervisor(self._clock),
            cycle_s=CYCLE_S,
            code_version="bench",
            config_hash="bench",
            wake=wake,
        )

    def say_prices(self, until: datetime) -> None:
        now = self._clock.now()
        price = PriceSample(start=now, end=until, price_per_mwh="30", published_at=now)
        self._control.take("price", price)
        self._control.take("hashprice", HashpriceSample(at=now, per_ph_day="56.67"))

    async def cycle(self) -> float:
        """CPU seconds, of all threads, of a cycle after miners and meter were read."""
        await self._clock.advance(CYCLE_S)
        self._fleet.poll()
        meter = MeterSample(scope=SITE, at=self._clock.now(), power_w=self._fleet.total_w())
        self._control.take("meter", meter)
        began = time.process_time()
        await self._control.cycle()
        return time.process_time() - began


async def _run(folder: Path) -> float:
    """CPU milliseconds of a cycle, over many in a row."""
    ledger = SqliteLedger(folder / "ledger.sqlite")
    ledger.open()
    try:
        bench = Bench(ledger)
        bench.say_prices(NOW + timedelta(hours=6))
        await bench.cycle()
        spent_s = sum([await bench.cycle() for _ in range(CYCLES)])
        assert ledger.health().written >= CYCLES, "every cycle is on disk"
    finally:
        await ledger.close()
    return 1000 * spent_s / CYCLES


def figures() -> list[Figure]:
    found = []
    for _ in range(RUNS):
        with TemporaryDirectory() as folder:
            found.append(asyncio.run(_run(Path(folder))))
    return [Figure("cycle_of_1000_miners_in_8_cohorts_cpu", median(found), "ms", LIMIT_MS)]
