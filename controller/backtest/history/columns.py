"""Which two columns of a file are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from controller.backtest.history.layout import Layout
from controller.backtest.history.place import Source


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name and by its place, from 0."""

    name: str
    index: int


def chosen(header: Sequence[str], layout: Layout, source: Source) -> tuple[Column, Column]:
    """The columns of times and of values.

    Raises:
        HistoryError: there is no such column, or it is not clear which one is meant.
    """
    names = [name.strip() for name in header]
    time = _named(names, layout.time_column or names[0], "time_column", source)
    value = _named(
        names, layout.value_column or _other(names, time, source), "value_column", source
    )
    if time == value:
        raise source.error(f"time_column and value_column are both {time.name!r}; name two columns")
    return time, value


def _named(names: Sequence[str], wanted: str, key: str, source: Source) -> Column:
    found = [index for index, name in enumerate(names) if name == wanted]
    if not found:
        raise source.error(f"has no column {wanted!r}; set {key} to one of {', '.join(names)}")
    if len(found) > 1:
        raise source.error(f"has {len(found)} columns {wanted!r}; rename all but one ({key})")
    return Column(wanted, found[0])


def _other(names: Sequence[str], time: Column, source: Source) -> str:
    others = [name for index, name in enumerate(names) if index != time.index]
    if not others:
        raise source.error(
            f"has the column {time.name!r} alone; it needs one of times and one of values, "
            "and commas between them"
        )
    if len(others) > 1:
        raise source.error(f"has several columns; set value_column to one of {', '.join(others)}")
    return others[0]
