"""The one session that a LuxOS miner grants at a time.

It is a token against changes at cross purposes, no security; it expires 60 s after its last use
(Luxor's documentation of sessions).
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

IDLE = timedelta(seconds=60)


class SessionDesk:
    """Grants, renews and ends the session of one miner, in site time."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._count = 0
        self._token = ""
        self._used_at: datetime | None = None

    def current(self, at: datetime) -> str:
        """The token of the living session, or nothing. Asking does not renew it."""
        if self._used_at is None or at - self._used_at >= IDLE:
            return ""
        return self._token

    def open(self, at: datetime) -> str | None:
        """A new token; None while another session lives."""
        if self.current(at):
            return None
        self._count += 1
        digest = hashlib.blake2b(f"{self._key}/{self._count}".encode(), digest_size=4)
        self._token, self._used_at = digest.hexdigest(), at
        return self._token

    def use(self, token: str, at: datetime) -> bool:
        """Whether `token` is the living session's; its time starts anew if so."""
        if not token or token != self.current(at):
            return False
        self._used_at = at
        return True

    def steal(self, at: datetime) -> None:
        """Somebody else ends the living session and opens one."""
        if self.current(at):
            self.close()
            self.open(at)

    def close(self) -> None:
        self._token, self._used_at = "", None
