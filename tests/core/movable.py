"""A site whose power could be moved: what runs there, what could, and what was learned of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from controller.core.deliverable.within import deliverable
from controller.core.obedience.motions import Orders
from controller.core.situation import Situation, assess
from controller.model.fleet import (
    OFF,
    Cohort,
    Command,
    MinerSeen,
    Motion,
    Stage,
    Standing,
)
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.remembered import Learned
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

FULL_W, OFF_W = 2_794, 25
STEP_W = FULL_W - OFF_W
KIND = "a/plain"
FAST = Learned(stops=(0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0), starts=(0, 0, 0, 0, 0, 40, 0, 0, 0, 0, 0))
"""40 stops within 8 s and 40 starts within 32 s: the lower bound of 40 of 40 is 0.912."""
SLOW = Learned(stops=(0, 0, 0, 20, 0, 0, 20, 0, 0, 0, 0))
"""Half of them within 8 s, the rest within 64 s: of 20 of 40 the lower bound is 0.352."""
PLENTY = Pacing(stop_within_s=30, start_within_s=300, restore_w_per_minute=10_000_000)


def site(pacing: Pacing = PLENTY, **how: Any) -> Site:
    return Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=how.pop("import_limit_w", 1_000_000),
        groups={"a": how.pop("group", Group()), **how.pop("others", {})},
        headroom=Decimal(0),
        pacing=pacing,
        **how,
    )


def cohort(
    name: str, level: str, count: int, standing: Standing = Standing.PRESENT, **how: Any
) -> Cohort:
    kind = how.get("curve", "plain")
    declared: dict[str, Any] = {
        "group": "a",
        "curve": kind,
        "level": level,
        "standing": standing,
        "members": tuple(f"{name}-{n}" for n in range(count)),
        "power_w": count * CURVES[kind].level(level).power_w,
        **how,
    }
    return Cohort(**declared)


def seen(*cohorts: Cohort, where: Site | None = None, **more: Any) -> Snapshot:
    total_w = sum(one.power_w for one in cohorts)
    return Snapshot(
        now=NOW,
        site=where or site(),
        price_per_mwh=Fresh(value=Decimal(30), at=NOW),
        hashprice_per_ph_day=Fresh(value=Decimal(60), at=NOW),
        meters_w=more.pop("meters_w", {SITE: Fresh(value=total_w, at=NOW)}),
        curves=CURVES,
        cohorts={one.members[0]: one for one in cohorts},
        fleet_known=True,
        **more,
    )


def situation(
    snapshot: Snapshot, learned: Learned | None = FAST, state: State | None = None
) -> Situation:
    state = state or State()
    known = {} if learned is None else {KIND: learned}
    return assess(snapshot, replace(state, learned={**state.learned, **known}), Orders(1))


def sheds(now: Situation) -> list[tuple[int, str]]:
    return [(one.shed_w, str(one.shed_confidence)) for one in deliverable(now)]


def adds(now: Situation) -> list[tuple[int, str]]:
    return [(one.add_w, str(one.add_confidence)) for one in deliverable(now)]


def motion(
    stage: Stage, level: str, from_level: str, rest_s: int | None = None, curve: str = "plain"
) -> Motion:
    return Motion(
        command=Command(id="c", miner="m", level=level, reason=Reason.DISPATCH, at=NOW),
        stage=stage,
        group="a",
        curve=curve,
        from_level=from_level,
        proven_w=CURVES[curve].level(level if stage is Stage.CONFIRMED else from_level).power_w,
        deadline=NOW + timedelta(seconds=30),
        rest_until=None if rest_s is None else NOW + timedelta(seconds=rest_s),
    )


def with_one(
    one: Motion,
    level: str,
    *cohorts: Cohort,
    learned: Learned | None = FAST,
    power_w: int | None = None,
    ceiling: str = "",
) -> Situation:
    """A miner in motion that says this level, beside others."""
    drawn_w = CURVES[one.curve].level(level).power_w if power_w is None else power_w
    miner = MinerSeen(
        group="a", curve=one.curve, level=level, power_w=drawn_w, at=NOW, ceiling=ceiling
    )
    snapshot = seen(*cohorts, moving={"m": miner})
    meter = Fresh(value=sum(c.power_w for c in cohorts) + drawn_w, at=NOW)
    snapshot = replace(snapshot, meters_w={SITE: meter})
    return situation(snapshot, learned, State(motions={"m": one}))


ON, IDLE = cohort("on", "default", 10), cohort("off", OFF, 10)
