"""HTTP Digest authentication as a miner's web server demands it (RFC 7616 with MD5 and qop=auth).

Stricter than lighttpd, which miners run, in one point: a nonce counter is taken once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

REALM = "antMiner Configuration"
USER = "root"
NONCE_LASTS_S = 600.0
_MOST_NONCES = 256
_MOST_USES = 4096
_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,"]+))')
_COUNTER = re.compile(r"[0-9a-fA-F]{8}")


class Verdict(Enum):
    GRANTED = "granted"
    DENIED = "denied"
    STALE = "stale"
    """The password is right, the nonce is not: ask again with the new one."""


@dataclass
class _Nonce:
    issued_s: float
    used: set[str] = field(default_factory=set)


class DigestGate:
    """Keeps the door of one miner. Seconds are those of `now_s`, any steady clock."""

    def __init__(self, key: str, password: str, now_s: Callable[[], float]) -> None:
        self._key = key
        self._secret = _md5(f"{USER}:{REALM}:{password}")
        self._now_s = now_s
        self._issued = 0
        self._nonces: OrderedDict[str, _Nonce] = OrderedDict()

    def challenge(self, *, stale: bool) -> str:
        """The value of `WWW-Authenticate`, with a nonce that nobody had before."""
        self._issued += 1
        nonce = _md5(f"{self._key}/{self._issued}/{self._now_s()}")
        self._nonces[nonce] = _Nonce(self._now_s())
        if len(self._nonces) > _MOST_NONCES:
            self._nonces.popitem(last=False)
        again = ", stale=true" if stale else ""
        return f'Digest realm="{REALM}", nonce="{nonce}", algorithm=MD5, qop="auth"{again}'

    def judge(self, method: str, target: str, header: str | None) -> Verdict:
        """Whether a request with this `Authorization` may pass."""
        scheme, _, rest = (header or "").partition(" ")
        if scheme.lower() != "digest":
            return Verdict.DENIED
        said = {name: quoted or bare for name, quoted, bare in _FIELD.findall(rest)}
        if not self._knows_password(method, target, said):
            return Verdict.DENIED
        return Verdict.GRANTED if self._spend(said["nonce"], said["nc"]) else Verdict.STALE

    def _knows_password(self, method: str, target: str, said: dict[str, str]) -> bool:
        if said.get("username") != USER or said.get("realm") != REALM or said.get("qop") != "auth":
            return False
        if said.get("uri") != target or not _COUNTER.fullmatch(said.get("nc", "")):
            return False
        nonce, cnonce = said.get("nonce", ""), said.get("cnonce", "")
        asked = _md5(f"{method}:{target}")
        expected = _md5(f"{self._secret}:{nonce}:{said['nc']}:{cnonce}:auth:{asked}")
        return hmac.compare_digest(expected.encode(), said.get("response", "").lower().encode())

    def _spend(self, nonce: str, counter: str) -> bool:
        """Use this counter of this nonce; False if the nonce is over or the counter was used."""
        known = self._nonces.get(nonce)
        if known is None or self._now_s() - known.issued_s > NONCE_LASTS_S:
            return False
        if counter in known.used or len(known.used) >= _MOST_USES:
            return False
        known.used.add(counter)
        return True


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
