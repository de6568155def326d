"""Miners at rest and in motion, obedient or not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.core.limits.ceilings import Ceilings
from controller.model.fleet import (
    CUT,
    OFF,
    Command,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Outcome,
    Stage,
)
from controller.model.grid import ManualOrder
from controller.reasons import Reason
from tests.core.cases.chances import Chances
from tests.core.cases.sites import CURVES, GROUPS

NAMES = {group: tuple(f"{group}{number}" for number in range(5)) for group in GROUPS}
KEYS = sorted(CURVES)
STAGES = (Stage.INTENDED, Stage.SENT, Stage.CONFIRMED, Stage.FAILED)


def miners(
    chances: Chances, now: datetime, *, odd: bool = True, switched: Collection[str] = ()
) -> dict[str, MinerSeen]:
    """Up to five miners of each group; where `odd`, some are locked or lost or draw otherwise, and
    in groups that are `switched` some are cut off."""
    return {
        name: cut(chances, group, now)
        if group in switched and chances.one_in(5)
        else miner(chances, group, now, odd=odd)
        for group in GROUPS
        for name in NAMES[group][: chances.below(6)]
    }


def cut(chances: Chances, group: str, now: datetime) -> MinerSeen:
    return MinerSeen(
        group=group,
        curve=chances.of(KEYS),
        level=CUT,
        power_w=0,
        at=now,
        locked=chances.one_in(6),
        grade=chances.of([EvidenceGrade.OUTLET, EvidenceGrade.INFERRED]),
    )


def miner(chances: Chances, group: str, now: datetime, *, odd: bool) -> MinerSeen:
    key = chances.of(KEYS)
    level = chances.of(CURVES[key].levels)
    if not odd:
        return MinerSeen(group=group, curve=key, level=level.name, power_w=level.power_w, at=now)
    part = chances.of([100, 100, 100, 97, 104, 40, 130])
    return MinerSeen(
        group=group,
        curve=chances.of([key, key, key, key, "strange"]),
        level=chances.of([level.name, level.name, level.name, ""]),
        power_w=level.power_w * part // 100,
        at=chances.before(now),
        reachable=not chances.one_in(5),
        locked=chances.one_in(6),
        grade=chances.of([EvidenceGrade.SELF_REPORT, *EvidenceGrade]),
    )


def capped(
    everyone: Mapping[str, MinerSeen], ordered: Iterable[ManualOrder], now: datetime
) -> dict[str, MinerSeen]:
    """The miners with the ceilings that these orders put on them."""
    ceilings = Ceilings((one for one in ordered if one.in_force(now)), CURVES)
    return {
        name: replace(miner, ceiling=ceilings.of(name, miner.group, miner.curve))
        for name, miner in everyone.items()
    }


def motion(chances: Chances, name: str, miner: MinerSeen, number: int, now: datetime) -> Motion:
    """One that this miner may be in."""
    levels = CURVES[miner.curve].levels
    stage = chances.of(STAGES)
    at = chances.before(now)
    level = chances.of([level.name for level in levels] + [CUT])
    reason = chances.of([Reason.DISPATCH, *Reason])
    command = Command(
        id=f"c{number:09d}",
        miner=name,
        level=OFF if reason is Reason.CONTESTED and level != CUT else level,
        reason=reason,
        at=at,
        attempt=chances.between(1, 3),
    )
    return Motion(
        command=command,
        stage=stage,
        group=miner.group,
        curve=miner.curve,
        from_level=chances.of(levels).name,
        proven_w=chances.of(levels).power_w,
        from_command_at=at,
        deadline=at + timedelta(seconds=chances.between(1, 300)),
        rest_until=chances.around(now) if stage in (Stage.CONFIRMED, Stage.FAILED) else None,
        late=chances.one_in(5),
        lost=chances.one_in(5),
    )


def motions(
    chances: Chances, everyone: Mapping[str, MinerSeen], now: datetime
) -> dict[str, Motion]:
    """A third of those that can be told anything move."""
    moving = [n for n, one in everyone.items() if one.curve in CURVES and chances.one_in(3)]
    return {
        name: motion(chances, name, everyone[name], number, now)
        for number, name in enumerate(sorted(moving), start=1)
    }


def outcomes(chances: Chances, moving: Mapping[str, Motion], now: datetime) -> dict[str, Outcome]:
    """What the fleet says of half of their commands."""
    stages = (Stage.SENT, Stage.FAILED, Stage.WITHHELD)
    found = [
        Outcome(command=one.command.id, miner=name, stage=chances.of(stages), at=now)
        for name, one in moving.items()
        if chances.one_in(2)
    ]
    return {outcome.command: outcome for outcome in found}
