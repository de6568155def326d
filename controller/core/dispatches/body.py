"""A dispatch as its sender writes it: shape and ranges, before any program is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from controller.model.base import Model
from controller.model.grid import ProgramLevel, ReduceByPercent, Target

MOST_KW = 10_000_000
"""Ten gigawatts: more is a slip of units, not a site."""
MOST_DECIMALS = 18

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
_Version = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
_Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class Code(StrEnum):
    """Why a dispatch is refused, for a sender's program to read."""

    MALFORMED = "malformed"
    UNKNOWN_PROGRAM = "unknown_program"
    UNAUTHORISED = "unauthorised"
    NOT_ALLOWED = "not_allowed"
    UNKNOWN_REFERENCE = "unknown_reference"
    OVER = "over"
    TOO_LONG = "too_long"
    STALE_VERSION = "stale_version"
    CONTRADICTORY = "contradictory"
    NOT_COMMITTED = "not_committed"


class RefusalError(Exception):
    """A rule that a dispatch breaks. The message names the field and what to do."""

    def __init__(self, code: Code, problem: str) -> None:
        super().__init__(problem)
        self.code = code


class Body(Model, frozen=True, kw_only=True):
    """One version of a dispatch, whole: a cancel repeats the fields too."""

    id: _Id
    version: _Version
    program: str
    issued_at: _Aware
    target: Target
    start: _Aware | None = None
    """None: from `issued_at`."""
    end: _Aware | None = None
    cancelled: bool = False


class Asked(Model, frozen=True, kw_only=True):
    """What a body asks for. Two bodies are the same dispatch when these are equal."""

    id: str
    version: int
    program: str
    issued_at: datetime
    start: datetime
    end: datetime | None
    target: Target
    cancelled: bool


def read(body: Mapping[str, Any]) -> Asked:
    """What `body` asks for, in UTC.

    Raises:
        RefusalError: it is malformed.
    """
    sent = _converted(body)
    if not sent.id.isprintable():
        raise _malformed("`id` holds a character that cannot be printed; use printable ones")
    _check_target(sent.target)
    issued_at = _utc("issued_at", sent.issued_at)
    asked = Asked(
        id=sent.id,
        version=sent.version,
        program=sent.program,
        issued_at=issued_at,
        start=issued_at if sent.start is None else _utc("start", sent.start),
        end=None if sent.end is None else _utc("end", sent.end),
        target=sent.target,
        cancelled=sent.cancelled,
    )
    if asked.end is not None and asked.end <= asked.start:
        raise _malformed("`end` is not after `start`; send a later end, or leave it out")
    return asked


def names(known: Collection[str]) -> str:
    """For a message: what there is to choose from."""
    return ", ".join(sorted(known)) or "none"


def _converted(body: Mapping[str, Any]) -> Body:
    try:
        # What cannot be written as JSON cannot be kept in the ledger either.
        msgspec.json.encode(body)
        return msgspec.convert(body, Body)
    except msgspec.ValidationError as error:
        raise _malformed(f"{_printable(error)}; docs/dispatches.md lists the fields") from error
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise _malformed(f"the body cannot be kept as JSON: {_printable(error)}") from error


def _check_target(target: Target) -> None:
    if isinstance(target, ProgramLevel):
        return  # the program knows which levels there are
    if isinstance(target, ReduceByPercent):
        _check_range("target.percent", target.percent, 100)
    else:
        _check_range("target.kw", target.kw, MOST_KW)


def _check_range(field: str, value: Decimal, most: int) -> None:
    if not value.is_finite() or not 0 <= value <= most:
        raise _malformed(f"`{field}` is {value:.9g}; send a finite number from 0 to {most}")
    exponent = value.as_tuple().exponent
    # A number like 1E-999999999 is small to send and fills the memory once written out.
    if not isinstance(exponent, int) or abs(exponent) > MOST_DECIMALS:
        raise _malformed(f"`{field}` is written too long; send at most {MOST_DECIMALS} decimals")


def _utc(field: str, at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise _malformed(f"`{field}` is outside of the years 1 to 9999 in UTC") from error


def _malformed(problem: str) -> RefusalError:
    return RefusalError(Code.MALFORMED, problem)


def _printable(error: Exception) -> str:
    return str(error)[:300].encode("unicode_escape").decode()
