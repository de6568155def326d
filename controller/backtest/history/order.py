"""Rows have to rise; what stands at the same time again is refused or dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from controller.backtest.history.layout import RepeatPolicy
from controller.backtest.history.place import HistoryError, Source, shown
from controller.backtest.history.rows import Placed


@dataclass(slots=True)
class Repeats:
    """Rows of a file with the time of the row before them, and what became of them."""

    source: Source
    policy: RepeatPolicy
    count: int = 0
    first_row: int = 0
    first_s: int = 0

    def add(self, row: int, at_s: int) -> None:
        """Counts one.

        Raises:
            HistoryError: the policy is to refuse them.
        """
        if self.policy == "refuse":
            why = f"{shown(at_s)} is there again; take one of the rows out, or set duplicates"
            raise self.source.row_error(row, f"{why} to first or last")
        if not self.count:
            self.first_row, self.first_s = row, at_s
        self.count += 1

    def sentences(self) -> tuple[str, ...]:
        """What the report says about them."""
        if not self.count:
            return ()
        rows = "1 row" if self.count == 1 else f"{self.count} rows"
        source = self.source
        return (
            f"{rows} in {source.path.name} had the time of the row before; the {self.policy} of "
            f"each time was used: {shown(self.first_s)} ({source.row_word} {self.first_row})"
            f"{' and later ones' if self.count > 1 else ''}.",
        )


def in_order(rows: Iterator[Placed], repeats: Repeats) -> Iterator[Placed]:
    """The rows, each later than the one before.

    Raises:
        HistoryError: a row goes back in time, or is a duplicate and those are refused.
    """
    kept = next(rows, None)
    if kept is None:
        return
    for row in rows:
        if row[1] > kept[1]:
            yield kept
            kept = row
            continue
        if row[1] < kept[1]:
            raise _goes_back(row, kept, repeats.source)
        repeats.add(row[0], row[1])
        if repeats.policy == "last":
            kept = row
    yield kept


def _goes_back(row: Placed, before: Placed, source: Source) -> HistoryError:
    return source.row_error(
        row[0],
        f"{shown(row[1])} comes after {shown(before[1])}; sort the file by time, or set zone "
        "if these are local times and clocks go back here",
    )
