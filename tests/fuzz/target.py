"""What a fuzz target is, and how readers become one.

What may escape from a target is one of our own two errors. Where a reader raises ValueError with
words of its own, its feed turns that into one: so do the targets.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from controller.errors import TemporaryError
from controller.signals.polled.rounds import understood
from controller.signals.polled.source import Ask, Page, Source

RECORDED = Path(__file__).parents[1] / "signals" / "recorded"
SEEDS = Path(__file__).parent / "seeds"
NOW = datetime(2026, 9, 29, 17, 0, tzinfo=UTC)
BASE = "https://market.example"
BROKER = {"host": "127.0.0.1", "tls": False}

Read = Callable[[bytes], object]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Target:
    """A reader, and the bytes that its inputs grow from."""

    read: Read
    seeds: tuple[bytes, ...]


def reads(make: Callable[[], Source], url: str = BASE, *, posted: bool = False) -> Read:
    """Documents of a source, each read by a new one."""
    ask = Ask(url, body=b"[]" if posted else None)
    return lambda body: understood(make(), _page(body, ask))


def lists(make: Callable[[], Source]) -> Read:
    """Its listings."""

    def read(body: bytes) -> Sequence[Ask]:
        return ours(lambda: make().listed(_page(body, Ask(BASE, listing=True)), NOW))

    return read


def _page(body: bytes, ask: Ask) -> Page:
    return Page(ask=ask, body=body, published_at=NOW, asked_at=NOW)


def ours(work: Callable[[], Result], kinds: tuple[type[Exception], ...] = (ValueError,)) -> Result:
    """What a reader says, its own words for what is wrong made one of the two errors."""
    try:
        return work()
    except kinds as error:
        raise TemporaryError(str(error)) from error


def packed(read: Read, name: str = "a.csv") -> Read:
    """What stands in an archive: a change to the archive itself would only break it."""
    return lambda body: read(zipped(body, name))


def zipped(body: bytes, name: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(name), body)
    return archive.getvalue()


def recorded(name: str) -> tuple[bytes, ...]:
    return ((RECORDED / name).read_bytes(),)


def seeds(*names: str) -> tuple[bytes, ...]:
    """Of our own, where there is no recording or it would be long."""
    return tuple((SEEDS / name).read_bytes() for name in names)
