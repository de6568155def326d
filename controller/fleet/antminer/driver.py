"""The driver for the stock firmware of Antminers."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from decimal import Decimal

import structlog

from controller.errors import PermanentError
from controller.fleet.antminer.declared import Declared
from controller.fleet.antminer.notes import Notes
from controller.fleet.antminer.replies import SystemInfo, garbage
from controller.fleet.antminer.setting import NORMAL, Setting
from controller.fleet.antminer.settings import StockMiners
from controller.fleet.antminer.web import AntminerWeb, Ways
from controller.fleet.antminer.writing import Writing, withheld
from controller.fleet.driver import Measured, Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.fleet.pool_digest import pool_digest
from controller.fleet.settings import GroupMiners
from controller.model.fleet import OFF, Curve, EvidenceGrade, Identity

_log = structlog.get_logger(__name__)

_MOST_THS = 10_000


class AntminerDriver:
    """Sleeps and wakes miners by their mode in the configuration; reckons with declared watts."""

    firmware = "antminer"

    def __init__(self, tools: Toolbox) -> None:
        self._tools = tools
        self._owed = tools.owed
        self._notes = Notes(tools.owed)
        self._groups: dict[int, tuple[Declared, Ways]] = {}
        self._of: dict[str, tuple[Declared, Ways]] = {}
        for miner, why in tools.owed.withheld().items():
            _log.error("withheld_since_before", miner=miner, why=why)

    def enrol(self, miner: str, declared: GroupMiners) -> None:
        assert isinstance(declared, StockMiners)
        known = self._groups.get(id(declared))
        if known is None:
            known = Declared(declared, self._tools.settings), Ways.of(declared, self._tools)
            self._groups[id(declared)] = known
        self._of[miner] = known

    def vouches_for(self, identity: Identity, curve: Curve) -> bool:
        """Whether the declared watts and hashrate are still those of a remembered curve."""
        return self._declared(identity.miner).fits(identity.own_level, curve)

    async def identify(self, miner: str, address: str, port: int) -> Identity:
        async with self._way(miner, address, port) as web:
            info = await web.info()
            setting = (await web.conf()).setting
        if "antminer" not in info.minertype.lower():
            raise PermanentError(
                f"{miner}: this is no Antminer: it calls itself {info.minertype!r}. "
                "Correct the driver of its group, or take its address out."
            )
        kept = self._notes.of(miner, info.macaddr, setting)
        return Identity(
            miner=miner,
            address=address,
            port=port,
            firmware=self.firmware,
            model=info.minertype,
            version=info.system_filesystem_version,
            mac=info.macaddr,
            own_level=_awake(kept or setting).level,
        )

    async def curve(self, identity: Identity) -> Curve:
        declared = self._declared(identity.miner)
        hashrate_ths = declared.hashrate_ths
        if hashrate_ths is None:
            async with self._to(identity) as web:
                hashrate_ths = (await web.rates()).ideal_ths()
        if hashrate_ths == 0:
            raise garbage(
                identity.miner,
                "its hashrate",
                "it does not say what it should reach; wake it once, or declare nameplate_ths",
            )
        return declared.curve(identity.own_level, hashrate_ths)

    async def read(self, identity: Identity) -> Measured:
        """Asks for itself, its mode, its rate and its shares, over one connection."""
        miner = identity.miner
        async with self._to(identity) as web:
            info = await web.info()
            setting = (await web.conf()).setting
            hashrate_ths = (await web.rates()).hashrate_ths()
            pools = await web.pools()
        if hashrate_ths is None or hashrate_ths > _MOST_THS:
            raise garbage(miner, "its summary", "it says no hashrate, or one that cannot be")
        await self._notes.seen(miner, info.macaddr, setting)
        level = _level(setting, hashrate_ths, identity)
        return Measured(
            power_w=self._declared(miner).watts(level),
            hashrate_ths=hashrate_ths,
            level=level,
            model=info.minertype,
            version=info.system_filesystem_version,
            mac=info.macaddr,
            grade=EvidenceGrade.INFERRED,
            accepted=pools.accepted(),
            accepted_difficulty=pools.accepted_difficulty(),
        )

    async def settings(self, identity: Identity) -> str:
        """Of its configuration, which a write replaces: what it mines with now may be older."""
        async with self._to(identity) as web:
            pools = (await web.conf()).pools
        return pool_digest((pool.url, pool.user) for pool in pools)

    async def apply(self, identity: Identity, level: str) -> None:
        miner = identity.miner
        if why := self._owed.withheld().get(miner):
            raise withheld(miner, why)
        async with self._to(identity) as web:
            _same(identity, await web.info())
            writing = Writing(web, identity, self._notes, self._owed)
            if level == OFF:
                await writing.off()
            else:
                await writing.on(level)

    def _declared(self, miner: str) -> Declared:
        return self._of[miner][0]

    def _to(self, identity: Identity) -> AbstractAsyncContextManager[AntminerWeb]:
        return self._way(identity.miner, identity.address, identity.port)

    def _way(self, miner: str, address: str, port: int) -> AbstractAsyncContextManager[AntminerWeb]:
        return self._of[miner][1].to(miner, address, port)


def _awake(setting: Setting) -> Setting:
    """What it is set to, or will be once it is woken: found asleep, it is taken for normal."""
    return Setting(mode=NORMAL, frequencies=setting.frequencies) if setting.asleep else setting


def _level(setting: Setting, hashrate_ths: Decimal, identity: Identity) -> str:
    """What says that it sleeps and hashes is taken to run."""
    if not setting.asleep:
        return setting.level
    return OFF if hashrate_ths == 0 else identity.own_level


def _same(identity: Identity, info: SystemInfo) -> None:
    if info.macaddr != identity.mac:
        raise MinerError(
            FaultKind.STRANGER,
            f"{identity.miner}: not told: {info.macaddr} answers, and {identity.mac} is meant",
        )
