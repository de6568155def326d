"""Stock Antminers: pyasic-rs has a word in whether one mines, the rest is our own.

It asks for hashrate and shares at port 4028, without a password, which not every firmware leaves
open; our own questions go the way of the web page.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from controller.fleet.antminer.doors import Doors
from controller.fleet.antminer.driver import AntminerDriver
from controller.fleet.antminer.settings import StockMiners
from controller.fleet.antminer.web import STOCK_PASSWORD
from controller.fleet.asic_rs.reading import Reading, unusable
from controller.fleet.asic_rs.said import Said
from controller.fleet.driver import Measured, Toolbox
from controller.fleet.settings import GroupMiners
from controller.model.fleet import OFF, Curve, Identity


@dataclass(frozen=True)
class _Login:
    username: str
    doors: Doors


class AsicRsAntminer:
    """Mode, frequency, hashrate, and every command, go the way of the driver `antminer`."""

    firmware = "asic_rs_antminer"

    def __init__(self, tools: Toolbox) -> None:
        self._own = AntminerDriver(tools)
        self._reading = Reading(tools, "AntMiner Stock")
        self._logins: dict[str, _Login] = {}

    def enrol(self, miner: str, declared: GroupMiners) -> None:
        assert isinstance(declared, StockMiners)
        doors = Doors(declared.username, STOCK_PASSWORD, declared.password_file)
        self._logins[miner] = _Login(declared.username, doors)
        self._own.enrol(miner, declared)

    def vouches_for(self, identity: Identity, curve: Curve) -> bool:
        """Whether the declared watts and hashrate are still those of a remembered curve."""
        return self._own.vouches_for(identity, curve)

    async def identify(self, miner: str, address: str, port: int) -> Identity:
        identity = await self._own.identify(miner, address, port)
        await self._said(identity)
        return replace(identity, firmware=self.firmware)

    async def curve(self, identity: Identity) -> Curve:
        return await self._own.curve(identity)

    async def read(self, identity: Identity) -> Measured:
        """Our own question comes first: it knows when a password must not be tried again."""
        measured = await self._own.read(identity)
        said = await self._said(identity)
        if measured.level == OFF and said.is_mining:
            raise unusable(identity.miner, "it finds it mining where we find it asleep")
        return measured

    async def apply(self, identity: Identity, level: str) -> None:
        await self._own.apply(identity, level)

    async def settings(self, identity: Identity) -> str:
        return await self._own.settings(identity)

    async def _said(self, identity: Identity) -> Said:
        login = self._logins[identity.miner]
        said = (login.username, login.doors.password())
        return await self._reading.of(identity.miner, identity.address, said)
