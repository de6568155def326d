"""Shadow mode: everything but sending. Miners are shown as if they had done what was decided."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from controller.core.scopes import scopes_of
from controller.model.fleet import CUT, Command, Curve, Level, MinerReading, Outcome, Stage
from controller.model.quality import Fresh, Observed
from controller.model.site import Site
from controller.model.view import FleetHealth, MinerEntry
from controller.ports import Clock, Fleet

NOTHING = Level(name=CUT, power_w=0, hashrate_ths=Decimal(0))


class ShadowFleet:
    """Implements `Fleet` over a real one that it reads and never commands."""

    def __init__(self, real: Fleet, clock: Clock) -> None:
        self._real = real
        self._clock = clock
        self._assumed: dict[str, tuple[str, datetime]] = {}
        self._told: list[Command] = []
        self._wake: Callable[[], None] = lambda: None
        self.withheld = 0
        """Commands that a daemon out of shadow mode would have sent."""

    def adopt(self, real: Fleet) -> None:
        """Read these miners from now on."""
        self._real = real

    async def start(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        await self._real.start(wake)

    async def stop(self) -> None:
        await self._real.stop()

    def readings(self) -> Mapping[str, MinerReading]:
        curves = self._real.curves()
        return {
            name: self._as_if(reading, curves) for name, reading in self._real.readings().items()
        }

    def _as_if(self, reading: MinerReading, curves: Mapping[str, Curve]) -> MinerReading:
        if reading.miner not in self._assumed or reading.curve not in curves:
            return reading
        name, since = self._assumed[reading.miner]
        level = NOTHING if name == CUT else curves[reading.curve].level(name)
        heard = max(reading.at, since) if reading.at else since
        return replace(
            reading,
            level=name,
            power_w=level.power_w,
            hashrate_ths=level.hashrate_ths,
            at=max(heard, self._clock.now()) if reading.reachable else heard,
        )

    def meters(
        self, observed: Mapping[str, Observed[int]], site: Site
    ) -> Mapping[str, Observed[int]]:
        """The site's meters as if: less what the miners draw beyond what is assumed of them, and as
        of when the last of them is assumed to have changed, where they were read before."""
        real, assumed = self._real.readings(), self.readings()
        found = dict(observed)
        for scope, value in observed.items():
            if isinstance(value, Fresh):
                mine = [one for one in real.values() if scope in scopes_of(site, one.group)]
                beyond_w = sum(one.power_w - assumed[one.miner].power_w for one in mine)
                since = [self._assumed[one.miner][1] for one in mine if one.miner in self._assumed]
                shown_w = max(0, value.value - beyond_w)
                found[scope] = replace(value, value=shown_w, at=max([value.at, *since]))
        return found

    def curves(self) -> Mapping[str, Curve]:
        return self._real.curves()

    def send(self, commands: Sequence[Command]) -> None:
        self._told += commands
        self.withheld += len(commands)
        if commands:
            self._wake()

    def outcomes(self) -> Sequence[Outcome]:
        """That commands were withheld. From now on, and not before, the miners obey: so every
        command is known to be withheld before it is taken for done."""
        now = self._clock.now()
        told, self._told = self._told, []
        for command in told:
            self._assumed[command.miner] = (command.level, now)
        if told:
            self._wake()
        return [_withheld(command, now) for command in told]

    def watch(self, miners: Collection[str], asked: Collection[str] = ()) -> None:
        self._real.watch(miners, asked)

    def health(self) -> FleetHealth:
        return self._real.health()

    def listing(self, after: str, most: int) -> Sequence[MinerEntry]:
        """As they are, whatever is assumed of them."""
        return self._real.listing(after, most)


def _withheld(command: Command, at: datetime) -> Outcome:
    return Outcome(
        command=command.id,
        miner=command.miner,
        stage=Stage.WITHHELD,
        at=at,
        detail="shadow mode: not sent",
    )
