"""Whether a delivery is signed by who says so, and lately."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from controller.surfaces.problems import ProblemError
from controller.surfaces.webhooks.settings import WebhookSettings

_LONGEST = 20


def check(
    settings: WebhookSettings,
    secrets: Sequence[bytes],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> None:
    """
    Raises:
        ProblemError: 401: no signature or a wrong one, or a time outside the window. What is wrong
            with a signature is not told.
    """
    stamp = headers.get(settings.timestamp_header, "").strip()
    given = headers.get(settings.signature_header, "").strip()
    if not _signed(settings, secrets, stamp.encode(), given, body):
        raise _unauthenticated("the signature does not fit: check secret, headers and encoding")
    if abs(_seconds(stamp) - now.timestamp()) > settings.window_s:
        window = f"more than {settings.window_s} s from ours"
        raise _unauthenticated(f"{settings.timestamp_header} is {window}: sign it anew and send it")


def sign(settings: WebhookSettings, secret: bytes, stamp: bytes, body: bytes) -> str:
    """HMAC-SHA256 of the time, the separator and the body, as the header has it."""
    content = stamp + settings.separator.encode() + body
    digest = hmac.new(secret, content, hashlib.sha256).digest()
    written = digest.hex() if settings.encoding == "hex" else base64.b64encode(digest).decode()
    return f"{settings.signature_prefix}{written}"


def _signed(
    settings: WebhookSettings, secrets: Sequence[bytes], stamp: bytes, given: str, body: bytes
) -> bool:
    """Every secret is compared, whichever fits, in the same time."""
    said = given.encode("utf-8", "surrogateescape")
    found = [
        hmac.compare_digest(sign(settings, secret, stamp, body).encode(), said)
        for secret in secrets
    ]
    return any(found)


def _seconds(stamp: str) -> int:
    """It was signed, so a stamp that is none is the sender's mistake."""
    if stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST:
        return int(stamp)
    raise _unauthenticated("the time is no whole number of seconds since 1970")


def _unauthenticated(problem: str) -> ProblemError:
    return ProblemError(401, "unauthenticated", problem)
