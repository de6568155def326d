"""Sites of equal miners that are told to stop or to start, for tests of the pace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from controller.core.decide import decide
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, MinerSeen
from controller.model.grid import SITE, Dispatch, ReduceTo
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group, Pacing, Site
from tests.core.cases.sites import CURVES, NOW

FULL_W, OFF_W = 2_794, 25
EACH_W = FULL_W - OFF_W
DEAR, CHEAP = Decimal(5_000), Decimal(1)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def dispatch(limit_w: int) -> Dispatch:
    return Dispatch(
        id="ers-1",
        version=1,
        program="p",
        authority="grid",
        issued_at=NOW,
        received_at=NOW,
        start=NOW,
        target=ReduceTo(kw=Decimal(limit_w) / 1000),
        limit_w=limit_w,
    )


def miner(group: str, level: str, *, locked: bool = False, curve: str = "plain") -> MinerSeen:
    power_w = CURVES[curve].level(level).power_w
    return MinerSeen(group=group, curve=curve, level=level, power_w=power_w, at=NOW, locked=locked)


def hall(group: str, count: int, level: str, **more: Any) -> dict[str, MinerSeen]:
    return {f"{group}{number}": miner(group, level, **more) for number in range(count)}


def looked(
    miners: Mapping[str, MinerSeen],
    pacing: Pacing,
    *,
    price: Decimal = CHEAP,
    limit_w: int = 1_000_000,
    groups: Mapping[str, Group] | None = None,
    breakers: Mapping[str, Breaker] | None = None,
    now: datetime = NOW,
    **more: Any,
) -> Snapshot:
    site = Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=limit_w,
        groups=groups or {"a": Group(), "b": Group()},
        breakers=breakers or {},
        pacing=pacing,
        headroom=Decimal(0),
        settle_s=300,
    )
    return Snapshot(
        now=now,
        site=site,
        price_per_mwh=Fresh(value=price, at=now),
        hashprice_per_ph_day=Fresh(value=Decimal("56.67"), at=now),
        meters_w={SITE: Fresh(value=sum(one.power_w for one in miners.values()), at=now)},
        curves=CURVES,
        cohorts=cohorts(miners),
        fleet_known=True,
        **more,
    )


def told(seen: Snapshot, state: State | None = None) -> tuple[Plan, State, float]:
    """The decision, with the seconds until the next."""
    plan, after, next_at = decide(seen, state or State())
    return plan, after, (next_at - seen.now).total_seconds()


def names(plan: Plan) -> list[str]:
    """Miners in the order in which they are told."""
    return [command.miner for command in plan.commands]


def off(plan: Plan) -> list[str]:
    return [command.miner for command in plan.commands if command.level == OFF]
