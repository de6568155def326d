"""Keys that are sent to a source: from files, read anew each time, and never in clear."""

from __future__ import annotations

import base64
import ipaddress
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from controller.errors import TemporaryError
from controller.links.secret_file import read_secret


def secrets_of(place: str, files: Mapping[str, Path]) -> dict[str, str]:
    """By name. Read anew each time, so that a key can be changed while the daemon runs.

    Raises:
        TemporaryError: naming the file under `place` that cannot be used.
    """
    secrets = {}
    for name, path in files.items():
        try:
            secrets[name] = read_secret(path)
        except ValueError as error:
            raise TemporaryError(f"{place}.{name}: {error}") from error
    return secrets


def basic_of(place: str, path: Path) -> str:
    """The header of HTTP's basic authentication (RFC 7617) from a file with `name:password`.

    Raises:
        TemporaryError: the file under `place` cannot be used.
    """
    (secret,) = secrets_of(place.rpartition(".")[0], {place.rpartition(".")[2]: path}).values()
    return f"Basic {base64.b64encode(secret.encode()).decode()}"


def trust(ca_file: Path | None) -> ssl.SSLContext | None:
    """None: the system's authorities."""
    if ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:
        why = f"ca_file: {ca_file} cannot be used: it has to hold certificates as PEM"
        raise TemporaryError(why) from error


def sealed(url: str) -> bool:
    """Nobody outside the site can listen: TLS, or an address of the local network."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_private
    except ValueError:
        return parts.hostname == "localhost"
