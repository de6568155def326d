"""Prices of many places in one document, and the one that a site pays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

Row = tuple[str, ...]
_SHOWN = 8


def chosen(rows: Iterable[Row], node: str) -> Sequence[Row]:
    """Those whose first value is the node, in their order. The others are not kept: a day of all
    nodes has some hundred thousand.

    Raises:
        ValueError: there is no such place; naming some that there are.
    """
    others: set[str] = set()
    found = []
    for row in rows:
        if row[0] == node:
            found.append(row)
        else:
            others.add(row[0])
    if found:
        return found
    near = get_close_matches(node, others, n=_SHOWN, cutoff=0.5) or sorted(others)[:_SHOWN]
    there = ", ".join(name[:40] for name in near) or "nothing"
    raise ValueError(f"has no price of {node}; it has {there}")
