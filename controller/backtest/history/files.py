"""A file of history, of whichever kind: its first bytes say so, not its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from controller.backtest.history.csv_file import csv_rows
from controller.backtest.history.layout import Layout
from controller.backtest.history.order import Repeats, in_order
from controller.backtest.history.parquet_file import PARQUET_ROWS, parquet_rows
from controller.backtest.history.place import HistoryError, Source
from controller.backtest.history.rows import Placed, Written, per_mwh
from controller.backtest.history.wall_clock import placed

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"


class HistoryFile:
    """One file: its rows, and what was done to them."""

    def __init__(self, path: Path, layout: Layout) -> None:
        """Looks at the first bytes.

        Raises:
            HistoryError: the file cannot be read or is empty.
        """
        self._layout = layout
        self._magic = _first_bytes(path)
        self.source = Source(path, PARQUET_ROWS) if self._magic == _PARQUET else Source(path)
        self._repeats = Repeats(self.source, layout.duplicates)

    def rows(self) -> Iterator[Placed]:
        """In UTC, rising, with values per MWh; at least one.

        Raises:
            HistoryError: a row cannot be used, or there is none.
        """
        layout, source = self._layout, self.source
        at_places = placed(self._written(), ZoneInfo(layout.zone), source)
        rows = per_mwh(in_order(at_places, self._repeats), layout.unit, source)
        try:
            first = next(rows, None)
            if first is None:
                raise source.error("has no rows; take it out, or give one with rows")
            yield first
            yield from rows
        except OSError as error:
            raise _unreadable(source, error) from error

    def sentences(self) -> tuple[str, ...]:
        """What the report says about rows that were dropped."""
        return self._repeats.sentences()

    def _written(self) -> Iterator[Written]:
        path = self.source.path
        if self._magic == _PARQUET:
            return parquet_rows(path, self._layout)
        return csv_rows(path, self._layout, packed=self._magic.startswith(_GZIP))


def _first_bytes(path: Path) -> bytes:
    source = Source(path)
    try:
        with path.open("rb") as file:
            magic = file.read(len(_PARQUET))
    except OSError as error:
        raise _unreadable(source, error) from error
    if not magic:
        raise source.error("is empty; give a file with a header and rows")
    return magic


def _unreadable(source: Source, error: OSError) -> HistoryError:
    why = error.strerror or str(error)
    return source.error(f"cannot be read: {why}; mend the path or its permissions")
