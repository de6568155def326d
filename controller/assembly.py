"""The app put together from its parts for one configuration."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from controller.app.awaiting import Awaiting
from controller.app.board import Board
from controller.app.books import Books
from controller.app.control import Control, Parts
from controller.app.diary import Diary
from controller.app.inbox import Desk
from controller.app.observe import Observer
from controller.app.orders import levels_of
from controller.app.rebuild import counters, decided
from controller.app.revenue import RevenueImporter, Take
from controller.app.shadow import ShadowFleet
from controller.app.supervisor import Supervisor
from controller.config.compose import Settings
from controller.config.identity import config_hash, public
from controller.config.site import to_board, to_site
from controller.core.books.settlement import Rules
from controller.core.obedience.command import resumed
from controller.fleet.fleet import MinerFleet
from controller.model.books import Totals
from controller.model.grid import SITE
from controller.model.records import RunStarted
from controller.model.revenue_meter import RevenueAnswer
from controller.model.seen import State
from controller.model.site import Site
from controller.model.view import LinkHealth
from controller.ports import Clock, Feed, Fleet, Ledger, MeteredLedger, Recovered, Service
from controller.surfaces.http import HttpSurface
from controller.version import code_version
from controller.wiring import (
    DRIVERS,
    build_feeds,
    build_ledger,
    build_revenue_meter,
    build_services,
    build_switches,
    reach_of,
)

_log = structlog.get_logger(__name__)
HEARD_WITHIN_POLLS = 3
"""How many rounds of polling every miner is given to be heard for the first time."""
SPOKEN_FOR_CYCLES = 4
"""For how many missed cycles the books let a cycle speak."""


@dataclass(frozen=True)
class Senses:
    """What the site is seen through."""

    board: Board
    desk: Desk
    observer: Observer


@dataclass(frozen=True)
class Adapter:
    """What the supervisor keeps going by itself."""

    name: str
    kind: str
    work: Callable[[], Awaitable[None]]
    link: Callable[[], LinkHealth] | None = None
    """How its connection is, where it keeps one."""


@dataclass(frozen=True)
class Whole:
    """A site ready to run."""

    parts: Parts
    control: Control
    miners: MinerFleet
    """The real ones, whatever the loop is shown in shadow mode."""
    surface: HttpSurface
    revenue: RevenueImporter
    feeds: Mapping[str, Feed]
    services: Sequence[Service]
    begun: Totals
    """The books as this process found them."""

    def adapters(self) -> Iterator[Adapter]:
        """Each feed and each service."""
        for name, feed in self.feeds.items():
            yield Adapter(name, "feed", partial(self._listen, name, feed))
        for service in self.services:
            yield Adapter(service.name, service.kind, service.run, service.health)

    async def _listen(self, name: str, feed: Feed) -> None:
        async for sample in feed.samples():
            self.control.take(name, sample)

    def summary(self) -> dict[str, str]:
        """What this run comes to, for the log."""
        totals, shadow = self.parts.books.totals, self.parts.shadow
        avoided = totals.avoided_cost - self.begun.avoided_cost
        foregone = totals.foregone_revenue - self.begun.foregone_revenue
        return {
            "curtailed_kwh": f"{(totals.curtailed_wh - self.begun.curtailed_wh) / 1000:.1f}",
            "avoided_cost": f"{avoided:.2f}",
            "foregone_revenue": f"{foregone:.2f}",
            "net_gain": f"{avoided - foregone:.2f}",
            "withheld_commands": str(shadow.withheld if shadow else 0),
        }


def build_fleet(settings: Settings, clock: Clock) -> MinerFleet:
    """The miners of every group.

    Raises:
        PermanentError: the inventory is corrupt, or a miner is in two groups.
    """
    return MinerFleet(
        settings=settings.fleet,
        groups={name: group.miners for name, group in settings.groups.items()},
        firmwares=DRIVERS,
        state_dir=settings.state_dir,
        clock=clock,
        banks=build_switches(settings),
    )


def sense(
    settings: Settings,
    clock: Clock,
    fleet: Fleet,
    ledger: Ledger,
    recovered: Recovered,
    *,
    start_grace_s: float,
    wake: Callable[[], None],
    shadow: ShadowFleet | None = None,
    site: Site | None = None,
) -> Senses:
    """What a snapshot is put together from, carrying on from what the ledger knows. `site` is what
    the settings declare, where it is no other."""
    board = Board(to_board(settings))
    board.restore(recovered.prices, clock.now())
    site = site or to_site(settings)
    desk = Desk(
        site,
        clock,
        ledger,
        power_w=lambda: board.power(SITE, clock.now()),
        wake=wake,
        places=lambda: fleet.readings().keys(),
        levels=levels_of(fleet),
        recovered=recovered,
    )
    observer = Observer(
        site=site,
        clock=clock,
        fleet=fleet,
        board=board,
        desk=desk,
        start_grace_s=start_grace_s,
        shadow=shadow,
    )
    return Senses(board, desk, observer)


async def assemble(settings: Settings, clock: Clock, *, shadow: bool) -> Whole:
    """Open the ledger, carry on where the process before ended, and connect everything.

    Raises:
        CurtaildError: the ledger, the inventory or a secret cannot be used.
    """
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    ledger = build_ledger(settings)
    ledger.open()
    recovered = ledger.recover()
    diary = Diary(ledger, shadow=shadow)
    await diary.open(started(settings, clock, shadow=shadow))
    real = build_fleet(settings, clock)
    assumed = ShadowFleet(real, clock) if shadow else None
    wake = asyncio.Event()
    senses = sense(
        settings,
        clock,
        assumed or real,
        ledger,
        recovered,
        start_grace_s=HEARD_WITHIN_POLLS * float(settings.fleet.poll_s),
        wake=wake.set,
        shadow=assumed,
    )
    real.heed(lambda: senses.desk.locks)
    parts = Parts(
        clock=clock,
        observer=senses.observer,
        fleet=assumed or real,
        ledger=ledger,
        board=senses.board,
        desk=senses.desk,
        books=_books(settings, senses.board, recovered),
        diary=diary,
        supervisor=Supervisor(clock),
        cycle_s=float(settings.cycle_s),
        code_version=code_version(),
        config_hash=config_hash(settings),
        shadow=assumed,
        wake=wake,
    )
    control = Control(parts, resumed(recovered.state or State()))
    revenue = _revenue(settings, ledger, clock, control)
    surface = HttpSurface(settings.http, senses.desk, control, clock, revenue=revenue)
    return Whole(
        parts=parts,
        control=control,
        miners=real,
        surface=surface,
        revenue=revenue,
        feeds=build_feeds(settings, reach_of(settings, clock)),
        services=build_services(settings, clock, senses.desk, control),
        begun=parts.books.totals,
    )


def started(settings: Settings, clock: Clock, *, shadow: bool) -> RunStarted:
    """The first record of a run."""
    return RunStarted(
        at=clock.now(),
        code_version=code_version(),
        config_hash=config_hash(settings),
        settings=public(settings),
        shadow=shadow,
    )


def rules_of(settings: Settings, board: Board) -> Rules:
    """How the books are kept."""
    return Rules(
        bounds=board.meter_bounds,
        interval_minutes=settings.interval_minutes,
        gap_s=max(60, int(SPOKEN_FOR_CYCLES * settings.cycle_s)),
    )


def _books(settings: Settings, board: Board, recovered: Recovered) -> Books:
    return Books(
        rules_of(settings, board),
        awaiting=Awaiting(board),
        cycles=decided(recovered.cycles),
        readings=counters(recovered.cycles),
        closed=recovered.intervals,
        imported=recovered.imported,
    )


def _revenue(
    settings: Settings, ledger: MeteredLedger, clock: Clock, control: Control
) -> RevenueImporter:
    """The way in for files of the revenue meter; that their format is unverified is said once."""
    if settings.revenue_meter is not None:
        what = settings.revenue_meter.unverified
        _log.warning("format_unverified", feed="revenue_meter", what=what)
    meter = build_revenue_meter(settings)
    return RevenueImporter(meter, ledger, clock, partial(_between_cycles, control))


async def _between_cycles(control: Control, take: Take) -> RevenueAnswer:
    """Cycles close intervals too, so none may be under way."""
    answers: list[RevenueAnswer] = []

    async def change(parts: Parts) -> Parts:
        await parts.diary.catch_up()
        answers.append(await take(parts.books))
        return parts

    await control.between_cycles(change)
    return answers[0]
