"""One look at the site and one decision, of which nothing is sent."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from controller.app.board import Board
from controller.app.inbox import Desk
from controller.app.observe import Observer
from controller.assembly import build_fleet
from controller.clock import SiteClock
from controller.config.compose import Settings
from controller.config.identity import config_hash
from controller.config.site import to_board, to_site
from controller.core.decide import decide
from controller.errors import CurtaildError
from controller.ledger.recover import recover
from controller.model.grid import SITE
from controller.model.seen import State
from controller.model.view import View
from controller.ports import Feed, Recovered
from controller.version import code_version
from controller.wiring import build_feeds, build_ledger, ledger_path

HEARD_WITHIN_S = 10.0
"""Real seconds that miners and feeds are given to be heard."""


async def plan_once(settings: Settings) -> View:
    """What a daemon that started now would decide, with the dispatches and orders of the ledger.

    The ledger is only read: a running daemon is not disturbed.
    """
    clock = SiteClock(settings.clock)
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    recovered = recovered_from(settings)
    board = Board(to_board(settings))
    board.restore(recovered.prices, clock.now())
    fleet = build_fleet(settings, clock)
    desk = Desk(
        to_site(settings),
        clock,
        build_ledger(settings),
        power_w=lambda: board.meters(clock.now())[SITE],
        wake=lambda: None,
        places=lambda: fleet.readings().keys(),
        recovered=recovered,
    )
    grace_s = HEARD_WITHIN_S * clock.rate
    observer = Observer(
        site=to_site(settings),
        clock=clock,
        fleet=fleet,
        board=board,
        desk=desk,
        start_grace_s=grace_s,
    )
    await fleet.start(lambda: None)
    feeds = build_feeds(settings, clock)
    silent = set(feeds)
    patience = clock.now() + timedelta(seconds=grace_s)
    listening = [
        asyncio.create_task(_listen(name, feed, board, clock, silent))
        for name, feed in feeds.items()
    ]
    try:
        state = recovered.state or State()
        seen = observer.look(state.motions)
        while not seen.fleet_known or (silent and clock.now() < patience):
            await asyncio.sleep(0.05)
            seen = observer.look(state.motions)
    finally:
        for task in listening:
            task.cancel()
        await fleet.stop()
    plan, after, _ = decide(seen, state)
    return View(
        seen=seen,
        state=after,
        plan=plan,
        started_at=seen.now,
        code_version=code_version(),
        config_hash=config_hash(settings),
    )


def recovered_from(settings: Settings) -> Recovered:
    """What the ledger knows, read beside whoever writes it; nothing where there is none yet."""
    path = ledger_path(settings)
    return recover(path) if path.exists() else Recovered()


async def _listen(name: str, feed: Feed, board: Board, clock: SiteClock, silent: set[str]) -> None:
    with suppress(CurtaildError):  # what is not heard shows as missing in the plan
        async for sample in feed.samples():
            board.offer(name, sample, clock.now())
            silent.discard(name)
    silent.discard(name)
