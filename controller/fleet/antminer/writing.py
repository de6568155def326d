"""Setting an Antminer: read whole, write the same with another mode, read back."""

from __future__ import annotations

import msgspec
import structlog
from msgspec.structs import replace

from controller.errors import PermanentError
from controller.fleet.antminer.conf import Conf, rewritten, writable
from controller.fleet.antminer.notes import Notes
from controller.fleet.antminer.setting import SLEEP, Setting, mode_of
from controller.fleet.antminer.web import AntminerWeb
from controller.fleet.faults import FaultKind, MinerError
from controller.fleet.owed import Owed
from controller.model.fleet import Identity

_log = structlog.get_logger(__name__)


class Writing:
    """One command to one miner."""

    def __init__(self, web: AntminerWeb, identity: Identity, notes: Notes, owed: Owed) -> None:
        self._web = web
        self._identity = identity
        self._miner = identity.miner
        self._notes = notes
        self._owed = owed

    async def off(self) -> None:
        """
        Raises:
            MinerError: nothing was written, or what was written did not come about.
            PermanentError: a write could lose its pools, or has.
        """
        conf = await self._read()
        if conf.setting.asleep and not await self._hashes():
            return
        await self._notes.keep(self._miner, self._identity.mac, conf.setting)
        await self._write(conf, replace(conf.setting, mode=SLEEP))

    async def on(self, level: str) -> None:
        """As it was before we stopped it, or in the mode of another `level`."""
        conf = await self._read()
        wanted = self._wanted(conf.setting, level)
        if conf.setting != wanted:
            await self._notes.restoring(self._miner, self._identity.mac, wanted)
            await self._write(conf, wanted)
        await self._notes.done(self._miner)

    async def _read(self) -> Conf:
        """Nothing is ever written that was not read like this, in the same command."""
        conf = await self._web.conf()
        writable(self._miner, conf)
        return conf

    def _wanted(self, now: Setting, level: str) -> Setting:
        kept = self._notes.of(self._miner, self._identity.mac, now)
        if kept is not None and level == self._identity.own_level:
            return kept
        return replace(kept or now, mode=mode_of(level))

    async def _hashes(self) -> bool:
        return (await self._web.rates()).hashrate_ths() != 0

    async def _write(self, conf: Conf, wanted: Setting) -> None:
        await self._web.write(rewritten(self._miner, conf, wanted))
        seen = await self._web.conf()
        if seen.pools != conf.pools:
            await self._pools_lost(seen)
        said = f"{self._miner}: it said yes, but"
        if seen.setting.mode != wanted.mode:
            is_now, told = seen.setting.level, wanted.level
            raise MinerError(FaultKind.REFUSED, f"{said} is set to {is_now} and not to {told}")
        for key in conf.setting.frequencies:
            was, now = _value(wanted, key), _value(seen.setting, key)
            if was != now:
                raise MinerError(FaultKind.REFUSED, f"{said} its {key} is {now!r}, not {was!r}")

    async def _pools_lost(self, seen: Conf) -> None:
        state = "has other pools than before" if seen.has_pools else "has no pools any more"
        why = f"after a write it {state}"
        _log.critical("pools_lost", miner=self._miner, why=why)
        await self._owed.withhold(self._miner, why)
        raise withheld(self._miner, why)


def withheld(miner: str, why: str) -> PermanentError:
    """Why nothing is written to a miner until a person has looked after it."""
    return PermanentError(
        f"{miner}: {why}: nothing more is written to it. Enter its pools in its web page; then, "
        "with curtaild stopped, take it out of `withheld` in owed.json in the state directory."
    )


def _value(setting: Setting, key: str) -> str:
    return str(msgspec.json.decode(setting.frequencies.get(key, '""')))
