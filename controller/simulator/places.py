"""What befalls all miners of a group or of the site at once: no power, no pool, no uplink; and the
power of each behind its switch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from controller.clock import SiteClock
from controller.simulator.faults import MinerFault, PlaceFault
from controller.simulator.server import MinerServer

_NOTHING = PlaceFault(kind="clear")
_Act = Callable[[str], Awaitable[None]]


class Places:
    """The groups and the site, each with at most one such fault. They may overlap."""

    def __init__(self, members: Mapping[str, Sequence[MinerServer]], clock: SiteClock) -> None:
        self._members = members
        self._clock = clock
        self._faults: dict[str, PlaceFault] = {}
        self._idle: set[str] = set()
        self._cut: set[str] = set()
        """Miners behind an open switch."""
        self._timers: dict[str, list[asyncio.Task[None]]] = {}

    def __contains__(self, place: str) -> bool:
        return place in self._members

    def fault(self, place: str) -> PlaceFault:
        return self._faults.get(place, _NOTHING)

    async def inject(self, place: str, fault: PlaceFault) -> None:
        """Let this befall `place` from now on; what was before ends.

        Raises:
            PermanentError: power returned and the address of a miner is taken meanwhile.
        """
        self._forget_timers(place)
        await self._change(place, fault)
        if fault.kind == "uplink_lost":
            self._later(place, self._idle_after_s(place), self._stop_for_lack_of_work)
        if fault.seconds is not None:
            self._later(place, fault.seconds, self._clear)

    async def switch(self, server: MinerServer, *, closed: bool) -> None:
        """The switch of a miner closes, or opens. Power comes back when nothing else is missing."""
        dark = self._dark()
        (self._cut.discard if closed else self._cut.add)(server.miner.name)
        await self._power([server], dark)

    def stop(self) -> None:
        for place in self._members:
            self._forget_timers(place)

    async def _change(self, place: str, fault: PlaceFault) -> None:
        dark = self._dark()
        self._idle.discard(place)
        self._faults[place] = fault
        self._set_pools(place)
        await self._power(self._members[place], dark)

    async def _power(self, servers: Sequence[MinerServer], dark: set[str]) -> None:
        """Take or give these power, where that is another thing than before: `dark` had none."""
        still = self._dark()
        for server in servers:
            name = server.miner.name
            if name in still - dark:
                await server.inject(MinerFault(kind="die"))
            elif name in dark - still:
                await server.inject(_boot(server))

    def _dark(self) -> set[str]:
        """The miners without power."""
        out = [place for place, fault in self._faults.items() if fault.kind == "outage"]
        return self._cut | {server.miner.name for place in out for server in self._members[place]}

    def _set_pools(self, place: str) -> None:
        at = self._clock.now()
        lost = {place for place, fault in self._faults.items() if fault.stops_shares}
        cut_off = {server.miner.name for place in lost for server in self._members[place]}
        idle = {server.miner.name for place in self._idle for server in self._members[place]}
        for server in self._members[place]:
            miner = server.miner
            miner.set_pool(at, alive=miner.name not in cut_off)
            if miner.name in idle:
                miner.change(lambda physics: physics.starve(at), at)
            else:
                miner.change(lambda physics: physics.feed(at), at)

    def _idle_after_s(self, place: str) -> float:
        members = self._members[place]
        return min((one.miner.physics.dynamics.idle_after_s for one in members), default=0.0)

    async def _stop_for_lack_of_work(self, place: str) -> None:
        self._idle.add(place)
        self._set_pools(place)

    async def _clear(self, place: str) -> None:
        await self._change(place, _NOTHING)

    def _later(self, place: str, seconds: float, act: _Act) -> None:
        async def wait() -> None:
            await self._clock.sleep(seconds)
            await act(place)

        self._timers.setdefault(place, []).append(asyncio.create_task(wait()))

    def _forget_timers(self, place: str) -> None:
        for timer in self._timers.pop(place, []):
            timer.cancel()


def _boot(server: MinerServer) -> MinerFault:
    """The way of a miner from the return of its power until it answers."""
    return MinerFault(kind="reboot", seconds=server.miner.physics.dynamics.boot_s or 0.001)
