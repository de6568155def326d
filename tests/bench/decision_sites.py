"""Large sites for the benchmark of the decision, and what obedient miners make of its commands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import Cohort, Curve, Level, MinerSeen, Motion, Outcome, Stage, Standing
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group, Pacing, Site

NOW = datetime(2023, 9, 6, 17, 35, tzinfo=UTC)
CURVE = Curve(
    levels=(
        Level(name="off", power_w=25, hashrate_ths=Decimal(0)),
        Level(name="415MHz", power_w=1785, hashrate_ths=Decimal("85.7")),
        Level(name="default", power_w=2794, hashrate_ths=Decimal("121.8")),
    )
)
RUNGS = 24
LATER = timedelta(seconds=2)


def curve_like(number: int) -> Curve:
    """25 levels, each step worth less than the one before; no two numbers give the same curve."""
    start_w, step_w, start_ths = 1000 + 7 * (number % 23), 88 + number % 5, 60 + number % 11
    found = [Level(name="off", power_w=20 + number % 9, hashrate_ths=Decimal(0))]
    for k in range(RUNGS):
        gained = Decimal("5.1") * k - Decimal("0.05") * k * k + Decimal(number) / 1000 * k
        power_w, hashrate = start_w + step_w * k, Decimal(start_ths) + gained
        found.append(Level(name=f"level-{k}", power_w=power_w, hashrate_ths=hashrate))
    return Curve(levels=tuple(found))


def site_of(groups: int, miners: int, curves: Mapping[str, Curve] | None = None) -> Snapshot:
    """A site whose miners are all at rest on the top level, with room for all of them."""
    curves = curves or {"s19k": CURVE}
    keys, each = sorted(curves), miners // groups
    names = [f"hall-{number:03}" for number in range(groups)]
    own = {name: keys[number % len(keys)] for number, name in enumerate(names)}
    top_w = {name: each * curves[own[name]].top.power_w for name in names}
    return Snapshot(
        now=NOW,
        site=Site(
            id="bench",
            currency="USD",
            zone="UTC",
            import_limit_w=2 * sum(top_w.values()),
            groups={name: Group(limit_w=2 * top_w[name]) for name in names},
            economics=Economics(pool_fee=Decimal("0.02")),
            pacing=Pacing(restore_w_per_minute=1_000_000_000),
        ),
        price_per_mwh=Fresh(value=Decimal(30), at=NOW),
        hashprice_per_ph_day=Fresh(value=Decimal("56.67"), at=NOW),
        meters_w={SITE: Fresh(value=sum(top_w.values()), at=NOW)},
        curves=curves,
        cohorts={
            name: Cohort(
                group=name,
                curve=own[name],
                level=curves[own[name]].top.name,
                standing=Standing.PRESENT,
                members=tuple(f"{name}-{number:05}" for number in range(each)),
                power_w=top_w[name],
            )
            for name in names
        },
        fleet_known=True,
    )


def limited(seen: Snapshot, share: Decimal) -> Snapshot:
    """With an import limit of this share of what the miners draw at their top."""
    top_w = sum(seen.curves[c.curve].top.power_w * len(c.members) for c in seen.cohorts.values())
    return replace(seen, site=replace(seen.site, import_limit_w=int(top_w * share)))


def squeezed(seen: Snapshot, fewer: int) -> Snapshot:
    """With feeders that so many miners of each group have to come down a level for."""
    groups = {}
    for one in seen.cohorts.values():
        high, low = seen.curves[one.curve].levels[-1:-3:-1]
        room_w = one.power_w - fewer * (high.power_w - low.power_w)
        limit_w = int(room_w / (1 - seen.site.headroom)) + 1
        groups[one.group] = replace(seen.site.groups[one.group], limit_w=limit_w)
    return replace(seen, site=replace(seen.site, groups=groups))


def everybody(seen: Snapshot) -> dict[str, MinerSeen]:
    """Every miner by itself, at the nominal power of its level."""
    found = dict(seen.moving)
    for one in seen.cohorts.values():
        power_w = seen.curves[one.curve].level(one.level).power_w
        shown = MinerSeen(
            group=one.group, curve=one.curve, level=one.level, power_w=power_w, at=seen.now
        )
        found |= dict.fromkeys(one.members, shown)
    return found


def told(seen: Snapshot, motions: Mapping[str, Motion]) -> Snapshot:
    """A moment later: the commands have been sent, their miners are seen as they were."""
    return _with(seen, everybody(seen), motions)


def obeyed(seen: Snapshot, motions: Mapping[str, Motion]) -> Snapshot:
    """A moment later: they all show what they were told."""
    known = everybody(seen)
    for name, motion in motions.items():
        level = seen.curves[motion.curve].level(motion.command.level)
        known[name] = replace(known[name], level=level.name, power_w=level.power_w)
    return _with(seen, known, motions)


def _with(
    seen: Snapshot, known: Mapping[str, MinerSeen], motions: Mapping[str, Motion]
) -> Snapshot:
    now = seen.now + LATER
    moving = {name: replace(known[name], at=now) for name in motions}
    sent = {
        one.command.id: Outcome(command=one.command.id, miner=name, stage=Stage.SENT, at=now)
        for name, one in motions.items()
        if one.stage is Stage.INTENDED
    }
    return replace(
        seen,
        now=now,
        cohorts=cohorts({name: one for name, one in known.items() if name not in motions}),
        moving=moving,
        outcomes=sent,
        meters_w={SITE: Fresh(value=sum(one.power_w for one in known.values()), at=now)},
    )


def settled(seen: Snapshot) -> tuple[Snapshot, State]:
    """The site with miners that obey, once nothing moves any more."""
    state = State()
    for _ in range(100):
        plan, state, _ = decide(seen, state)
        if not plan.commands and not state.motions:
            return told(seen, {}), state
        seen = obeyed(seen, state.motions)
        seen = replace(seen, now=seen.now + timedelta(minutes=15))
    raise RuntimeError("the site does not come to rest")
