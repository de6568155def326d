"""The driver for LuxOS."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from controller.errors import PermanentError
from controller.fleet.driver import Measured, Toolbox
from controller.fleet.faults import MinerError
from controller.fleet.luxos.replies import (
    Atm,
    Config,
    ConfigRow,
    Pools,
    Power,
    ProfileRow,
    Profiles,
    ProfileSet,
    Summary,
    garbage,
    shaped,
)
from controller.fleet.luxos.rpc import LuxOsRpc, session
from controller.fleet.pool_digest import pool_digest
from controller.fleet.transport import Link
from controller.model.fleet import OFF, Curve, Identity, Level

_ATM = "ATM"


class LuxOsDriver:
    """Sleeps and wakes miners with `curtail`, chooses among their profiles with `profileset`."""

    firmware = "luxos"

    def __init__(self, tools: Toolbox) -> None:
        self._settings = tools.settings
        self._tally = tools.tally
        self._owed = tools.owed

    async def identify(self, miner: str, address: str, port: int) -> Identity:
        rpc = self._rpc(miner, address, port)
        config = shaped(miner, "config", await rpc.config(), Config)
        row = config.CONFIG[0]
        return Identity(
            miner=miner,
            address=address,
            port=port,
            firmware=self.firmware,
            model=row.Model,
            version=_version(miner, config),
            mac=row.MACAddr,
            own_level=row.Profile,
        )

    async def curve(self, identity: Identity) -> Curve:
        reply = await self._rpc_of(identity).profiles()
        rows = shaped(identity.miner, "profiles", reply, Profiles).PROFILES
        off = Level(name=OFF, power_w=self._settings.standby_w, hashrate_ths=Decimal(0))
        return Curve(levels=(off, *_levels(identity, rows, self._settings.asleep_below_w)))

    async def read(self, identity: Identity) -> Measured:
        """In one round trip."""
        miner = identity.miner
        reply = await self._rpc_of(identity).multicommand("power", "summary", "config")
        power = shaped(miner, "power", _part(reply, "power"), Power)
        summary = shaped(miner, "summary", _part(reply, "summary"), Summary)
        config = shaped(miner, "config", _part(reply, "config"), Config)
        watts, row = round(power.POWER[0].Watts), config.CONFIG[0]
        # Awake without work it draws no more than asleep, and hashes as soon as it has work again.
        awake = row.CurtailMode.lower() == "none"
        off = watts <= self._settings.asleep_below_w and not awake
        return Measured(
            power_w=watts,
            hashrate_ths=_ths(summary.SUMMARY[0].ghs / 1000),
            level=OFF if off else row.Profile,
            model=row.Model,
            version=_version(miner, config),
            mac=row.MACAddr,
            accepted=summary.SUMMARY[0].accepted,
            accepted_difficulty=summary.SUMMARY[0].accepted_difficulty,
        )

    async def settings(self, identity: Identity) -> str:
        reply = await self._rpc_of(identity).pools()
        rows = shaped(identity.miner, "pools", reply, Pools).POOLS
        return pool_digest((row.URL, row.User) for row in rows)

    async def apply(self, identity: Identity, level: str) -> None:
        rpc = self._rpc_of(identity)
        if level == OFF:
            await self._sleep(rpc)
        else:
            await self._run(rpc, level)

    async def _sleep(self, rpc: LuxOsRpc) -> None:
        async with session(rpc):
            await rpc.order(rpc.sleep)
            if rpc.link.miner in self._owed:
                await self._atm_on(rpc)

    async def _run(self, rpc: LuxOsRpc, profile: str) -> None:
        miner = rpc.link.miner
        config, asleep = await self._look(rpc)
        async with session(rpc):
            if asleep:
                await rpc.order(rpc.wakeup)
            if config.Profile != profile:
                await self._change_profile(rpc, profile)
            elif miner in self._owed:
                await self._atm_on(rpc)

    async def _look(self, rpc: LuxOsRpc) -> tuple[ConfigRow, bool]:
        """How it is set, and whether it has to be woken: by what it says or by what it draws."""
        miner = rpc.link.miner
        reply = await rpc.multicommand("power", "config")
        power = shaped(miner, "power", _part(reply, "power"), Power)
        config = shaped(miner, "config", _part(reply, "config"), Config).CONFIG[0]
        drawing = power.POWER[0].Watts > self._settings.asleep_below_w
        return config, config.CurtailMode.lower() != "none" or not drawing

    async def _change_profile(self, rpc: LuxOsRpc, profile: str) -> None:
        """LuxOS sets no profile while its thermal management (ATM) chooses: off for the moment."""
        if not await self._has_atm(rpc):
            await self._set_profile(rpc, profile)
            return
        await self._owed.take(rpc.link.miner, _ATM)
        try:
            await rpc.order(lambda: rpc.atmset(enabled=False))
            await self._set_profile(rpc, profile)
        except MinerError as fault:
            if not fault.silent:
                await self._atm_on(rpc)
            raise
        await self._atm_on(rpc)

    async def _has_atm(self, rpc: LuxOsRpc) -> bool:
        """Whether its thermal management is on, or was until we took it away."""
        miner = rpc.link.miner
        reply = shaped(miner, "ATM", await rpc.atm(), Atm)
        return reply.ATM[0].Enabled or miner in self._owed

    async def _set_profile(self, rpc: LuxOsRpc, profile: str) -> None:
        miner = rpc.link.miner
        reply = await rpc.order(lambda: rpc.profileset(profile))
        chosen = shaped(miner, "answer to profileset", reply, ProfileSet).PROFILE[0].Profile
        if chosen != profile:
            raise garbage(miner, "its answer to profileset", f"it names {chosen!r}")

    async def _atm_on(self, rpc: LuxOsRpc) -> None:
        await rpc.order(lambda: rpc.atmset(enabled=True))
        await self._owed.give_back(rpc.link.miner)

    def _rpc_of(self, identity: Identity) -> LuxOsRpc:
        return self._rpc(identity.miner, identity.address, identity.port)

    def _rpc(self, miner: str, address: str, port: int) -> LuxOsRpc:
        return LuxOsRpc(Link(miner, address, port, self._settings, self._tally))


def _part(reply: dict[str, list[object]], command: str) -> object:
    """One command's answer of several; where it is missing, what is refused as no answer."""
    return reply.get(command, [None])[0]


def _version(miner: str, config: Config) -> str:
    version = config.version
    if version is None:
        said = config.STATUS[0].Description[:80]
        raise PermanentError(
            f"{miner}: this is not LuxOS: it calls itself {said!r}. "
            "Correct the driver of its group, or take its address out."
        )
    return version


def _levels(identity: Identity, rows: Iterable[ProfileRow], above_w: int) -> list[Level]:
    """Its profiles by rising power, without those that could be taken for off."""
    levels = [
        Level(name=row.name, power_w=round(row.watts), hashrate_ths=_ths(row.hashrate_ths))
        for row in rows
        if row.name != OFF and row.watts > above_w
    ]
    if not levels or len({level.name for level in levels}) < len(levels):
        why = f"a name comes twice, or none draws more than {above_w} W"
        raise garbage(identity.miner, "its profiles", why)
    return sorted(levels, key=lambda level: (level.power_w, level.hashrate_ths))


def _ths(value: float) -> Decimal:
    return Decimal(str(round(value, 3)))
