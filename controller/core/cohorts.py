"""Miners at rest gathered into cohorts: alike in group, curve, level, standing and ceiling."""

from __future__ import annotations

from collections.abc import Mapping

from controller.model.fleet import Cohort, EvidenceGrade, MinerSeen, Standing


def standing(miner: MinerSeen) -> Standing:
    """Whether a miner can be told anything."""
    if not miner.reachable:
        return Standing.UNREACHABLE
    return Standing.LOCKED if miner.locked else Standing.PRESENT


def cohorts(miners: Mapping[str, MinerSeen], prefix: str = "") -> dict[str, Cohort]:
    """The cohorts of these miners, by `group/curve/level/standing`, and the ceiling if any."""
    found: dict[str, list[str]] = {}
    for name, miner in sorted(miners.items()):
        key = f"{prefix}{miner.group}/{miner.curve}/{miner.level}/{standing(miner)}"
        if miner.ceiling:
            key += f"/at most {miner.ceiling}"
        found.setdefault(key, []).append(name)
    return {
        key: _cohort([miners[name] for name in names], tuple(names))
        for key, names in sorted(found.items())
    }


def _cohort(miners: list[MinerSeen], names: tuple[str, ...]) -> Cohort:
    first = miners[0]
    return Cohort(
        group=first.group,
        curve=first.curve,
        level=first.level,
        standing=standing(first),
        members=names,
        power_w=sum(miner.power_w for miner in miners),
        grade=max((miner.grade for miner in miners), key=_badness),
        ceiling=first.ceiling,
    )


def _badness(grade: EvidenceGrade) -> int:
    return list(EvidenceGrade).index(grade)
