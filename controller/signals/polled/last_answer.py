"""The last good answer of a source, kept across restarts with the stamps that belong to it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import msgspec
import structlog

from controller.links.durable import write
from controller.model.base import Model, encode
from controller.model.samples import PriceSample

_log = structlog.get_logger(__name__)
_OVERHEAD = 16_384
"""Bytes of a file beside its body."""


class LastAnswer(Model, frozen=True, kw_only=True):
    """A body, and what its server said of it."""

    source: str
    """The request that it answers: a body of another address is not used."""
    fetched_at: datetime
    body: bytes
    digest: str
    etag: str = ""
    last_modified: str = ""
    before: PriceSample | None = None
    """The last price known before its own that was not 0."""

    @property
    def whole(self) -> bool:
        return self.digest == digest(self.body)


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def load(path: Path, source: str, now: datetime, limit_bytes: int) -> LastAnswer | None:
    """The answer in the file, if it is whole, of this source and not from the future."""
    try:
        with path.open("rb") as file:
            raw = file.read(2 * limit_bytes + _OVERHEAD)
        kept = msgspec.json.decode(raw, type=LastAnswer)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        _log.warning("last_answer_unusable", file=str(path), why=type(error).__name__)
        return None
    usable = kept.whole and kept.source == source and len(kept.body) <= limit_bytes
    return kept if usable and kept.fetched_at.tzinfo and kept.fetched_at <= now else None


def save(path: Path, answer: LastAnswer) -> None:
    """Replace the file, whole or not at all; only its owner may read it.

    Raises:
        OSError: it could not be written.
    """
    write(path, encode(answer))
