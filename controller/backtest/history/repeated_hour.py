"""The hour that is there twice when clocks go back, in times without an offset."""

from __future__ import annotations

from collections.abc import Iterator

from controller.backtest.history.place import HistoryError, Source, shown
from controller.backtest.history.rows import Placed


class RepeatedHour:
    """Keeps the rows of such an hour until it is clear which pass they belong to."""

    def __init__(self, zone: str, source: Source) -> None:
        self.pending: list[Placed] = []
        """Rows by the wall clock: their seconds are local."""
        self.before_s: int | None = None
        """UTC of the row before them; None at the beginning of the file."""
        self._zone = zone
        self._source = source
        self._first_s = self._second_s = 0

    @property
    def _width_s(self) -> int:
        """How far clocks go back: mostly an hour, half of one on Lord Howe Island."""
        return self._first_s - self._second_s

    def add(self, row: Placed, first_s: int, second_s: int) -> Iterator[Placed]:
        """Keeps a row whose offset is one of two seconds east of UTC; yields those of another
        such hour that are clear now.

        Raises:
            HistoryError: they are not.
        """
        if self.pending and abs(row[1] - self.pending[0][1]) >= self._width_s:
            yield from self.resolved(next_s=row[1] - first_s)
        self._first_s, self._second_s = first_s, second_s
        self.pending.append(row)

    def resolved(self, *, next_s: int | None) -> Iterator[Placed]:
        """The rows that were kept, in UTC. `next_s` is the row after them, None at the end.

        Raises:
            HistoryError: it is not clear which pass they belong to.
        """
        rows, self.pending = self.pending, []
        if not rows:
            return
        split = self._split(rows, next_s)
        if split is None:
            split = len(rows) if self._is_first_pass(rows, next_s) else 0
        for index, (row, wall_s, value) in enumerate(rows):
            self.before_s = wall_s - (self._first_s if index < split else self._second_s)
            yield row, self.before_s, value

    def _split(self, rows: list[Placed], next_s: int | None) -> int | None:
        """Where the second pass begins; None where there is one pass alone."""
        turns = [index for index in range(1, len(rows)) if rows[index][1] <= rows[index - 1][1]]
        if len(turns) > 1:
            raise self._error(
                rows[turns[1]], "is not later than the row before, for the second time"
            )
        if not turns:
            return None
        is_repeat = rows[turns[0]][1] == rows[turns[0] - 1][1]
        if is_repeat and not self._is_hourly(rows, next_s):
            raise self._error(
                rows[turns[0]], "repeats the row before it: a duplicate, or the second pass"
            )
        return turns[0]

    def _is_first_pass(self, rows: list[Placed], next_s: int | None) -> bool:
        """A file that ends after one pass goes on without a break into the first; one that begins
        with one pass comes without a break out of the second. Intervals of more than an hour have
        one row in it, equally far from both neighbours."""
        before_s, after_s = self._apart_s(rows, next_s)
        if before_s is not None and after_s is not None:
            apart = {before_s - after_s: True, after_s - before_s: False}
            if len(rows) == 1 and self._width_s in apart:
                return apart[self._width_s]
        elif before_s is not None and before_s <= self._width_s:
            return True
        elif after_s is not None and after_s <= self._width_s:
            return False
        raise self._error(rows[0], "is there in one pass alone, and may be the first or the second")

    def _is_hourly(self, rows: list[Placed], next_s: int | None) -> bool:
        """Whether the hour is one interval: a row for each pass, and none closer to them."""
        apart_s = (seconds for seconds in self._apart_s(rows, next_s) if seconds is not None)
        return len(rows) == 2 and all(seconds >= self._width_s for seconds in apart_s)

    def _apart_s(self, rows: list[Placed], next_s: int | None) -> tuple[int | None, int | None]:
        """From the row before to the first pass, and from the second pass to the row after."""
        first_s, last_s = rows[0][1] - self._first_s, rows[-1][1] - self._second_s
        return (
            None if self.before_s is None else first_s - self.before_s,
            None if next_s is None else next_s - last_s,
        )

    def _error(self, row: Placed, why: str) -> HistoryError:
        wall = shown(row[1]).removesuffix("Z").replace("T", " ")
        return self._source.row_error(
            row[0],
            f"{wall} {why}; this hour is repeated in {self._zone} when clocks go back: "
            "write times with an offset, or bring both passes in full and in order",
        )
