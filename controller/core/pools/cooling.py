"""Fans before heat: a group's fans have run, and are seen to run, before its first miner starts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.core.scopes import scopes_of
from controller.model.fleet import IDLE, Motion, Stage
from controller.model.quality import Fresh
from controller.model.remembered import CoolingState
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Site

GRACE = timedelta(minutes=1)
"""How long after their time fans may still come up, before others are given their group's room."""
RESTING = CoolingState()


@dataclass(frozen=True, slots=True)
class Fans:
    """Of a group, at one look."""

    rules: Cooling
    state: CoolingState

    @property
    def ready_at(self) -> datetime | None:
        """From when on miners may start; None: that is not known yet."""
        since = self.state.shown_since if self.rules.signal else self.state.on_since
        return None if since is None else since + timedelta(seconds=self.rules.before_s)

    def ready(self, now: datetime) -> bool:
        if not self.rules.signal and not self.rules.before_s:
            return True
        return self.ready_at is not None and self.ready_at <= now

    def failing(self, now: datetime) -> bool:
        """Whether they should have been seen to run long since."""
        if self.state.on_since is None or self.ready_at is not None:
            return False
        return self.state.on_since + timedelta(seconds=self.rules.before_s) + GRACE <= now


def cooled(site: Site) -> dict[str, Cooling]:
    """By group that has fans or pumps to wait for."""
    return {name: group.cooling for name, group in site.groups.items() if group.cooling}


def fans(seen: Snapshot, state: State) -> dict[str, Fans]:
    """By group that has any: where they stand."""
    return {
        name: Fans(rules, state.cooling.get(name, RESTING))
        for name, rules in cooled(seen.site).items()
    }


def heard(seen: Snapshot, state: State) -> dict[str, CoolingState]:
    """The states with what the signals show now. A stale one shows nothing."""
    found = dict(state.cooling)
    for name, rules in cooled(seen.site).items():
        before = found.get(name, RESTING)
        since = (before.shown_since or seen.now) if _shows(seen, rules) else None
        found[name] = replace(before, shown_since=since)
    return {name: one for name, one in found.items() if one != RESTING}


def _shows(seen: Snapshot, rules: Cooling) -> bool:
    signal = seen.signals.get(rules.signal)
    return isinstance(signal, Fresh) and signal.value >= rules.at_least


def heating(seen: Snapshot, motions: Mapping[str, Motion]) -> set[str]:
    """Groups where a miner may be running: whatever is not proven off counts."""
    at_rest = {cohort.group for cohort in seen.cohorts.values() if cohort.level not in IDLE}
    return at_rest | {
        motion.group for name, motion in motions.items() if not _proven_off(motion, seen, name)
    }


def _proven_off(motion: Motion, seen: Snapshot, name: str) -> bool:
    told_off = motion.command.level in IDLE and motion.stage is Stage.CONFIRMED
    return told_off and seen.moving[name].level in IDLE


def warmed(
    seen: Snapshot, cooling: Mapping[str, CoolingState], motions: Mapping[str, Motion]
) -> dict[str, CoolingState]:
    """With the fans on wherever a miner may be running, whoever started it."""
    declared = cooled(seen.site)
    if not declared:
        return dict(cooling)
    on = {name: cooling.get(name, RESTING) for name in heating(seen, motions) & declared.keys()}
    return {**cooling, **{name: _on(one, seen.now) for name, one in on.items()}}


def _on(before: CoolingState, now: datetime) -> CoolingState:
    return replace(before, on_since=before.on_since or now, idle_since=None)


def attended(
    seen: Snapshot, state: State, motions: Mapping[str, Motion], wanted: Collection[str]
) -> dict[str, CoolingState]:
    """The fans that run from now on: where miners run or are `wanted`, and for `after_s` more."""
    declared = cooled(seen.site)
    if not declared:
        return {}
    needed = heating(seen, motions).union(wanted)
    found = {
        name: _attended(rules, state.cooling.get(name, RESTING), seen.now, needed=name in needed)
        for name, rules in declared.items()
    }
    return {name: one for name, one in found.items() if one != RESTING}


def _attended(rules: Cooling, before: CoolingState, now: datetime, *, needed: bool) -> CoolingState:
    if needed:
        return _on(before, now)
    if before.on_since is None:
        return before
    idle_since = before.idle_since or now
    if idle_since + timedelta(seconds=rules.after_s) <= now:
        return replace(before, on_since=None, idle_since=None)
    return replace(before, idle_since=idle_since)


def running(site: Site, state: State) -> dict[str, bool]:
    """By group that has fans to wait for: whether they should run."""
    return {name: _runs(state.cooling, name) for name in cooled(site)}


def resting_w(seen: Snapshot, state: State) -> dict[str, int]:
    """By group whose fans rest, what they will draw beside the first miner that runs there."""
    return {
        name: one.rules.power_w
        for name, one in fans(seen, state).items()
        if one.state.on_since is None
    }


def unmetered_w(seen: Snapshot, state: State, other_w: Collection[str]) -> dict[str, int]:
    """By scope without a meter, which would have `other_w`, what the fans there draw."""
    found: dict[str, int] = {}
    for name, one in fans(seen, state).items():
        if one.state.on_since is not None:
            for scope in scopes_of(seen.site, name):
                if scope not in other_w:
                    found[scope] = found.get(scope, 0) + one.rules.power_w
    return found


def turned(
    site: Site,
    other_w: Mapping[str, int],
    before: Mapping[str, CoolingState],
    after: Mapping[str, CoolingState],
) -> Mapping[str, int]:
    """Other load with that of fans that were turned on or off since before: it counts from then on,
    until a meter is read that shows it."""
    found = dict(other_w)
    for name, rules in cooled(site).items():
        changed_w = rules.power_w * (_runs(after, name) - _runs(before, name))
        for scope in scopes_of(site, name):
            if scope in found:
                found[scope] = max(0, found[scope] + changed_w)
    return found


def _runs(cooling: Mapping[str, CoolingState], name: str) -> bool:
    return cooling.get(name, RESTING).on_since is not None


def moments(seen: Snapshot, state: State) -> list[datetime]:
    """When fans will have run long enough, and when they may rest."""
    found = []
    for one in fans(seen, state).values():
        if one.ready_at is not None:
            found.append(one.ready_at)
        if one.state.idle_since is not None:
            found.append(one.state.idle_since + timedelta(seconds=one.rules.after_s))
    return found
