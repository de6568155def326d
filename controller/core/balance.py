"""What meters come to when nothing is under way, and how much of their nominal power miners draw
that report none.

A balance is what the next step is measured from. Between two of them a step of one kind of miner
shows its ratio of true to nominal power, and no group draws more than its own meter shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.core.nameplate import NOMINAL, inferred, is_inferred, kind_of
from controller.core.obedience import IN_FLIGHT, counted_w
from controller.model.fleet import OFF, Motion, Stage
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.remembered import Balance
from controller.model.seen import Snapshot, State

LEAST, MOST = 500, 1500
"""A ratio beyond these is no ratio: other things moved too."""
LARGE = 10
"""A step is large against the wobble where it is a tenth of what the meter shows."""
ALONE = 20
"""Other miners stood still where they moved by less than a twentieth of the step."""
NEAREST = 10
"""A bound is kept to the whole per cent, upwards: wobble is no news."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is remembered of meters; see `State`."""

    balances: Mapping[str, Balance]
    fitted_permille: Mapping[str, int]
    ratio_permille: Mapping[str, int]


def learn(
    raw: Snapshot, state: State, motions: Mapping[str, Motion], moved_at: datetime | None
) -> Learnt:
    """Balances of the scopes at rest, and what they show: of two meters that show a step, the
    group's own counts. `raw` is not weighed."""
    scopes = [SITE, *sorted({one.group for one in inferred(raw)})]
    if len(scopes) == 1:
        return Learnt(state.balances, state.fitted_permille, state.ratio_permille)
    fitted, bounds = dict(state.fitted_permille), dict[str, int]()
    found: dict[str, Balance] = {}
    for scope in scopes:
        meter = raw.meters_w.get(scope)
        if isinstance(meter, Fresh) and _quiet(raw, motions, moved_at, meter.at, scope):
            found[scope] = _balance(raw, motions, scope, meter.value)
            fitted |= _fit(state.balances.get(scope), found[scope])
            bounds |= _bounds(found[scope]) if scope != SITE else {}
    ratios = _ratios(state, fitted, bounds)
    kept = {scope: _kept(state.balances.get(scope), new, ratios) for scope, new in found.items()}
    return Learnt({**state.balances, **kept}, fitted, ratios)


def _quiet(
    seen: Snapshot,
    motions: Mapping[str, Motion],
    moved_at: datetime | None,
    metered_at: datetime,
    scope: str,
) -> bool:
    """Whether the meter shows the scope as its miners say it is."""
    if not seen.fleet_known:
        return False
    settled = timedelta(seconds=seen.site.settle_s)
    if moved_at is not None and (seen.now - moved_at < settled or metered_at <= moved_at):
        return False
    return not any(
        motion.stage in IN_FLIGHT and scope in (SITE, motion.group) for motion in motions.values()
    )


def _balance(raw: Snapshot, motions: Mapping[str, Motion], scope: str, meter_w: int) -> Balance:
    own_w, nameplate, clean = 0, dict[str, int](), True
    for cohort in raw.cohorts.values():
        if scope not in (SITE, cohort.group):
            continue
        if is_inferred(cohort, raw) and cohort.level != OFF:
            nameplate[kind_of(cohort)] = nameplate.get(kind_of(cohort), 0) + cohort.power_w
        else:
            own_w += cohort.power_w
    for name, motion in motions.items():
        if scope not in (SITE, motion.group):
            continue
        miner = raw.moving[name]
        unlike = is_inferred(miner, raw)
        clean = clean and not (unlike and motion.stage is Stage.FAILED)
        if unlike and motion.stage is Stage.CONFIRMED and miner.level != OFF:
            nameplate[kind_of(miner)] = nameplate.get(kind_of(miner), 0) + miner.power_w
        else:
            own_w += counted_w(motion, miner, raw.curves[motion.curve])
    return Balance(
        unexplained_w=0,
        meter_w=meter_w,
        own_w=own_w,
        nameplate_w=dict(sorted(nameplate.items())),
        clean=clean,
    )


def _fit(old: Balance | None, new: Balance) -> dict[str, int]:
    """The ratio that the step between two balances shows, where one kind of miner made it alone."""
    step = _step(old, new)
    if old is None or step is None or not _large(old, new):
        return {}
    kind, nominal_w = step
    metered_w = new.meter_w - old.meter_w - (new.own_w - old.own_w)
    ratio = NOMINAL * metered_w // nominal_w
    return {kind: ratio} if LEAST <= ratio <= MOST else {}


def _step(old: Balance | None, new: Balance) -> tuple[str, int] | None:
    """The kind that stepped alone between two clean balances, and by how many nominal watts."""
    if old is None or not (old.clean and new.clean):
        return None
    kinds = sorted({*old.nameplate_w, *new.nameplate_w})
    steps = {kind: new.nameplate_w.get(kind, 0) - old.nameplate_w.get(kind, 0) for kind in kinds}
    moved = [(kind, step_w) for kind, step_w in steps.items() if step_w]
    if len(moved) != 1 or abs(new.own_w - old.own_w) * ALONE > abs(moved[0][1]):
        return None
    return moved[0]


def _bounds(new: Balance) -> dict[str, int]:
    """The most that the ratios of a group's kinds can be: nothing else draws less than nothing."""
    nominal_w = sum(new.nameplate_w.values())
    if not nominal_w or not new.clean:
        return {}
    ratio = -(-NOMINAL * max(0, new.meter_w - new.own_w) // nominal_w)
    return dict.fromkeys(new.nameplate_w, max(LEAST, -(-ratio // NEAREST) * NEAREST))


def _ratios(state: State, fitted: Mapping[str, int], bounds: Mapping[str, int]) -> dict[str, int]:
    """What was fitted, or less where a bound is lower. A bound is forgotten with the next one."""
    found = {**state.ratio_permille, **fitted}
    for kind, most in bounds.items():
        found[kind] = min(fitted.get(kind, NOMINAL), most)
    return {kind: one for kind, one in sorted(found.items()) if one != NOMINAL or kind in fitted}


def _kept(old: Balance | None, new: Balance, ratios: Mapping[str, int]) -> Balance:
    """The new balance. While a step is too small to be measured, the next are added to it: it goes
    on from where the first began."""
    counted_w = new.own_w + sum(
        nominal_w * ratios.get(kind, NOMINAL) // NOMINAL
        for kind, nominal_w in new.nameplate_w.items()
    )
    unexplained_w = new.meter_w - counted_w
    waits = old is not None and _step(old, new) is not None and not _large(old, new)
    return replace(old if old is not None and waits else new, unexplained_w=unexplained_w)


def _large(old: Balance, new: Balance) -> bool:
    step = _step(old, new)
    most_w = max(old.meter_w, new.meter_w)
    return step is not None and abs(step[1]) * LARGE >= most_w
