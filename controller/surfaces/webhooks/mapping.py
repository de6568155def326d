"""From an aggregator's own body to a dispatch, by declared paths."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from controller.surfaces.webhooks.settings import MappedSettings

_FIRST, _LAST = 0, 99_999_999_999
"""Unix seconds, to the year 5138."""


class MappingError(ValueError):
    """The message names the path and what is wrong with it."""


def dispatch_of(sent: Mapping[str, Any], settings: MappedSettings) -> dict[str, Any]:
    """The body of a dispatch, as the inbox takes it.

    Raises:
        MappingError: a path leads nowhere, or to something of the wrong kind.
    """
    issued_at = _time(settings.issued_at, sent, settings)
    start = issued_at if settings.start is None else _time(settings.start, sent, settings)
    return {
        "id": str(_at(settings.id, sent)),
        "version": _at(settings.version, sent),
        "program": settings.program,
        "issued_at": issued_at,
        "start": start,
        "end": None if settings.end is None else _time(settings.end, sent, settings),
        "target": _target(sent, settings),
        **({"cancelled": True} if _is_cancelled(sent, settings) else {}),
    }


def _target(sent: Mapping[str, Any], settings: MappedSettings) -> dict[str, Any]:
    target = {"kind": settings.kind, "kw": _at(settings.kw, sent)}
    return target if settings.reference is None else {**target, "reference": settings.reference}


def _is_cancelled(sent: Mapping[str, Any], settings: MappedSettings) -> bool:
    return settings.state is not None and str(_at(settings.state, sent)) in settings.cancelled


def _time(path: str, sent: Mapping[str, Any], settings: MappedSettings) -> Any:
    """Text goes on as it is: the inbox judges it."""
    value = _at(path, sent)
    if settings.time_format == "iso8601":
        return value
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not _FIRST < value < _LAST:
        raise MappingError(f"`{path}` is no whole number of seconds since 1970")
    return datetime.fromtimestamp(value, UTC).isoformat()


def _at(path: str, sent: Mapping[str, Any]) -> Any:
    value: Any = sent
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            raise MappingError(f"`{path}` leads nowhere: there is no {key[:60]!r}")
        value = value[key]
    return value
