"""What it takes to be let in by a broker, read from files when it is needed."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path

from controller.errors import TemporaryError
from controller.links.mqtt_settings import BrokerSettings
from controller.links.secret_file import read_secret


@dataclass(frozen=True)
class Secrets:
    """Of one connection."""

    password: str | None = field(repr=False)
    tls: ssl.SSLContext | None


def load_secrets(broker: BrokerSettings) -> Secrets:
    """
    Raises:
        TemporaryError: naming the file that cannot be used; somebody may be exchanging it.
    """
    password = None if broker.password_file is None else _password(broker.password_file)
    return Secrets(password, _context(broker) if broker.tls else None)


def _password(path: Path) -> str:
    try:
        return read_secret(path)
    except ValueError as error:
        raise TemporaryError(f"broker.password_file: {error}") from error


def _context(broker: BrokerSettings) -> ssl.SSLContext:
    """TLS 1.2 or newer; certificate and host name of the broker are checked."""
    named = "broker.ca_file" if broker.ca_file else "the system's certificates"
    try:
        context = ssl.create_default_context(cafile=broker.ca_file)
        if broker.cert_file is not None:
            named = "broker.cert_file, broker.key_file"
            context.load_cert_chain(broker.cert_file, broker.key_file, password=_no_password)
    except (OSError, ssl.SSLError) as error:
        raise TemporaryError(f"{named} cannot be used: {error}") from error
    return context


def _no_password() -> str:
    """Without it OpenSSL would ask on the terminal, and block."""
    raise ssl.SSLError("the key is encrypted; keep it in a file closed to other users instead")
