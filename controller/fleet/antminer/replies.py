"""What the CGI answers, and what of it has to be there. Nothing is believed that does not fit.

Shapes: `get_system_info` as recorded from an Antminer S21; `summary` and `pools` as the web page of
firmware from 2020 on is given them, or under cgminer's names as recorded from an S19 Pro.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from controller.fleet.faults import FaultKind, MinerError

T = TypeVar("T")

Name = Annotated[str, Meta(pattern=r"^[^\x00-\x1f]{1,100}$")]
Rate = Annotated[float, Meta(ge=0, le=1e13)]
Shares = Annotated[int, Meta(ge=0)]
Difficulty = Annotated[float, Meta(ge=0, le=1e18)]

_IN_THS = {"T": Decimal(1), "G": Decimal("1e-3"), "M": Decimal("1e-6"), "K": Decimal("1e-9")}


class SystemInfo(Struct):
    minertype: Name
    macaddr: Name
    system_filesystem_version: Name


class SummaryRow(Struct):
    rate_5s: Rate | None = None
    ghs_5s: Rate | None = msgspec.field(name="GHS 5s", default=None)
    rate_ideal: Rate | None = None
    rate_unit: Annotated[str, Meta(pattern="^[TGMKtgmk]")] = "GH/s"

    def ths(self, rate: float) -> Decimal:
        return round(Decimal(str(rate)) * _IN_THS[self.rate_unit[0].upper()], 3)


class Summary(Struct):
    SUMMARY: Annotated[list[SummaryRow], Meta(max_length=1)]
    """Empty on some firmware while nothing hashes."""

    def hashrate_ths(self) -> Decimal | None:
        """Over the last five seconds; None where it does not say."""
        if not self.SUMMARY:
            return Decimal(0)
        row = self.SUMMARY[0]
        rate = row.ghs_5s if row.rate_5s is None else row.rate_5s
        return None if rate is None else row.ths(rate)

    def ideal_ths(self) -> Decimal:
        """What it should reach, to the whole TH/s, so that equal miners have equal curves; zero
        where it does not say."""
        row = self.SUMMARY[0] if self.SUMMARY else SummaryRow()
        return row.ths(row.rate_ideal or 0).quantize(Decimal(1))


class PoolCount(Struct):
    accepted: Shares | None = None
    capital: Shares | None = msgspec.field(name="Accepted", default=None)
    diffa: Difficulty | None = None
    difficulty: Difficulty | None = msgspec.field(name="Difficulty Accepted", default=None)


class PoolCounts(Struct):
    POOLS: Annotated[list[PoolCount], Meta(max_length=100)]

    def accepted(self) -> int | None:
        counts = [p.capital if p.accepted is None else p.accepted for p in self.POOLS]
        said = [count for count in counts if count is not None]
        return sum(said) if said else None

    def accepted_difficulty(self) -> int | None:
        """What the difficulties of accepted shares add up to."""
        counts = [p.difficulty if p.diffa is None else p.diffa for p in self.POOLS]
        said = [count for count in counts if count is not None]
        return int(sum(said)) if said else None


class Written(Struct):
    """The answer to a write. `M000` is the only good one, and proves nothing."""

    code: str
    msg: str = ""


def shaped(miner: str, what: str, received: bytes, kind: type[T]) -> T:
    """A reply as what it has to be.

    Raises:
        MinerError: it is no JSON, or something is missing, of another type or beyond its range.
    """
    try:
        # Some firmware puts its numbers into quotes.
        return msgspec.json.decode(received, type=kind, strict=False)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise garbage(miner, f"its {what}", error) from None


def garbage(miner: str, what: str, why: object) -> MinerError:
    return MinerError(FaultKind.GARBAGE, f"{miner}: {what} cannot be used: {str(why)[:300]}")
