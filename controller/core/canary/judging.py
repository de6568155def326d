"""What is seen of canaries: whether they went, and came back as they were."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from controller.core.canary.proven import proven
from controller.core.canary.returned import lost, overdue, returns_to, spoilt
from controller.core.economics.income import in_doubt
from controller.model.fleet import CONFIRMED, FAILED, INFERRED, MinerSeen, Motion
from controller.model.remembered import Canary, CanaryStage
from controller.model.seen import Snapshot, State

MOST_TRIED = 3
"""So many canaries in a row may be of no use before their firmware is barred: a dead miner says
nothing of its kind, several of them do."""


class _Look(NamedTuple):
    """A canary, and what is seen of its miner."""

    seen: Snapshot
    canary: Canary
    miner: MinerSeen
    motion: Motion | None
    workless: bool
    """Whether nobody may have work in its group: no share is accepted there."""

    @property
    def is_news(self) -> bool:
        """Whether it was read since it was last told something."""
        told_at, at = self.canary.told_at, self.miner.at
        return self.miner.reachable and at is not None and (told_at is None or at > told_at)

    @property
    def arrived(self) -> bool:
        """Whether it is where it was told to be: by its power, or by its own word where no watts of
        its own could show it."""
        if self.motion is None or self.motion.stage is CONFIRMED:
            return True
        says_so = self.miner.level == self.motion.command.level
        return self.miner.grade is INFERRED and says_so


def judged(seen: Snapshot, state: State, motions: Mapping[str, Motion]) -> State:
    """The state with every canary taken one look further. Before every miner has been heard nobody
    is judged."""
    if not (state.canaries or state.waivers) or not seen.fleet_known:
        return state
    known = proven(seen.site, state)
    workless = {*state.unpaid, *in_doubt(seen, state)}
    canaries: dict[str, Canary] = {}
    come_back = set(state.proven_firmware)
    for firmware, canary in state.canaries.items():
        after = None if firmware in known else _judged(seen, firmware, canary, motions, workless)
        if after is not None:
            canaries[firmware] = after
        elif firmware not in known:
            come_back.add(firmware)
    known |= come_back
    return replace(
        state,
        canaries=canaries,
        proven_firmware=tuple(sorted(come_back)),
        waivers={name: one for name, one in state.waivers.items() if name not in known},
    )


def _judged(
    seen: Snapshot,
    firmware: str,
    canary: Canary,
    motions: Mapping[str, Motion],
    workless: Container[str],
) -> Canary | None:
    """The canary as it goes on; None once it is back as it was."""
    if canary.stage in (CanaryStage.SOUGHT, CanaryStage.BARRED):
        return canary
    miner = seen.canaries.get(canary.miner)
    if miner is None or miner.firmware != firmware or miner.locked:
        return passed_over(canary)
    look = _Look(seen, canary, miner, motions.get(canary.miner), miner.group in workless)
    if canary.stage is CanaryStage.CHOSEN:
        if not miner.reachable or look.motion is not None:
            # Its network may be down, or a limit moves it: that says nothing of its use.
            return Canary(tried=canary.tried)
        return passed_over(canary) if miner.settings == "" else canary
    return _gone(look) if canary.stage is CanaryStage.GOING else _back(look)


def passed_over(canary: Canary) -> Canary:
    """Another takes its place."""
    tried = (*canary.tried, canary.miner)
    if len(tried) < MOST_TRIED:
        return Canary(tried=tried)
    why = f"none of {', '.join(tried)} had pools and did what it was told"
    return Canary(stage=CanaryStage.BARRED, miner=canary.miner, tried=tried, why=why)


def _gone(look: _Look) -> Canary:
    canary, motion = look.canary, look.motion
    if not (look.is_news and look.arrived):
        failed = motion is not None and motion.stage is FAILED
        return passed_over(canary) if failed else canary
    if look.miner.level == canary.level:
        return passed_over(canary)
    if why := lost(canary, look.miner):
        return _barred(canary, why)
    return replace(canary, stage=CanaryStage.RETURNING, told_at=None)


def _back(look: _Look) -> Canary | None:
    canary, motion, miner = look.canary, look.motion, look.miner
    level = returns_to(canary, look.seen)
    returns = motion is not None and motion.command.level == level
    if miner.level == level and look.is_news and look.arrived:
        if why := spoilt(canary, miner, look.seen.curves.get(miner.curve)):
            if why.waits and look.workless and canary.told_at is not None:
                return replace(canary, told_at=look.seen.now)  # its time begins when work is back
            late = why.waits and not overdue(canary, miner, look.seen)
            return canary if late else _barred(canary, why.text)
        return canary if miner.settings is None else None
    if returns and motion is not None and motion.stage is FAILED and miner.reachable:
        return _barred(canary, f"it did not return to {level}")
    if not returns and look.arrived:
        return replace(canary, told_at=None)  # something else moved it: it is to return anew
    return canary


def _barred(canary: Canary, why: str) -> Canary:
    return replace(canary, stage=CanaryStage.BARRED, why=why)
