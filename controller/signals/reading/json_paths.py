"""Where a value stands in a JSON document: `data.prices.0`."""

from __future__ import annotations

import re
from typing import Any

ROOT = "$"
_DOT = re.compile(r"(?<!\\)\.")
_SHOWN = 8


def parse_path(text: str) -> tuple[str, ...]:
    r"""The keys of a dotted path; `\.` is a dot inside a key, a number counts in a list from 0.

    Raises:
        ValueError: a key is empty.
    """
    keys = tuple(key.replace(r"\.", ".") for key in _DOT.split(text))
    if not all(keys):
        raise ValueError("has an empty key; write it like data.prices.0")
    return keys


def find(path: str, start: Any, document: Any) -> Any:
    """The value at `path` from `start`, or from the whole document where the path begins with `$`.

    Raises:
        ValueError: there is none; saying which key is not there, and which are.
    """
    keys = parse_path(path)
    value = start
    if keys[0] == ROOT:
        keys, value = keys[1:], document
    for key in keys:
        value = _below(value, key, path)
    return value


def _below(value: Any, key: str, path: str) -> Any:
    if isinstance(value, dict):
        if key in value:
            return value[key]
        there = ", ".join(str(name)[:40] for name in list(value)[:_SHOWN]) or "nothing"
        raise ValueError(f"path {path}: there is no {key!r}; there is {there}")
    if isinstance(value, list):
        if re.fullmatch(r"[0-9]{1,9}", key) and int(key) < len(value):
            return value[int(key)]
        raise ValueError(f"path {path}: no place {key!r} in a list of {len(value)}")
    raise ValueError(f"path {path}: nothing stands below {key!r}: there is a plain value before it")
