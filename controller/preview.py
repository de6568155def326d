"""One look at the site and one decision, of which nothing is sent."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from controller.app.board import Board
from controller.assembly import Senses, build_fleet, sense
from controller.clock import SiteClock
from controller.config.compose import Settings
from controller.config.identity import config_hash
from controller.core.counting.frozen import believed
from controller.core.decide import decide
from controller.errors import CurtaildError, PermanentError
from controller.ledger.recover import recover
from controller.model.seen import Snapshot, State
from controller.model.view import View
from controller.ports import Feed, Recovered
from controller.version import code_version
from controller.wiring import build_feeds, build_ledger, ledger_path, reach_of

_BOOKS = shutil.ignore_patterns("ledger.*", "shadow")
HEARD_WITHIN_S = 10.0
"""Real seconds that miners and feeds are given to be heard."""


async def plan_once(settings: Settings) -> View:
    """What a daemon that started now would decide, with the dispatches and orders of the ledger.

    The state directory is only read: a running daemon is not disturbed.

    Raises:
        CurtaildError: what is there cannot be used.
    """
    with _aside(settings) as aside:
        return await _decided(aside, recovered_from(settings))


@contextmanager
def _aside(settings: Settings) -> Iterator[Settings]:
    """The same site with a state directory of its own, which begins as a copy without the books.

    The daemon writes down there what it owes miners, and who previews may be another user: a file
    of theirs would be lost to it.
    """
    with TemporaryDirectory(prefix="curtaild-") as folder:
        try:
            if settings.state_dir.exists():
                shutil.copytree(settings.state_dir, folder, ignore=_BOOKS, dirs_exist_ok=True)
        except OSError as error:  # shutil's own is one too
            raise PermanentError(f"state_dir {settings.state_dir}: {error}") from error
        try:
            yield settings.model_copy(update={"state_dir": Path(folder)})
        except PermanentError as error:
            said = str(error).replace(folder, str(settings.state_dir))
            raise PermanentError(said) from error


async def _decided(settings: Settings, recovered: Recovered) -> View:
    clock = SiteClock(settings.clock)
    fleet = build_fleet(settings, clock)
    senses = sense(
        settings,
        clock,
        fleet,
        build_ledger(settings),
        recovered,
        start_grace_s=HEARD_WITHIN_S * clock.rate,
        wake=lambda: None,
    )
    state = recovered.state or State()
    await fleet.start(lambda: None)
    try:
        seen = await _look(settings, clock, senses, state)
    finally:
        await fleet.stop()
    plan, after, _ = decide(seen, state)
    return View(
        seen=believed(seen, plan.frozen_meters),
        state=after,
        plan=plan,
        started_at=seen.now,
        code_version=code_version(),
        config_hash=config_hash(settings),
    )


async def _look(settings: Settings, clock: SiteClock, senses: Senses, state: State) -> Snapshot:
    """The snapshot once every miner and feed was heard, or was given its time."""
    feeds = build_feeds(settings, reach_of(settings, clock))
    silent = set(feeds)
    listening = [
        asyncio.create_task(_listen(name, feed, senses.board, clock, silent))
        for name, feed in feeds.items()
    ]
    patience = clock.now() + timedelta(seconds=HEARD_WITHIN_S * clock.rate)
    try:
        seen = senses.observer.look(state.motions, state.asked)
        while not seen.fleet_known or (silent and clock.now() < patience):
            await asyncio.sleep(0.05)
            seen = senses.observer.look(state.motions, state.asked)
    finally:
        for task in listening:
            task.cancel()
        if listening:
            await asyncio.wait(listening, timeout=2.0)
    return seen


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
