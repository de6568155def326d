"""The watchdog is fed by completed cycles, and by nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from controller.links.systemd import Notifier, live, status_line
from controller.model.quality import Missing
from controller.model.view import View
from tests.surfaces.fakes import FakeWatch
from tests.surfaces.views import a_view

WATCHDOG_S = 30.0


@dataclass
class Manager(Notifier):
    """Hears everything, but for as long as it is `deaf`."""

    heard: list[str] = field(default_factory=list)
    deaf: bool = False

    def __post_init__(self) -> None:
        super().__init__("@manager", WATCHDOG_S)

    def _say(self, *lines: str) -> bool:
        if not self.deaf:
            self.heard.append(lines[0])
        return not self.deaf


class Site:
    """A loop that completes cycles when the test says so, watched by `live`."""

    def __init__(self) -> None:
        self.manager = Manager()
        self.watch = FakeWatch()
        self._view = replace(a_view(), cycles=0)

    async def cycle(self) -> None:
        await self.show(replace(self._view, cycles=self._view.cycles + 1))

    async def show(self, view: View) -> None:
        self._view = view
        await self.watch.show(view)
        await settle()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    task = asyncio.create_task(live(made.manager, made.watch))
    await settle()
    yield made
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.looptime
async def test_ready_is_said_after_the_first_cycle_and_not_before(site: Site) -> None:
    await asyncio.sleep(1000)
    assert site.manager.heard == []
    await site.cycle()
    assert site.manager.heard == ["READY=1"]


@pytest.mark.looptime
async def test_a_loop_that_stalls_feeds_nothing(site: Site) -> None:
    await site.cycle()
    await asyncio.sleep(1000)
    await site.show(replace(site.watch.view() or a_view(), shadow_commands=7))
    assert site.manager.heard == ["READY=1"]


@pytest.mark.looptime
async def test_cycles_feed_it_in_time_and_not_each_of_them(site: Site) -> None:
    for _ in range(120):
        await site.cycle()
        await asyncio.sleep(1)
    assert site.manager.heard == ["READY=1", *["WATCHDOG=1"] * 11]


@pytest.mark.looptime
async def test_what_was_not_heard_is_said_with_the_next_cycle(site: Site) -> None:
    site.manager.deaf = True
    await site.cycle()
    site.manager.deaf = False
    await site.cycle()
    assert site.manager.heard == ["READY=1"]
    await asyncio.sleep(WATCHDOG_S / 3)
    site.manager.deaf = True
    await site.cycle()
    site.manager.deaf = False
    await site.cycle()
    assert site.manager.heard == ["READY=1", "WATCHDOG=1"]


def test_the_status_is_a_line_of_what_matters() -> None:
    view = a_view()
    line = status_line(view)
    assert line.startswith(view.plan.mode.value)
    assert f"of {view.plan.limit_w / 1000:.1f} kW" in line
    silent = replace(view, seen=replace(view.seen, meters_w={"site": Missing(why="silent")}))
    assert "power not known" in status_line(silent)
    assert status_line(replace(view, shadow=True)).startswith("shadow, ")
