"""The list of documents that ERCOT's market information system gives of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from controller.signals.polled.source import Ask
from controller.signals.reading.json_paths import find
from controller.signals.reading.json_text import parsed
from controller.signals.reading.wall_times import zoned

_PATH = "ListDocsByRptTypeRes.DocumentList"
_CSV = "csv"


def listing(base_url: str, report: int) -> Ask:
    return Ask(f"{base_url}/misapp/servlets/IceDocListJsonWS?reportTypeId={report}", listing=True)


def newest(body: bytes, base_url: str, count: int) -> Sequence[Ask]:
    """The documents that were published last, the oldest of them first. What one holds never
    changes: a correction is another document.

    Raises:
        ValueError: it is no such list, or has no document as CSV.
    """
    found = sorted(_documents(parsed(body)), key=lambda one: one[0])
    if not found:
        raise ValueError("lists no document as CSV")
    return [
        Ask(
            f"{base_url}/misdownload/servlets/mirDownload?doclookupId={number}",
            accept="application/zip",
            lasting=True,
            published_at=published_at,
        )
        for published_at, number in found[-count:]
    ]


def _documents(document: Any) -> Iterator[tuple[datetime, str]]:
    listed = find(_PATH, document, document)
    for number, one in enumerate(listed if isinstance(listed, list) else [listed]):
        name = find("Document.ConstructedName", one, one)
        if _CSV not in str(name).lower():
            continue
        try:
            yield zoned(str(find("Document.PublishDate", one, one))), _identity(one)
        except ValueError as error:
            raise ValueError(f"document {number}: {error}") from error


def _identity(one: Any) -> str:
    number = str(find("Document.DocID", one, one))
    if not (number.isascii() and number.isdigit() and len(number) <= 20):
        raise ValueError(f"DocID {number[:40]!r} is no number")
    return number
