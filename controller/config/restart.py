"""What a running process can take over of a changed configuration, and what needs a restart."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from controller.config.compose import Settings
from controller.config.problems import ConfigurationError, Key, Place, Problem, dotted

FIXED: tuple[Key, ...] = (
    ("site", "id"),
    ("site", "currency"),
    ("interval_minutes",),
    ("state_dir",),
    ("ledger",),
    ("clock",),
    ("simulation",),
    ("http",),
)
"""The books, the history and the open port rest on these."""
FREE: frozenset[Key] = frozenset({("http", "tokens"), ("http", "operators")})
"""Within the fixed ones, what may change all the same."""


def refuse_restarts(before: Settings, after: Settings, file: str) -> None:
    """
    Raises:
        ConfigurationError: naming every key that changed and cannot while the process runs.
    """
    changed = [key for fixed in FIXED for key in _changed(before, after, fixed)]
    if changed:
        reason = "cannot change while the daemon runs: restart it, or put back what was there"
        raise ConfigurationError(
            [Problem(Place(file=file), dotted(key), reason) for key in changed]
        )


def _changed(before: Settings, after: Settings, key: Key) -> Iterator[Key]:
    old, new = _at(before, key), _at(after, key)
    if old == new or key in FREE:
        return
    if isinstance(old, BaseModel) and type(old) is type(new):
        for name in type(old).model_fields:
            yield from _changed(before, after, (*key, name))
    else:
        yield key


def _at(settings: Settings, key: Key) -> object:
    value: object = settings
    for part in key:
        value = getattr(value, str(part))
    return value
