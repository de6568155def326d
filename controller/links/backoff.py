"""How long to wait before the next try."""

from __future__ import annotations

from hashlib import blake2b


def backoff_s(key: str, attempt: int, *, first_s: float = 1.0, most_s: float = 30.0) -> float:
    """Seconds before try `attempt` (1 is the first after a failure): doubling, up to `most_s`.

    Spread over the upper half by a hash of `key`, so that many clients of a place that comes
    back do not return in step, and a run can be repeated.
    """
    whole_s = min(most_s, first_s * 2.0 ** min(attempt - 1, 32))
    return whole_s * (0.5 + fraction(f"{key}/{attempt}") / 2)


def fraction(key: str) -> float:
    """A number from 0 to below 1 that looks random and is always the same for `key`."""
    digest = blake2b(key.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32
