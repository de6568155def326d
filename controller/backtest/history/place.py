"""Where in a file something is wrong, and how its times are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from controller.errors import PermanentError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class HistoryError(PermanentError):
    """A file of history cannot be used. The message names file and row, and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and how its rows are counted."""

    path: Path
    row_word: str = "row"
    """`row` is a line of the file, the header being 1; `row index` counts from 0."""

    def error(self, why: str) -> HistoryError:
        """What is wrong with the file as a whole."""
        return HistoryError(f"{self.path}: {why}")

    def row_error(self, row: int, why: str) -> HistoryError:
        """What is wrong with a row."""
        return HistoryError(f"{self.path}: {self.row_word} {row}: {why}")

    def cell_error(self, row: int, column: str, why: object) -> HistoryError:
        """What is wrong with a cell."""
        return HistoryError(f"{self.path}: {self.row_word} {row}, column {column}: {why}")


def moment(at_s: int) -> datetime:
    """Seconds since 1970 as aware UTC."""
    return EPOCH + timedelta(seconds=at_s)


def shown(at_s: int) -> str:
    """Seconds since 1970 as messages show them: 2022-03-01T06:00Z."""
    written = moment(at_s).replace(tzinfo=None)
    return written.isoformat(timespec="seconds" if written.second else "minutes") + "Z"


def length(seconds: int) -> str:
    """A length of time as messages show it."""
    return f"{seconds} s" if seconds % 60 else f"{seconds // 60} min"
