"""Times of a file, by the clock on the wall, as UTC."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_LONGEST = 60
_TWENTY_FOUR = re.compile(r"(?<![0-9])24(:00(?::00)?)$")
_PASSES = 2


def written_time(text: str, time_format: str | None, *, midnight_ends: bool = False) -> datetime:
    """As it is written; 24:00 is the end of its day, and so is 00:00 with `midnight_ends`.

    Raises:
        ValueError: it is none.
    """
    cut, ends = _TWENTY_FOUR.subn(r"00\1", text[:_LONGEST])
    try:
        at = _parsed(cut, time_format)
        ends |= midnight_ends and at.time() == time(0)
        return at + timedelta(days=1) if ends else at
    except (ValueError, OverflowError):
        like = time_format or "2026-11-30T23:45"
        raise ValueError(f"{text[:_LONGEST]!r} is not a time like {like}") from None


def _parsed(text: str, time_format: str | None) -> datetime:
    if time_format is None:
        return datetime.fromisoformat(text)
    return datetime.strptime(text, time_format)  # noqa: DTZ007 - its zone is a setting


class WallTimes:
    """Places times in the order of the file, each revision for itself.

    The hour that is repeated when clocks go back is summer time where it is met first, and winter
    time where it is met again. It has to be there in both passes, since one alone may be either.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._met: Counter[tuple[int | None, datetime]] = Counter()

    def exists(self, written: datetime) -> bool:
        """False where clocks go forward over it."""
        if written.tzinfo is not None:
            return True
        there = written.replace(tzinfo=self._zone).astimezone(UTC).astimezone(self._zone)
        return there.replace(tzinfo=None, fold=0) == written

    def place(self, written: datetime, revision: int | None) -> datetime:
        """`written` as UTC.

        Raises:
            ValueError: it does not exist, or is there for the third time.
        """
        if written.tzinfo is not None:
            return written.astimezone(UTC)
        if not self.exists(written):
            raise ValueError(f"{written} does not exist in {self._zone.key}: look at zone, stamp")
        first, second = (written.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() == second.utcoffset():
            return first.astimezone(UTC)
        self._met[revision, written] += 1
        if self._met[revision, written] > _PASSES:
            raise ValueError(f"{written} is there more than twice, in an hour that is repeated")
        return (first if self._met[revision, written] == 1 else second).astimezone(UTC)

    def finish(self) -> None:
        """
        Raises:
            ValueError: of an hour that is repeated there is one pass.
        """
        once = min((written for (_, written), met in self._met.items() if met == 1), default=None)
        if once is not None:
            raise ValueError(
                f"{once} is there once, and clocks of {self._zone.key} show it twice: write times "
                "with an offset, or bring both hours in full"
            )
