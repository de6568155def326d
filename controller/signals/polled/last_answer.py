"""The last good answers of a source, kept across restarts with the stamps that belong to them."""

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
"""Bytes of an answer beside its body."""
MOST_KEPT = 8
"""Answers of one source: today and tomorrow, or the last documents of a listing."""


class LastAnswer(Model, frozen=True, kw_only=True):
    """A body, and what its server said of it."""

    key: str
    """The ask that it answers."""
    url: str
    fetched_at: datetime
    published_at: datetime
    body: bytes
    digest: str
    sent: bytes | None = None
    """What was posted for it."""
    lasting: bool = False
    part: bool = False
    """It says something only together with others."""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""

    @property
    def whole(self) -> bool:
        return self.digest == digest(self.body)


class Kept(Model, frozen=True, kw_only=True):
    """What a file holds."""

    source: str
    """Who was asked, with what headers: answers to another are not used."""
    answers: tuple[LastAnswer, ...]
    before: PriceSample | None = None
    """The last price known before theirs that was not 0."""


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def load(path: Path, source: str, now: datetime, limit_bytes: int) -> Kept | None:
    """The answers in the file, if they are of this source, whole, and not from the future."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_KEPT * (2 * limit_bytes + _OVERHEAD))
        kept = msgspec.json.decode(raw, type=Kept)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        _log.warning("last_answer_unusable", file=str(path), why=type(error).__name__)
        return None
    usable = kept.source == source and all(
        one.whole
        and len(one.body) <= limit_bytes
        and one.fetched_at.tzinfo
        and one.fetched_at <= now
        for one in kept.answers
    )
    return kept if usable else None


def save(path: Path, kept: Kept) -> None:
    """Replace the file, whole or not at all; only its owner may read it.

    Raises:
        OSError: it could not be written.
    """
    write(path, encode(kept))
