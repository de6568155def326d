"""Several files of one history, put together in order of time."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import pairwise

from controller.backtest.history.gaps import Gap, check_gap, filled, gap_sentences, gaps_of
from controller.backtest.history.grid import check_grid, off_grid, step_of
from controller.backtest.history.layout import Layout
from controller.backtest.history.place import HistoryError, moment, shown
from controller.backtest.history.runs import Part
from controller.backtest.series import Series


def joined(parts: Sequence[Part], layout: Layout) -> tuple[Series, tuple[str, ...]]:
    """One series of all files, and what the report says about gaps that were filled.

    Raises:
        HistoryError: they overlap, differ in resolution, or have a gap that may not be filled.
    """
    parts = sorted(parts, key=lambda part: part.first_s)
    step_s = step_of(parts, layout.minutes)
    for part in parts:
        check_grid(part, step_s)
    gaps = _gaps(parts, step_s)
    for gap in gaps:
        check_gap(gap, layout, step_s)
    shift_s = step_s if layout.stamps == "end" else 0
    values = filled(_values(parts), gaps, layout.gaps)
    series = Series(moment(parts[0].first_s - shift_s), step_s // 60, values)
    return series, gap_sentences(gaps, layout.gaps, step_s, shift_s)


def check_apart(before: Part, after: Part) -> None:
    """Whether a file begins only after the other has ended.

    Raises:
        HistoryError: it does not.
    """
    if after.first_s <= before.last_s:
        raise _overlap(before, after)


def _gaps(parts: Sequence[Part], step_s: int) -> list[Gap]:
    """In the files and between them."""
    gaps = list(gaps_of(parts[0], 0, step_s))
    index = len(parts[0].values)
    for before, after in pairwise(parts):
        check_apart(before, after)
        apart_s = after.first_s - before.last_s
        if apart_s % step_s:
            raise off_grid(after, after.first_row, after.first_s, step_s)
        if missing := apart_s // step_s - 1:
            first_s = before.last_s + step_s
            gaps.append(Gap(after.source, after.first_row, index, first_s, missing))
        gaps.extend(gaps_of(after, index, step_s))
        index += len(after.values)
    return gaps


def _values(parts: Sequence[Part]) -> array[float]:
    values = parts[0].values
    for part in parts[1:]:
        values.extend(part.values)
    return values


def _overlap(before: Part, after: Part) -> HistoryError:
    return after.source.row_error(
        after.first_row,
        f"{shown(after.first_s)} is in {before.source.path} too, which goes from "
        f"{shown(before.first_s)} to {shown(before.last_s)}; cut one of the files, or leave it out",
    )
