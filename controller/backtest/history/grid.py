"""The length of the intervals, and whether every row stands where one begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from controller.backtest.history.layout import LONGEST_MINUTES
from controller.backtest.history.place import HistoryError, length, shown
from controller.backtest.history.runs import Part, Run

_A_RESOLUTION = 3
"""So many equal steps in a row are a resolution of their own. Fewer may be gaps: with rows of 15
minutes, every second one lost twice looks like two steps of 30."""


def step_of(parts: Sequence[Part], minutes: int | None) -> int:
    """Seconds between rows, as they are set or as the files show them.

    Raises:
        HistoryError: the files differ, or show nothing that can be used.
    """
    if minutes is not None:
        return minutes * 60
    steps = [(part, step_s) for part in parts if (step_s := part.commonest_step_s()) is not None]
    if not steps:
        why = "has one row, which shows no length of its interval; set minutes"
        raise parts[0].source.error(why)
    first, step_s = steps[0]
    for other, other_s in steps[1:]:
        if other_s != step_s:
            raise other.source.error(
                f"has rows {length(other_s)} apart, but {first.source.path} {length(step_s)}; "
                "give files of one resolution, or set minutes"
            )
    if step_s % 60 or step_s > LONGEST_MINUTES * 60:
        raise first.source.error(
            f"has rows {length(step_s)} apart; intervals are whole minutes and a day at most"
        )
    return step_s


def check_grid(part: Part, step_s: int) -> None:
    """Whether the rows of a file are whole numbers of `step_s` apart.

    Raises:
        HistoryError: they are not, or the file changes to another step.
    """
    long_runs = [run for run in part.runs if run.count >= _A_RESOLUTION]
    for before, after in pairwise(long_runs):
        if before.step_s != after.step_s:
            raise _mixed(part, before, after)
    if long_runs and long_runs[0].step_s != step_s:
        raise _another(part, long_runs[0], step_s)
    for run, at_s in _with_times(part):
        if run.step_s % step_s:
            raise off_grid(part, run.row, at_s, step_s)


def off_grid(part: Part, row: int, at_s: int, step_s: int) -> HistoryError:
    """A row that stands where no interval begins."""
    return part.source.row_error(
        row,
        f"{shown(at_s)} is not a whole number of {length(step_s)} after the row before; mend or "
        "take out the row, or set minutes if intervals are shorter",
    )


def _with_times(part: Part) -> Iterator[tuple[Run, int]]:
    """The runs with the time of their first row."""
    before_s = part.first_s
    for run in part.runs:
        yield run, before_s + run.step_s
        before_s += run.step_s * run.count


def _mixed(part: Part, before: Run, after: Run) -> HistoryError:
    return part.source.row_error(
        after.row,
        f"from here on rows are {length(after.step_s)} apart, before it {length(before.step_s)}; "
        "bring the file to one resolution",
    )


def _another(part: Part, run: Run, step_s: int) -> HistoryError:
    return part.source.row_error(
        run.row,
        f"from here on rows are {length(run.step_s)} apart, and intervals are {length(step_s)} "
        "long; bring the file to one resolution, or mend minutes",
    )
