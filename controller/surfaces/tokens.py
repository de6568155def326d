"""Secrets of authorities: read from files once, compared in constant time."""

from __future__ import annotations

import hmac
import stat
from collections.abc import Mapping
from pathlib import Path

from controller.errors import PermanentError
from controller.surfaces.settings import HttpSettings

SHORTEST_SECRET = 16


class Tokens:
    """Who holds which secret."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self.adopt(secrets)

    def adopt(self, secrets: Mapping[str, str]) -> None:
        """From now on these are the secrets, and no others."""
        self._secrets = {name: secret.encode() for name, secret in secrets.items()}

    def whose(self, secret: str) -> str | None:
        """The authority whose secret this is. Every secret is compared, whichever fits."""
        given = secret.encode("utf-8", "surrogateescape")
        found = None
        for name, known in self._secrets.items():
            if hmac.compare_digest(known, given):
                found = name
        return found


def load_tokens(settings: HttpSettings, *, key: str = "http.tokens") -> Tokens:
    """As `load_secrets`."""
    return Tokens(load_secrets(settings, key=key))


def load_secrets(settings: HttpSettings, *, key: str = "http.tokens") -> Mapping[str, str]:
    """Read the files of `settings.tokens`: the secret of each authority.

    Raises:
        PermanentError: naming the key and the file that cannot be used, and why.
    """
    secrets: dict[str, str] = {}
    for name, path in settings.tokens.items():
        where = f"{key}.{name}: {path}"
        secret = read_secret(path, where)
        for other, known in secrets.items():
            if known == secret:
                raise PermanentError(f"{where} holds the secret of {other!r}: give each its own")
        secrets[name] = secret
    return secrets


def read_secret(path: Path, where: str) -> str:
    """A secret of at least 16 characters, from a file that is closed to others.

    Raises:
        PermanentError: it cannot be used; `where` names key and file.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise PermanentError(f"{where} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise PermanentError(f"{where} must hold printable ASCII without spaces") from error
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise PermanentError(f"{where} is open to other users: chmod 600 it")
    if not text:
        raise PermanentError(f"{where} is empty: put the secret into it")
    if not text.isprintable() or " " in text:
        raise PermanentError(f"{where} must hold printable ASCII without spaces")
    if len(text) < SHORTEST_SECRET:
        raise PermanentError(f"{where} holds fewer than {SHORTEST_SECRET} characters: too easy")
    return text
