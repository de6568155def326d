"""The plain payload of fleet tools, `{"target": 0 to 100, "timestamp": unix seconds}`, as a
dispatch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from controller.surfaces.mqtt.settings import PlainSettings

LAST_TIMESTAMP = 99_999_999_999
"""In the year 5138; more is counted in milliseconds."""
_KEYS = frozenset({"target", "timestamp"})


class PlainError(ValueError):
    """The message names the field and what to do. `code` is a word for programs."""

    def __init__(self, problem: str, *, code: str = "malformed") -> None:
        super().__init__(problem)
        self.code = code


def dispatch_of(sent: Mapping[str, Any], settings: PlainSettings) -> dict[str, Any]:
    """The dispatch that `sent` stands for.

    One open dispatch for the program: its id is the program's, its version, issue and start are
    the timestamp. 0 turns everything off, 100 ends it, and what lies between leaves so many per
    cent of the reference.

    Raises:
        PlainError: a field is missing, unknown, of the wrong type or out of range.
    """
    _check_keys(sent)
    target, timestamp = _target(sent["target"]), _timestamp(sent["timestamp"])
    at = datetime.fromtimestamp(timestamp, UTC).isoformat()
    body = {
        "id": dispatch_id(settings.program),
        "version": timestamp,
        "program": settings.program,
        "issued_at": at,
        "start": at,
    }
    if 0 < target < 100:
        return body | {"target": _reduction(target, settings)}
    whole = {"kind": "reduce_to_kw", "kw": 0}
    return body | {"target": whole} | ({"cancelled": True} if target == 100 else {})


def dispatch_id(program: str) -> str:
    """The id under which the plain payloads of a program are one dispatch."""
    return f"{program}/plain"


def _check_keys(sent: Mapping[str, Any]) -> None:
    for key in sorted(_KEYS - sent.keys()):
        raise PlainError(f"`{key}` is missing: send target and timestamp")
    for key in sorted(sent.keys() - _KEYS):
        raise PlainError(f"`{key[:60]!a}` is unknown: send target and timestamp only")


def _target(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PlainError("`target` must be a number from 0 (all off) to 100 (no limit)")
    if not 0 <= value <= 100:
        raise PlainError(f"`target` is {value:.9g}; send a number from 0 to 100")
    return Decimal(str(value))


def _timestamp(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PlainError("`timestamp` must be a number: Unix time in seconds")
    if value > LAST_TIMESTAMP:
        raise PlainError(
            f"`timestamp` is {value:.15g}: that is no time in seconds; are these milliseconds?"
        )
    if value < 1 or value != int(value):
        raise PlainError(f"`timestamp` is {value:.15g}; send Unix time in whole seconds")
    return int(value)


def _reduction(target: Decimal, settings: PlainSettings) -> dict[str, str]:
    if settings.reference is None:
        raise PlainError(
            "`target` must be 0 or 100: this site names no reference for per cent in between "
            "(mqtt.plain, reference)",
            code="unknown_reference",
        )
    percent = format(100 - target, "f")
    return {"kind": "reduce_by_percent", "percent": percent, "reference": settings.reference}
