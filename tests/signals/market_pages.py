"""Answers of markets for tests: recorded bytes, archives, and what a source makes of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from controller.model.samples import PriceSample, Sample
from controller.signals.polled.source import Ask, Page, Source

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def archive(body: bytes, name: str = "report.csv") -> bytes:
    """A zip archive with one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, body)
    return packed.getvalue()


def utc(written: str) -> datetime:
    """`2026-09-29 17:00` as UTC."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def page(body: bytes, at: datetime, url: str = "https://market.example/report") -> Page:
    return Page(ask=Ask(url), body=body, published_at=at, asked_at=at)


def read(source: Source, body: bytes, at: datetime) -> list[PriceSample]:
    return prices(source.read(page(body, at)))


def prices(samples: Sequence[Sample]) -> list[PriceSample]:
    found = [one for one in samples if isinstance(one, PriceSample)]
    assert len(found) == len(samples)
    return found


def told(samples: Sequence[PriceSample]) -> list[tuple[str, str, str]]:
    """Start, end and price of each."""
    form = "%Y-%m-%d %H:%M"
    return [(f"{one.start:{form}}", f"{one.end:{form}}", one.price_per_mwh) for one in samples]


def covers(samples: Sequence[PriceSample], first: str, last: str) -> bool:
    """Whether the intervals follow one another from the one moment to the other, each once."""
    starts, ends = [one.start for one in samples], [one.end for one in samples]
    return [*starts, utc(last)] == [utc(first), *ends]
