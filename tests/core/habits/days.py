"""A site whose starts cost something, through intervals that follow one another: its miners obey at
once and rest before the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from controller.core.decide import decide
from controller.model.fleet import OFF, MinerSeen
from controller.model.plan import Allocation, Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group, Site
from tests.core.at_rest import AT_ONCE, seen_at, settle, some
from tests.core.habits.heard import COSTLY, MORNING, QUARTER, QUARTER_S

BREAK_EVEN = Decimal("103.86")
"""Of `plain` at 56.67 $/PH/day. A start of it costs 29 for a MW."""


def site(economics: Economics = COSTLY, **more: Any) -> Site:
    declared: dict[str, Any] = {
        "id": "s",
        "currency": "USD",
        "zone": "UTC",
        "import_limit_w": 100_000,
        "groups": {"a": Group(), "b": Group()},
        "headroom": Decimal(0),
        "pacing": AT_ONCE,
        "economics": economics,
        **more,
    }
    return Site(**declared)


def moved(seen: Snapshot, at: datetime, price: Decimal, *, late: bool = False) -> Snapshot:
    """The same, at an interval's begin, with another price."""
    since = at - QUARTER if late else at
    meters = {scope: replace(one, at=at) for scope, one in seen.meters_w.items()}
    return replace(
        seen,
        now=at,
        price_per_mwh=Fresh(value=price, at=since, until=at + QUARTER),
        price_interval_s=QUARTER_S,
        meters_w=meters,
    )


@dataclass(frozen=True)
class Interval:
    told: Plan
    """The first plan of it,"""
    rested: Plan
    """and the one at which everybody has obeyed."""
    seen: Snapshot
    state: State

    def of(self, pool: str) -> Allocation:
        return self.rested.allocations[pool]

    def running(self, pool: str) -> int:
        return sum(count for level, count in self.of(pool).counts.items() if level != OFF)


def lived(
    prices: Iterable[float],
    declared: Site | None = None,
    miners: Mapping[str, MinerSeen] | None = None,
    *,
    late: bool = False,
    **more: Any,
) -> list[Interval]:
    """A quarter of an hour for each price, the first at one in the morning."""
    everyone = dict(miners or some("a", "plain", 4))
    seen = replace(seen_at(Decimal(0), declared or site(), everyone), **more)
    state, found = State(), []
    for number, price in enumerate(prices):
        seen = moved(seen, MORNING + QUARTER * number, Decimal(str(price)), late=late)
        told = decide(seen, state)[0]
        settled = settle(seen, state)
        assert settled is not None, "it comes to rest"
        seen, state, rested = settled
        found.append(Interval(told, rested, seen, state))
    return found
