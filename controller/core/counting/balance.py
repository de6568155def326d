"""What meters come to when nothing is under way, and how much of their nominal power miners draw
that report none.

A balance is what the next step is measured from. The steps between them show the ratios of true to
nominal power of the kinds that made them (`fits.py`), and no group draws more than its own meter
shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.core.counting.fits import LEAST, NOTHING, explained, ratios_permille, with_step
from controller.core.counting.nameplate import NOMINAL, inferred, is_inferred, kind_of
from controller.core.obedience.evidence import IN_FLIGHT, drawn_w
from controller.core.scopes import scopes_of
from controller.model.fleet import IDLE, Motion, Stage
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.remembered import Balance, Fit
from controller.model.seen import Snapshot, State

LARGE = 10
"""A step is large against the wobble where it is a tenth of what the meter shows."""
OTHERS = 2
"""Other miners are taken at their word where they moved by no more than half of the step."""
NEAREST = 10
"""A bound is kept to the whole per cent, upwards: wobble is no news."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is remembered of meters; see `State`."""

    balances: Mapping[str, Balance]
    fitted_permille: Mapping[str, int]
    ratio_permille: Mapping[str, int]
    fits: Mapping[str, Fit]


def learn(
    raw: Snapshot, state: State, motions: Mapping[str, Motion], moved_at: datetime | None
) -> Learnt:
    """Balances of the scopes at rest, and what they show. `raw` is not weighed."""
    found: dict[str, Balance] = {}
    for scope in _scopes(raw):
        meter = raw.meters_w.get(scope)
        if isinstance(meter, Fresh) and _quiet(raw, motions, moved_at, meter.at, scope):
            found[scope] = _balance(raw, motions, scope, meter.value)
    fits, fitted, bounds = dict(state.fits), dict(state.fitted_permille), dict[str, int]()
    for scope, new in found.items():
        before = fits.get(scope, NOTHING)
        fit = _fitted(before, state.balances.get(scope), new)
        if fit is not before:
            fits[scope] = fit
            mine = ratios_permille(fit, new.meter_w)
            fitted |= {kind: mine[kind] for kind in _not_nearer(raw, scope, mine, fits)}
    for scope, new in found.items():
        for kind, most in _bounds(new, fitted).items() if scope != SITE else ():
            bounds[kind] = min(most, bounds.get(kind, most))
    ratios = _ratios(state, fitted, bounds)
    known = {
        scope: _reweighed(one, state.ratio_permille, ratios)
        for scope, one in state.balances.items()
    }
    kept = {
        scope: _kept(known.get(scope), new, ratios)
        for scope, new in found.items()
        if new.clean or scope in known
    }
    return Learnt({**known, **kept}, fitted, ratios, fits)


def _scopes(raw: Snapshot) -> list[str]:
    """Those with miners that report no watts, or whose switches may not."""
    groups = {one.group for one in inferred(raw)}
    groups |= {name for name, group in raw.site.groups.items() if group.switched}
    return sorted({scope for group in groups for scope in scopes_of(raw.site, group)})


def _not_nearer(
    raw: Snapshot, scope: str, kinds: Iterable[str], fits: Mapping[str, Fit]
) -> Iterator[str]:
    """The kinds of which no meter nearer to them has shown a step: of two meters it knows more."""
    for kind in kinds:
        around = scopes_of(raw.site, kind.partition("/")[0])
        nearer = around[around.index(scope) + 1 :] if scope in around else around
        if not any(kind in fits[one].shown for one in nearer if one in fits):
            yield kind


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
        motion.stage in IN_FLIGHT and scope in scopes_of(seen.site, motion.group)
        for motion in motions.values()
    )


def _balance(raw: Snapshot, motions: Mapping[str, Motion], scope: str, meter_w: int) -> Balance:
    own_w, nameplate, clean = 0, dict[str, int](), True
    for cohort in raw.cohorts.values():
        if scope not in scopes_of(raw.site, cohort.group):
            continue
        if is_inferred(cohort, raw) and cohort.level not in IDLE:
            nameplate[kind_of(cohort)] = nameplate.get(kind_of(cohort), 0) + cohort.power_w
        else:
            own_w += cohort.power_w
    for name, motion in motions.items():
        if scope not in scopes_of(raw.site, motion.group):
            continue
        miner = raw.moving[name]
        unlike = is_inferred(miner, raw)
        clean = clean and not (unlike and motion.stage is Stage.FAILED)
        if unlike and motion.stage is Stage.CONFIRMED and miner.level not in IDLE:
            nameplate[kind_of(miner)] = nameplate.get(kind_of(miner), 0) + miner.power_w
        else:
            own_w += drawn_w(motion, miner, raw.curves[motion.curve])
    return Balance(
        unexplained_w=0,
        meter_w=meter_w,
        own_w=own_w,
        nameplate_w=nameplate,
        clean=clean,
    )


def _step(old: Balance | None, new: Balance) -> dict[str, int] | None:
    """By kind that stepped between two clean balances, its nominal watts. None where the other
    miners moved by more than half of that: their own word may be off."""
    if old is None or not (old.clean and new.clean):
        return None
    kinds = {**old.nameplate_w, **new.nameplate_w}
    steps = {kind: new.nameplate_w.get(kind, 0) - old.nameplate_w.get(kind, 0) for kind in kinds}
    moved = {kind: step_w for kind, step_w in steps.items() if step_w}
    alone = abs(new.own_w - old.own_w) * OTHERS <= _size_w(moved)
    return moved if moved and alone else None


def _size_w(step: Mapping[str, int]) -> int:
    return sum(map(abs, step.values()))


def _fitted(fit: Fit, old: Balance | None, new: Balance) -> Fit:
    """With the step between two balances, where it is large and the meter shows it."""
    step = _step(old, new)
    if old is None or step is None or not _large(old, new):
        return fit
    shown_w = new.meter_w - old.meter_w - (new.own_w - old.own_w)
    return with_step(fit, step, shown_w) if explained(step, shown_w) else fit


def _bounds(new: Balance, fitted: Mapping[str, int]) -> dict[str, int]:
    """The most that the ratios of a place's kinds can be: nothing else draws less than nothing.
    Where they come to more, all are lowered alike."""
    if not new.clean:
        return {}
    room_w = new.meter_w - new.own_w
    counted = sum(fitted.get(kind, NOMINAL) * watts for kind, watts in new.nameplate_w.items())
    found = {}
    for kind in new.nameplate_w if counted else ():
        most = -(-fitted.get(kind, NOMINAL) * NOMINAL * room_w // counted)
        found[kind] = max(LEAST, -(-most // NEAREST) * NEAREST)
    return found


def _ratios(state: State, fitted: Mapping[str, int], bounds: Mapping[str, int]) -> dict[str, int]:
    """What was fitted, or less where a bound is lower. A bound is forgotten with the next one."""
    known = state.fitted_permille
    shown = {kind: one for kind, one in fitted.items() if one != known.get(kind)}
    found = {**state.ratio_permille, **shown}
    for kind, most in bounds.items():
        found[kind] = min(fitted.get(kind, NOMINAL), most)
    return {kind: one for kind, one in found.items() if one != NOMINAL or kind in fitted}


def _reweighed(old: Balance, was: Mapping[str, int], now: Mapping[str, int]) -> Balance:
    """What an earlier balance leaves unexplained, by the ratios that are known now: the meter of
    another scope may have shown them."""
    gained_w = _weighed_w(old, now) - _weighed_w(old, was)
    return replace(old, unexplained_w=old.unexplained_w - gained_w) if gained_w else old


def _weighed_w(one: Balance, ratios: Mapping[str, int]) -> int:
    return sum(
        nominal_w * ratios.get(kind, NOMINAL) // NOMINAL
        for kind, nominal_w in one.nameplate_w.items()
    )


def _kept(old: Balance | None, new: Balance, ratios: Mapping[str, int]) -> Balance:
    """The new balance. While a step is too small to be measured, the next are added to it: it goes
    on from where the first began. While something is unproven, what the meter lacks is not taken
    for granted: it may be just that; and a balance that began then could never show it."""
    unexplained_w = new.meter_w - new.own_w - _weighed_w(new, ratios)
    if old is not None and not new.clean:
        unexplained_w = max(unexplained_w, old.unexplained_w)
    waits = old is not None and _step(old, new) is not None and not _large(old, new)
    return replace(old if old is not None and waits else new, unexplained_w=unexplained_w)


def _large(old: Balance, new: Balance) -> bool:
    step = _step(old, new)
    most_w = max(old.meter_w, new.meter_w)
    return step is not None and _size_w(step) * LARGE >= most_w
