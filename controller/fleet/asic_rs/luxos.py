"""LuxOS: watts, hashrate and shares as pyasic-rs reads them, the rest is our own."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from msgspec.structs import replace as changed

from controller.fleet.asic_rs.reading import Reading, unusable
from controller.fleet.driver import Measured, Toolbox
from controller.fleet.luxos.driver import LuxOsDriver
from controller.model.fleet import OFF, Curve, Identity


class AsicRsLuxOs:
    """What it is set to, and every command, go the way of the driver `luxos`."""

    firmware = "asic_rs_luxos"

    def __init__(self, tools: Toolbox) -> None:
        self._asleep_below_w = tools.settings.asleep_below_w
        self._own = LuxOsDriver(tools)
        self._reading = Reading(tools, "LuxOS")

    async def identify(self, miner: str, address: str, port: int) -> Identity:
        identity = await self._own.identify(miner, address, port)
        await self._reading.of(miner, address)
        return changed(identity, firmware=self.firmware)

    async def curve(self, identity: Identity) -> Curve:
        return await self._own.curve(identity)

    async def read(self, identity: Identity) -> Measured:
        """Off is what both find to draw standby power."""
        measured = await self._own.read(identity)
        said = await self._reading.of(identity.miner, identity.address)
        if said.power_w is None or said.hashrate_ths is None:
            raise unusable(identity.miner, "it says no watts, or no hashrate")
        if measured.level == OFF and said.power_w > self._asleep_below_w:
            raise unusable(identity.miner, f"it finds {said.power_w:.0f} W where we find it asleep")
        return replace(
            measured,
            power_w=round(said.power_w),
            hashrate_ths=round(Decimal(str(said.hashrate_ths)), 3),
            accepted=said.accepted,
        )

    async def apply(self, identity: Identity, level: str) -> None:
        await self._own.apply(identity, level)

    async def settings(self, identity: Identity) -> str:
        return await self._own.settings(identity)
