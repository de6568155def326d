"""Groups with their cohorts, and the miners in motion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from controller.model.fleet import Cohort, Motion, Stage
from controller.model.quality import Missing
from controller.model.seen import Snapshot
from controller.model.view import View
from controller.surfaces import api_parts as api
from controller.surfaces.present.explained import explanation
from controller.surfaces.present.parts import allocation, because, kw, lowest_limit, reading

SHOWN_MOTIONS = 100
"""A mass curtailment moves thousands: the totals say the rest."""

_ORDER = (Stage.FAILED, Stage.SENT, Stage.INTENDED, Stage.WITHHELD, Stage.CONFIRMED)


def power(seen: Snapshot, scope: str) -> api.Reading:
    """The meter of a scope, in kW."""
    meter = seen.meters_w.get(scope, Missing(why="no meter is configured"))
    return reading(meter, seen.now, kw)


def groups(view: View) -> list[api.GroupNow]:
    """The groups of the site, by id."""
    return [group(view, name) for name in sorted(view.seen.site.groups)]


def group(view: View, name: str) -> api.GroupNow:
    seen, plan = view.seen, view.plan
    cohorts = [one for one in seen.cohorts.values() if one.group == name]
    moving = [one for one in seen.moving.values() if one.group == name]
    allocations = [one for one in plan.allocations.values() if one.group == name]
    lowest, why = lowest_limit(plan, name), plan.explained.get(name)
    return api.GroupNow(
        id=name,
        power_kw=power(seen, name),
        reported_kw=kw(sum(one.power_w for one in cohorts) + sum(one.power_w for one in moving)),
        target_kw=kw(sum(one.power_w for one in allocations)),
        limit_kw=None if lowest is None else kw(lowest.limit_w),
        miners=sum(len(one.members) for one in cohorts) + len(moving),
        moving=len(moving),
        unpaid_since=plan.unpaid_since.get(name),
        explained=None if why is None else explanation(why, plan, seen.site),
        cooling=plan.cooling.get(name),
        contested=sum(group_of(miner, view) == name for miner in plan.contested),
        cohorts=[cohort(one) for one in sorted(cohorts, key=_by_power)],
        allocations=[allocation(one) for one in allocations],
    )


def group_of(miner: str, view: View) -> str | None:
    """The group of a miner in motion, as those are that are contested."""
    motion = view.state.motions.get(miner)
    return None if motion is None else motion.group


def _by_power(one: Cohort) -> tuple[str, str, int, str]:
    return (one.standing, one.curve, -one.power_w, one.level)


def cohort(one: Cohort) -> api.CohortNow:
    return api.CohortNow(
        curve=one.curve,
        level=one.level,
        standing=one.standing,
        miners=len(one.members),
        power_kw=kw(one.power_w),
        evidence=one.grade,
    )


def stages(all_motions: Mapping[str, Motion]) -> dict[Stage, int]:
    """Miners told something, by how far it came; every stage is there."""
    counted = Counter(one.stage for one in all_motions.values())
    return {stage: counted[stage] for stage in Stage}


def motions(view: View) -> api.Motions:
    every = view.state.motions
    by_urgency = sorted(every.items(), key=lambda item: (_ORDER.index(item[1].stage), item[0]))
    return api.Motions(
        total=len(every),
        by_stage=stages(every),
        shown=[motion(name, one) for name, one in by_urgency[:SHOWN_MOTIONS]],
    )


def motion(miner: str, one: Motion) -> api.MotionNow:
    return api.MotionNow(
        miner=miner,
        group=one.group,
        from_level=one.from_level,
        to_level=one.command.level,
        stage=one.stage,
        because=because(one.command.reason),
        attempt=one.command.attempt,
        deadline=one.deadline,
    )
