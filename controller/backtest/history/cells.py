"""What a cell may hold: a time, a number. Anything else is refused, never guessed at."""

from __future__ import annotations

import math
import re
from datetime import datetime
from zoneinfo import ZoneInfo

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?").fullmatch
_YEARS = range(1970, 2201)


def read_number(text: str) -> float:
    """A decimal number as files write it: no thousands separators, no underscores, no words.

    Raises:
        ValueError: saying what is wrong with it and what to do.
    """
    written = text.strip()
    if _NUMBER(written) is None:
        raise ValueError(_no_number(written))
    return finite(float(written))


def finite(value: float) -> float:
    """`value`.

    Raises:
        ValueError: it is NaN or infinite.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number; mend the cell, or leave the row out")
    return value


def read_time(text: str, zone: ZoneInfo) -> datetime:
    """An ISO 8601 time, aware if it has an offset. A date alone is the start of its day in `zone`.

    Raises:
        ValueError: saying what is wrong with it and what to do.
    """
    written = text.strip()
    # fromisoformat also reads 20210101 and 2021-W01-1, which are more likely something else.
    if written[4:8:3] != "--" or written[10:11] not in ("T", " ", ""):
        raise ValueError(_no_time(written))
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(_no_time(written)) from None
    if len(written) == len("2021-01-01"):
        read = start_of_day(read, zone)
    return usable(read)


def start_of_day(day: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of a day, also where clocks go forward or back over midnight."""
    return day.replace(tzinfo=zone, fold=0)


def usable(at: datetime) -> datetime:
    """`at`.

    Raises:
        ValueError: it has a fraction of a second, or lies in another age.
    """
    if at.microsecond:
        raise ValueError(f"{at} has a fraction of a second; write whole seconds")
    if at.year not in _YEARS:
        raise ValueError(f"{at} is outside of {_YEARS[0]} to {_YEARS[-1]}; mend the time")
    return at


def _no_number(written: str) -> str:
    if not written:
        return "is empty; write the number, or leave the row out and set gaps to a policy"
    return f"{written!r} is not a number; write it like -12.5, or leave the row out"


def _no_time(written: str) -> str:
    if not written:
        return "is empty; write the time, or leave the row out"
    return f"{written!r} is not a time; write it like 2023-09-06T17:00:00Z"
