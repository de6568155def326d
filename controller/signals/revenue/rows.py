"""What one row says, by itself."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from controller.signals.revenue.columns import Line
from controller.signals.revenue.settings import RevenueMeterSettings
from controller.signals.revenue.wall_times import written_time

_MOST_DIGITS = 18
_SHOWN = 40


class Row(NamedTuple):
    written: datetime
    """Without a zone where none is written."""
    revision: int | None
    estimated: bool
    energy: str
    """As it is written; empty where there is none."""


def is_ours(line: Line, settings: RevenueMeterSettings) -> bool:
    """Whether it is of the meter and direction that are asked for."""
    return all(line.cells[name] == cell for name, cell in settings.only.items())


def row_of(line: Line, settings: RevenueMeterSettings) -> Row:
    """
    Raises:
        ValueError: saying what is wrong with it.
    """
    _check_unit(line, settings)
    known = _quality(line, settings)
    return Row(
        written=_written(line, settings),
        revision=_revision(line, settings),
        estimated=known == "estimated",
        energy="" if known == "missing" else line.cells[settings.energy_column],
    )


def _check_unit(line: Line, settings: RevenueMeterSettings) -> None:
    said = settings.unit if settings.unit_column is None else line.cells[settings.unit_column]
    if said.lower() != settings.unit:
        raise ValueError(f"its unit is {said[:_SHOWN]!r}, and {settings.unit} is expected (unit)")


def _quality(line: Line, settings: RevenueMeterSettings) -> str:
    if settings.quality_column is None:
        return "actual"
    code = line.cells[settings.quality_column]
    if code not in settings.quality:
        there = ", ".join(map(repr, settings.quality))
        raise ValueError(f"the code {code[:_SHOWN]!r} is not among those of quality: {there}")
    return settings.quality[code]


def _written(line: Line, settings: RevenueMeterSettings) -> datetime:
    at_time = line.cells[settings.time_column]
    if settings.date_column is None:
        return written_time(at_time, settings.time_format)
    # The end of a day's last interval stands beside that day, as the other ends do.
    text = f"{line.cells[settings.date_column]} {at_time}"
    return written_time(text, settings.time_format, midnight_ends=settings.stamp == "end")


def _revision(line: Line, settings: RevenueMeterSettings) -> int | None:
    """Of a time its digits, from the year down to the second."""
    text = "" if settings.revision_column is None else line.cells[settings.revision_column]
    if not text:
        return None
    if settings.revision_format is not None:
        return int(written_time(text, settings.revision_format).strftime("%Y%m%d%H%M%S"))
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        raise ValueError(f"the revision {text[:_SHOWN]!r} is no whole number (revision_format)")
    return int(text)
