"""A short digest of a miner's pools: what every command has to leave as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from controller.model.base import encode


def pool_digest(pools: Iterable[tuple[str, str]]) -> str:
    """Of the URL and the user of each, in their order; empty where no pool has a URL. Passwords
    are left out: the digest is recorded, and could be tried against a list of them."""
    there = [(url, user) for url, user in pools if url.strip()]
    return hashlib.sha256(encode(there)).hexdigest()[:12] if there else ""
