"""From files to a series of equal intervals, or to values that hold until the next."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from controller.backtest.history.files import HistoryFile
from controller.backtest.history.joining import check_apart, joined
from controller.backtest.history.layout import Layout
from controller.backtest.history.place import HistoryError, moment
from controller.backtest.history.runs import Part, collected
from controller.backtest.series import Series, Steps


def read_series(paths: Sequence[Path], layout: Layout) -> tuple[Series, tuple[str, ...]]:
    """The files as one series without a gap, whatever their order, and a sentence for each policy
    that was applied to a file. Beside a few rows it keeps 8 bytes for each interval.

    Raises:
        HistoryError: something is wrong that no policy allows; it names file and row.
    """
    parts, dropped = _parts(paths, layout)
    series, filled = joined(parts, layout)
    return series, (*dropped, *filled)


def read_steps(paths: Sequence[Path], layout: Layout) -> tuple[Steps, tuple[str, ...]]:
    """The files as values that each hold until the next, such as a daily hashprice: times rise,
    and may be any time apart, so the policy for gaps is for others. A date alone is the start of
    its day in the layout's zone.

    Raises:
        HistoryError: something is wrong that no policy allows; it names file and row.
    """
    parts, dropped = _parts(paths, layout)
    parts.sort(key=lambda part: part.first_s)
    for before, after in pairwise(parts):
        check_apart(before, after)
    shift_s = _shift_s(parts[0], layout)
    times = tuple(moment(at_s - shift_s) for part in parts for at_s in part.times_s())
    values = array("d")
    for part in parts:
        values.extend(part.values)
    return Steps(times, values), dropped


def _parts(paths: Sequence[Path], layout: Layout) -> tuple[list[Part], tuple[str, ...]]:
    if not paths:
        raise HistoryError("no file of history is given; name at least one")
    files = [HistoryFile(path, layout) for path in paths]
    parts = [collected(file.rows(), file.source) for file in files]
    return parts, tuple(sentence for file in files for sentence in file.sentences())


def _shift_s(part: Part, layout: Layout) -> int:
    """How long before its stamp a value begins to hold."""
    if layout.stamps == "start":
        return 0
    if layout.minutes is None:
        why = "values that may be any time apart have no length to take off their end"
        raise part.source.error(f"{why}; set minutes, or set stamps to start")
    return layout.minutes * 60
