"""JSON bodies, read more strictly than the standard library does."""

from __future__ import annotations

import json
from typing import Any

import msgspec


class MalformedBodyError(ValueError):
    """The body is not one JSON object that can be read in one way only."""


def parse_object(raw: bytes) -> dict[str, Any]:
    """The object in `raw`.

    Raises:
        MalformedBodyError: not UTF-8, not JSON, NaN, a number out of range, half a surrogate
            pair, too deep, a key given twice, or not an object.
    """
    try:
        value = msgspec.json.decode(raw)
        json.loads(raw, object_pairs_hook=_each_key_once)
    except MalformedBodyError:
        raise
    except RecursionError as error:
        raise MalformedBodyError("the body is nested too deeply") from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise MalformedBodyError(f"the body is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise MalformedBodyError("the body must be a JSON object")
    return value


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise MalformedBodyError(f"given twice: {', '.join(twice)}")
    return plain
