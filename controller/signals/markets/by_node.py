"""Prices of many places in one document, and the one that a site pays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

Row = tuple[str, ...]
_SHOWN = 8


def by_node(rows: Iterable[Row]) -> Mapping[str, Sequence[Row]]:
    """The rows by their first value, in their order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def chosen(found: Mapping[str, Sequence[Row]], node: str) -> Sequence[Row]:
    """
    Raises:
        ValueError: there is no such place; naming some that there are.
    """
    rows = found.get(node)
    if rows:
        return rows
    near = get_close_matches(node, found, n=_SHOWN, cutoff=0.5) or sorted(found)[:_SHOWN]
    there = ", ".join(name[:40] for name in near) or "nothing"
    raise ValueError(f"has no price of {node}; it has {there}")
