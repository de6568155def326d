"""Miners at rest gathered into cohorts: alike in group, curve, level, standing, ceiling and
firmware."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from controller.model.fleet import Cohort, EvidenceGrade, MinerSeen, Standing


def standing(miner: MinerSeen) -> Standing:
    """Whether a miner can be told anything."""
    if not miner.reachable:
        return Standing.UNREACHABLE
    return Standing.LOCKED if miner.locked else Standing.PRESENT


def cohorts(miners: Mapping[str, MinerSeen], prefix: str = "") -> dict[str, Cohort]:
    """The cohorts of these miners, by `group/curve/level/standing`, and ceiling and firmware if
    any."""
    found: dict[str, list[str]] = {}
    for name, miner in sorted(miners.items()):
        key = f"{prefix}{miner.group}/{miner.curve}/{miner.level}/{standing(miner)}"
        if miner.ceiling:
            key += f"/at most {miner.ceiling}"
        if miner.firmware:
            key += f"/{miner.firmware}"
        found.setdefault(key, []).append(name)
    return {
        key: _cohort([miners[name] for name in names], tuple(names)) for key, names in found.items()
    }


def without(
    cohorts: Mapping[str, Cohort], names: Collection[str]
) -> tuple[dict[str, Cohort], dict[str, MinerSeen]]:
    """The cohorts without these miners, and these by name; of their cohort's power, the mean."""
    left, apart = dict[str, Cohort](), dict[str, MinerSeen]()
    for key, cohort in cohorts.items():
        taken = [name for name in cohort.members if name in names]
        mean_w = -(-cohort.power_w // len(cohort.members))
        apart |= dict.fromkeys(taken, _member(cohort, mean_w))
        if members := tuple(name for name in cohort.members if name not in names):
            power_w = max(0, cohort.power_w - len(taken) * mean_w)
            left[key] = replace(cohort, members=members, power_w=power_w)
    return left, apart


def _member(cohort: Cohort, power_w: int) -> MinerSeen:
    return MinerSeen(
        group=cohort.group,
        curve=cohort.curve,
        level=cohort.level,
        power_w=power_w,
        reachable=cohort.standing is not Standing.UNREACHABLE,
        locked=cohort.standing is Standing.LOCKED,
        grade=cohort.grade,
        ceiling=cohort.ceiling,
        firmware=cohort.firmware,
    )


def _cohort(miners: list[MinerSeen], names: tuple[str, ...]) -> Cohort:
    first = miners[0]
    return Cohort(
        group=first.group,
        curve=first.curve,
        level=first.level,
        standing=standing(first),
        members=names,
        power_w=sum(miner.power_w for miner in miners),
        grade=max((miner.grade for miner in miners), key=BADNESS.__getitem__),
        ceiling=first.ceiling,
        firmware=first.firmware,
    )


BADNESS = {grade: place for place, grade in enumerate(EvidenceGrade)}
"""By grade of evidence, the best 0."""
