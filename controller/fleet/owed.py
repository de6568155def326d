"""Settings that were taken from miners for a moment and have to be given back.

Written to disk before a setting is taken, so that even after kill -9 the next command to the miner
gives it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
import structlog

from controller.errors import PermanentError, TemporaryError
from controller.fleet.durable import Saver
from controller.model.base import Model, encode

_log = structlog.get_logger(__name__)


class _File(Model, frozen=True, kw_only=True):
    format: Literal[1]
    owed: Mapping[str, str] = {}
    withheld: Mapping[str, str] = {}


class Owed:
    """By miner, what it is owed."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            PermanentError: the file is there and cannot be understood.
        """
        self._path = path
        file = _load(path)
        self._owed = dict(file.owed)
        self._withheld = dict(file.withheld)
        self._saver = Saver(path, self._content)

    def __contains__(self, miner: object) -> bool:
        return miner in self._owed

    def miners(self) -> Mapping[str, str]:
        return dict(self._owed)

    async def take(self, miner: str, what: str) -> None:
        """Remember on disk that `what` is about to be taken.

        Raises:
            TemporaryError: it cannot be remembered, so it must not be taken.
        """
        before = self._owed.get(miner)
        self._owed[miner] = what
        try:
            await self._saver.save()
        except OSError as error:
            del self._owed[miner]
            if before is not None:
                self._owed[miner] = before
            raise TemporaryError(
                f"{miner}: not told, because {self._path} cannot be written ({error.strerror}): "
                f"its {what} could be lost"
            ) from error

    async def give_back(self, miner: str) -> None:
        """It has it again."""
        del self._owed[miner]
        try:
            await self._saver.save()
        except OSError as error:
            # Harmless: after a restart it is given back once more.
            _log.warning("owed_not_written", path=str(self._path), error=str(error))

    def withheld(self) -> Mapping[str, str]:
        """By miner, why nothing more is written to it until a person has acted."""
        return self._withheld

    async def withhold(self, miner: str, why: str) -> None:
        """Write nothing more to this one, also after a restart."""
        self._withheld[miner] = why
        try:
            await self._saver.save()
        except OSError as error:
            _log.error("withheld_not_written", path=str(self._path), error=str(error))

    def _content(self) -> bytes:
        return encode(_File(format=1, owed=self._owed, withheld=self._withheld))


def _load(path: Path) -> _File:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return _File(format=1)
    except OSError as error:
        raise PermanentError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return msgspec.json.decode(content, type=_File)
    except msgspec.DecodeError as error:
        raise PermanentError(
            f"{path}: cannot be understood: {error}. It says which miners have a setting to get "
            "back (LuxOS: ATM; Antminers: mode and frequency), and to which nothing may be "
            "written. Look at these yourself, then move the file away."
        ) from error
