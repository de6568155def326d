"""Small sites at a loss, on which floors are tried: what of them goes on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, MinerSeen
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing, Program, Site
from tests.core.cases.sites import CURVES, NOW, curve

STANDBY_W, FULL_W = 25, 2_794
STEP_W = FULL_W - STANDBY_W
SELLER = Program(authority="grid", allowed=("reduce_to_kw",), reserve_w=10_000)
MODELS = {
    **CURVES,
    # Breaks even at 75 $/MWh, where the plain one does at about 110.
    "old": curve((OFF, 25, "0"), ("on", 3_025, "90")),
}
UNPROFITABLE = Fresh(value=Decimal(500), at=NOW)


def site(**more: Any) -> Site:
    declared: dict[str, Any] = {
        "id": "s",
        "currency": "USD",
        "zone": "UTC",
        "import_limit_w": 900_000,
        "groups": {"a": Group(), "b": Group()},
        "headroom": Decimal(0),
        "pacing": Pacing(minimum_on_s=0, minimum_off_s=0),
        **more,
    }
    return Site(**declared)


def fleet(group: str, kind: str, running: int, off: int = 0) -> dict[str, MinerSeen]:
    """So many that run at the top of their curve, and so many that are off."""
    top, levels = MODELS[kind].top, MODELS[kind].levels
    return {
        f"{group}-{kind}-{level.name}{number:02}": MinerSeen(
            group=group, curve=kind, level=level.name, power_w=level.power_w, at=NOW
        )
        for level, count in ((top, running), (levels[0], off))
        for number in range(count)
    }


def seen(declared: Site, miners: Mapping[str, MinerSeen], **more: Any) -> Snapshot:
    drawn_w = sum(one.power_w for one in miners.values())
    snapshot = Snapshot(
        now=NOW,
        site=declared,
        price_per_mwh=UNPROFITABLE,
        hashprice_per_ph_day=Fresh(value=Decimal(60), at=NOW),
        meters_w={SITE: Fresh(value=drawn_w, at=NOW)},
        curves=MODELS,
        cohorts=cohorts(miners),
        fleet_known=True,
    )
    return replace(snapshot, **more)


def plan_of(snapshot: Snapshot, state: State | None = None) -> Plan:
    return decide(snapshot, state or State())[0]


def left(plan: Plan) -> dict[str, int]:
    """By pool, how many miners the plan lets run."""
    return {
        key: sum(count for level, count in one.counts.items() if level != OFF)
        for key, one in plan.allocations.items()
    }
