"""How the operator had a miner set before we stopped it: kept on disk until it is so again."""

from __future__ import annotations

import msgspec
import structlog

from controller.fleet.antminer.setting import Setting
from controller.fleet.owed import Owed
from controller.model.base import Model, encode

_log = structlog.get_logger(__name__)


class _Note(Model, frozen=True, kw_only=True):
    mac: str
    setting: Setting
    restoring: bool = False
    """Whether we began to give it back."""


class Notes:
    """Of one fleet's miners, in `owed.json`."""

    def __init__(self, owed: Owed) -> None:
        self._owed = owed

    def of(self, miner: str, mac: str, now: Setting) -> Setting | None:
        """What is to be restored of a miner that is set to `now`; None where a person has set it
        to something else since, or it is another machine."""
        note = self._note(miner)
        if note is None or note.mac != mac:
            return None
        ours = now.asleep or note.restoring or now.as_from_factory
        return note.setting if ours else None

    async def keep(self, miner: str, mac: str, now: Setting) -> None:
        """Before it is stopped.

        Raises:
            TemporaryError: it cannot be kept, so it must not be stopped.
        """
        if now.asleep or self.of(miner, mac, now) is not None:
            return
        await self._save(miner, _Note(mac=mac, setting=now))

    async def restoring(self, miner: str, mac: str, setting: Setting) -> None:
        """Before it is set to what was kept."""
        await self._save(miner, _Note(mac=mac, setting=setting, restoring=True))

    async def seen(self, miner: str, mac: str, now: Setting) -> None:
        """It was read as `now`. What was given back just before a crash is then no longer owed."""
        if miner in self._owed:
            note = self._note(miner)
            if note == _Note(mac=mac, setting=now, restoring=True):
                await self.done(miner)

    async def done(self, miner: str) -> None:
        """It is set again as it was, or as a person wants it."""
        if miner in self._owed:
            await self._owed.give_back(miner)

    async def _save(self, miner: str, note: _Note) -> None:
        text = encode(note).decode()
        if self._owed.miners().get(miner) != text:
            await self._owed.take(miner, text)

    def _note(self, miner: str) -> _Note | None:
        text = self._owed.miners().get(miner)
        if text is None:
            return None
        try:
            return msgspec.json.decode(text, type=_Note)
        except msgspec.MsgspecError:
            # Another firmware's debt: the miner was LuxOS when it was made.
            _log.warning("owed_by_another_firmware", miner=miner, what=text)
            return None
