"""Which miners of a group a share falls on: a keyed hash decides, the same in every run.

Keyed by name alone, so that a share of ten per cent is part of a share of twenty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from math import floor


def first_share(names: Sequence[str], share: float) -> list[str]:
    """`share` of `names`, to the nearest whole miner."""
    return shuffled(names)[: floor(share * len(names) + 0.5)]


def shuffled(names: Sequence[str], seed: str = "") -> list[str]:
    """`names` in an order that says nothing, and never changes."""
    return sorted(names, key=lambda name: _rank(f"{seed}/{name}"))


def between_0_and_1(key: str) -> float:
    """A number of `key` above 0 and at most 1."""
    return (int.from_bytes(_rank(key), "big") + 1) / 2.0**64


def _rank(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=8).digest()
