"""Who we are to the miners of a group, and at which of them that is not accepted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from aiohttp.client_middleware_digest_auth import DigestAuthMiddleware
from yarl import URL

from controller.errors import TemporaryError
from controller.fleet.antminer.knocking import Knock
from controller.fleet.antminer.trial import Trial
from controller.fleet.faults import FaultKind, MinerError
from controller.links.secret_file import read_secret


@dataclass
class _Door:
    auth: DigestAuthMiddleware
    trial: Trial = field(repr=False)
    shut: bool = False
    """It refused the password of this trial."""


class Doors:
    """One for each miner; it keeps the server's challenge, which saves a round trip.

    A password that a miner refused is not tried there again: some firmware locks out who does. Only
    another content of the password file or a restart gives it another try.
    """

    def __init__(self, username: str, password: str, password_file: Path | None) -> None:
        """`password`: the one to use where there is no file."""
        self._username = username
        self._password = password
        self._file = password_file
        self._doors: dict[URL, _Door] = {}
        self._trial: Trial | None = None

    def open(self, miner: str, url: URL) -> Knock:
        """What proves who we are, for one visit.

        Raises:
            MinerError: refused before, or by the others of its group.
            TemporaryError: the password file cannot be used.
        """
        door = self._doors.get(url)
        if door is None or door.shut or not door.trial.is_proven():
            door = self._doors[url] = self._door(miner, door)
        return Knock(door.auth, door.trial, miner, refused=lambda: self._shut(url))

    def password(self) -> str:
        """
        Raises:
            TemporaryError: the password file cannot be used.
        """
        if self._file is None:
            return self._password
        try:
            return read_secret(self._file)
        except ValueError as error:
            raise TemporaryError(f"password_file: {error}") from error

    def _door(self, miner: str, before: _Door | None) -> _Door:
        trial = self._trial_of(self.password())
        known = before if before is not None and before.trial is trial else None
        if known is not None and known.shut:
            raise self._refused_before(miner)
        trial.check(miner)
        return known or _Door(DigestAuthMiddleware(self._username, trial.password), trial)

    def _trial_of(self, password: str) -> Trial:
        if self._trial is None or self._trial.password != password:
            where = str(self._file or "password_file, which is not set")
            self._trial = Trial(password, where)
        return self._trial

    def _shut(self, url: URL) -> None:
        self._doors[url].shut = True

    def _refused_before(self, miner: str) -> MinerError:
        where = self._file or "password_file, which is not set"
        return MinerError(
            FaultKind.UNAUTHORISED,
            f"{miner}: it does not accept the name {self._username!r} with our password, and "
            f"is not asked with it again, lest it lock us out: correct {where}",
        )
