"""The times of a file, packed: how far apart its rows are, and for how many in a row.

A history keeps its step for thousands of rows, so this is small beside the values.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat

from controller.backtest.history.place import Source
from controller.backtest.history.rows import Placed


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that are equally far from the row before each."""

    step_s: int
    count: int
    row: int
    """Of the first of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one file holds."""

    source: Source
    first_s: int
    first_row: int
    runs: Sequence[Run]
    values: array[float]

    @property
    def last_s(self) -> int:
        """The time of the last row."""
        return self.first_s + sum(run.step_s * run.count for run in self.runs)

    def times_s(self) -> Iterator[int]:
        """The time of each row."""
        steps = (repeat(run.step_s, run.count) for run in self.runs)
        return accumulate(chain.from_iterable(steps), initial=self.first_s)

    def commonest_step_s(self) -> int | None:
        """How far most rows are apart; None in a file of one row."""
        counts: Counter[int] = Counter()
        for run in self.runs:
            counts[run.step_s] += run.count
        # Of steps that are as common the shortest: the others may be gaps.
        return max(counts, key=lambda step_s: (counts[step_s], -step_s), default=None)


def collected(rows: Iterator[Placed], source: Source) -> Part:
    """The rows of a file, of which there is at least one and which rise."""
    first_row, first_s, value = next(rows)
    values = array("d", (value,))
    runs: list[Run] = []
    before_s, step_s, count, run_row = first_s, 0, 0, first_row
    for row, at_s, value in rows:
        if at_s - before_s == step_s:
            count += 1
        else:
            if count:
                runs.append(Run(step_s, count, run_row))
            step_s, count, run_row = at_s - before_s, 1, row
        before_s = at_s
        values.append(value)
    if count:
        runs.append(Run(step_s, count, run_row))
    return Part(source, first_s, first_row, runs, values)
