"""Times as files write them: with a zone, or by a wall clock whose zone is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator


def _known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{zone!r} is not a time zone; write it like Europe/Oslo") from None
    return zone


ZoneName = Annotated[str, AfterValidator(_known)]
"""A zone of the IANA database, as settings name it."""


class LocalTimes:
    """Reads times in the order in which they are written.

    Without an offset a time of the hour that is repeated when clocks go back is ambiguous: it
    is taken for the first hour when it is met first, and for the second when it is met again.
    """

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._met: set[datetime] = set()

    def read(self, text: str) -> datetime:
        """`text` (ISO 8601) as UTC.

        Raises:
            ValueError: saying what is wrong with it.
        """
        try:
            written = datetime.fromisoformat(text.strip())
        except ValueError:
            raise ValueError("is not a time; write it like 2023-09-06T17:00:00Z") from None
        try:
            return self._placed(written)
        except OverflowError:
            raise ValueError("is outside the calendar") from None

    def _placed(self, written: datetime) -> datetime:
        if written.tzinfo is not None:
            return written.astimezone(UTC)
        first = written.replace(tzinfo=self._zone, fold=0)
        second = written.replace(tzinfo=self._zone, fold=1)
        if first.utcoffset() == second.utcoffset():
            return first.astimezone(UTC)
        if first.astimezone(UTC) > second.astimezone(UTC):
            raise ValueError(f"does not exist in {self._zone.key}: clocks go forward over it")
        met_before = written in self._met
        self._met.add(written)
        return (second if met_before else first).astimezone(UTC)
