"""Who we are to the miners of a group, and at which of them that is not accepted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp.client_middleware_digest_auth import DigestAuthMiddleware
from yarl import URL

from controller.errors import TemporaryError
from controller.fleet.faults import FaultKind, MinerError
from controller.links.secret_file import read_secret

REST_S = 300.0
"""Real seconds for which a miner that refused our password is not asked with it again. Some
firmware locks out who tries too often."""


@dataclass
class _Door:
    auth: DigestAuthMiddleware
    password: str = field(repr=False)
    shut_until: float = 0.0
    """By the loop's time."""


class Doors:
    """One for each miner; it keeps the server's challenge, which saves a round trip."""

    def __init__(self, username: str, password: str, password_file: Path | None) -> None:
        """`password`: the one to use where there is no file."""
        self._username = username
        self._password = password
        self._file = password_file
        self._doors: dict[URL, _Door] = {}

    def open(self, miner: str, url: URL) -> DigestAuthMiddleware:
        """What proves who we are.

        Raises:
            MinerError: refused before, and it is not yet time for another try.
            TemporaryError: the password file cannot be used.
        """
        door = self._doors.get(url)
        if door is not None and not door.shut_until:
            return door.auth
        password = self._read()
        if door is not None and password == door.password:
            self._rest(miner, door)
        auth = DigestAuthMiddleware(self._username, password)
        self._doors[url] = _Door(auth, password)
        return auth

    def refused(self, url: URL) -> None:
        """It did not accept us: not again for a while, unless the password is another."""
        self._doors[url].shut_until = asyncio.get_running_loop().time() + REST_S

    def _rest(self, miner: str, door: _Door) -> None:
        left_s = door.shut_until - asyncio.get_running_loop().time()
        if left_s > 0:
            where = self._file or "password_file, which is not set"
            raise MinerError(
                FaultKind.UNAUTHORISED,
                f"{miner}: it does not accept the name {self._username!r} with our password, and "
                f"is not asked again for {left_s:.0f} s, lest it lock us out: correct {where}",
            )

    def _read(self) -> str:
        if self._file is None:
            return self._password
        try:
            return read_secret(self._file)
        except ValueError as error:
            raise TemporaryError(f"password_file: {error}") from error
