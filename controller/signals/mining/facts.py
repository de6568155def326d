"""What was read of the network, and the hashprice that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from controller.core.economics.network import hashprice_per_ph_day, subsidy
from controller.signals.reading.json_paths import find

OLDEST = timedelta(hours=6)
"""Blocks come every 10 minutes on average: 6 hours without one have a chance of e^-36. Their stamps
may lie up to 2 hours ahead."""
_SMALLEST, _LARGEST = Decimal("1e-12"), Decimal("1e24")
_LAST_SECOND = 2**33
"""In the year 2242: a later one is as wrong."""


@dataclass(frozen=True)
class Blocks:
    """The last blocks of the chain."""

    first: int
    last: int
    fees_sat: int
    """All of their fees."""

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    def reward_sat(self, *, with_fees: bool) -> Decimal:
        """Of the next block, with the mean of these blocks' fees: what a pool that pays fees pays
        out, absurd ones included."""
        fees = Decimal(self.fees_sat) / self.count if with_fees else Decimal(0)
        return subsidy(self.last + 1) + fees


def hashprice(
    difficulty: Decimal, blocks: Blocks, price_per_bitcoin: Decimal, *, with_fees: bool
) -> Decimal:
    """Currency per PH/s and day, before a pool's fee."""
    reward_sat = blocks.reward_sat(with_fees=with_fees)
    return hashprice_per_ph_day(difficulty, reward_sat, price_per_bitcoin)


def number_at(path: str, document: Any) -> Decimal:
    """A number above 0, also where it is written as text.

    Raises:
        ValueError: there is none.
    """
    written = find(path, document, document)
    try:
        value = Decimal(written) if isinstance(written, str) and len(written) <= 40 else Decimal(0)
    except DecimalException:
        value = Decimal(0)
    if not value.is_finite() or not _SMALLEST < value < _LARGEST:
        raise ValueError(f"path {path}: {str(written)[:40]!r} is no number above 0")
    return value


def time_at(path: str, document: Any) -> datetime:
    """A time in whole seconds since 1970.

    Raises:
        ValueError: it is none.
    """
    return datetime.fromtimestamp(min(whole_at(path, document), _LAST_SECOND), UTC)


def refuse_old(what: str, at: datetime, now: datetime) -> None:
    """
    Raises:
        ValueError: it is so old, or so far ahead, that source or clock must be wrong.
    """
    if abs(now - at) > OLDEST:
        raise ValueError(f"{what} is of {at:%Y-%m-%dT%H:%MZ}: it stands still, or a clock is wrong")


def whole_at(path: str, document: Any) -> int:
    """A whole number, 0 included: heights and satoshi are never written with a point.

    Raises:
        ValueError: it is none.
    """
    written = find(path, document, document)
    if not (isinstance(written, str) and written.isascii() and written.isdigit()):
        raise ValueError(f"path {path}: {str(written)[:40]!r} is no whole number")
    if len(written) > 20:
        raise ValueError(f"path {path}: has {len(written)} digits")
    return int(written)
