"""What was identified, remembered in one file: a restart asks no miner what it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from controller.errors import PermanentError
from controller.fleet.curves import curve_key
from controller.fleet.durable import Saver
from controller.model.base import Model, encode
from controller.model.fleet import OFF, Curve, Identity

FILE_NAME = "inventory.json"
"""In the state directory."""


class Remembered(Model, frozen=True, kw_only=True):
    """A miner and the key of all the levels that it offers."""

    identity: Identity
    curve: str


class _File(Model, frozen=True, kw_only=True):
    format: Literal[1]
    curves: Mapping[str, Curve] = {}
    miners: Mapping[str, Remembered] = {}


class Inventory:
    """Identity and full curve by miner id."""

    def __init__(self, path: Path) -> None:
        """Read the file; none is an empty inventory.

        Raises:
            PermanentError: the file is there and cannot be understood.
        """
        file = _load(path)
        self._curves = dict(file.curves)
        self._miners = dict(file.miners)
        self._saver = Saver(path, self._content)

    def get(self, miner: str) -> tuple[Identity, Curve] | None:
        known = self._miners.get(miner)
        return None if known is None else (known.identity, self._curves[known.curve])

    def remember(self, identity: Identity, curve: Curve) -> None:
        """From now on; on disk after the next `save`."""
        key = curve_key(identity, curve)
        self._curves[key] = curve
        self._miners[identity.miner] = Remembered(identity=identity, curve=key)

    async def save(self) -> None:
        """Return once what is remembered is on disk.

        Raises:
            OSError: it could not be written.
        """
        await self._saver.save()

    def _content(self) -> bytes:
        used = {known.curve for known in self._miners.values()}
        curves = {key: curve for key, curve in self._curves.items() if key in used}
        return encode(_File(format=1, curves=curves, miners=self._miners))


def _load(path: Path) -> _File:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return _File(format=1)
    except OSError as error:
        raise PermanentError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return _sound(msgspec.json.decode(content, type=_File))
    except (msgspec.DecodeError, ValueError) as error:
        raise PermanentError(
            f"{path}: not an inventory of miners: {error}. Put a copy of it back, or move it away: "
            "every miner is then asked once what it is, and none is told anything."
        ) from error


def _sound(file: _File) -> _File:
    for miner, known in file.miners.items():
        if known.identity.miner != miner:
            raise ValueError(f"{miner} is entered as {known.identity.miner}")
        if known.curve not in file.curves:
            raise ValueError(f"the curve {known.curve!r} of {miner} is missing")
    for key, curve in file.curves.items():
        if not curve.levels or curve.off.name != OFF:
            raise ValueError(f"the curve {key!r} does not begin with {OFF!r}")
    return file
