"""Meters that stand still while miners behind them are known to have moved.

A step is known by the miners' own watts, before and after: of commands that were confirmed, and of
miners that moved by themselves while nothing was under way. Nobody is taken at its word alone: it
takes `MINERS` of them, because one or two may lie. A meter that shows the very same watts since
before the steps is frozen where they come to a tenth of the load; one whose value wobbles, where
they come to half of it within a minute and it moved by less than a quarter of them: in a minute
other load may well take up a tenth, and hardly ever half. What those on their way draw against the
steps may hide as much of them: until it is confirmed too, only the rest counts. So may those that
were told before the meter moved last and were confirmed since the first of the steps was told: when
they moved is not known.

It is believed again once it moves by a quarter of what it failed to show. One that was mended may
read what is near the value it stood at, and nothing starts behind it that could show more. So it is
believed too once it has left that value for good: `LIVELY` readings in a row that are each news,
all above or all below whatever it showed while it stood, by more than it wobbles. One that jitters
about a value returns to it, which only widens what counts as its wobble.

That all miners of a kind lie looks the same, and what is not proven counts in full. So a meter that
counts as stale goes on counting with what it shows (`disputed_w`), unless it is certain to stand
still: where it never showed the same watts twice before, and does now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.core.obedience.evidence import IN_FLIGHT
from controller.core.scopes import all_scopes, scopes_of
from controller.model.fleet import CONFIRMED, INFERRED, Cohort, MinerSeen, Motion, Standing
from controller.model.quality import Fresh, Stale
from controller.model.remembered import MeterWatch, Reports
from controller.model.seen import Snapshot, State

TENTH, HALF = 10, 2
"""Which part of the load a step has to be for a meter that stands still, and for one that wobbles;
the load is the larger of what the meter shows and what the miners report."""
LEAST_W = 1_000
"""Smaller steps accuse nobody."""
QUARTER = 4
"""A meter showed a step where it moved by a quarter of it."""
MINERS = 3
"""How many miners have to have made the steps."""
TOGETHER = timedelta(seconds=60)
"""For how long steps are added up behind a meter that wobbles."""
LIVELY = 8
"""After so many readings in a row that were each unlike the last a meter is known to waver, and a
frozen one to live."""
REPORTED_WITHIN = timedelta(seconds=120)
"""How long ago a miner at rest may have done what it reports now: several rounds of polling."""


def watch(seen: Snapshot, state: State) -> dict[str, MeterWatch]:
    """Every meter of the site that was ever heard, by scope, one look further."""
    metered = [scope for scope in all_scopes(seen.site) if scope in seen.meters_w]
    reports = _reports(seen, metered)
    groups = {one.group for one in state.motions.values() if one.stage in IN_FLIGHT}
    busy = {scope for group in groups for scope in scopes_of(seen.site, group)}
    found = {}
    for scope in metered:
        meter, old = seen.meters_w.get(scope), state.watched.get(scope)
        if isinstance(meter, Fresh):
            before = old or _anchored(meter)
            read = _read(before, meter, scope, seen, state)
            old = _wavering(read, before, meter, calm=scope not in busy)
        if old is not None:
            said = reports.get(scope, Reports())
            known = not busy & {scope} and seen.fleet_known
            found[scope] = replace(_own(old, said, seen) if known else old, reports=said)
    return found


def confirmed(
    watched: Mapping[str, MeterWatch],
    seen: Snapshot,
    before: Mapping[str, Motion],
    after: Mapping[str, Motion],
    shown: Mapping[str, str],
) -> dict[str, MeterWatch]:
    """The meters with the steps of the motions that were confirmed in this look. A miner that
    another meter proved (`shown`) speaks against all that should show it too, but for that one."""
    found = dict(watched)
    for name, motion in after.items():
        if motion.stage is not CONFIRMED:
            continue
        old = before.get(name)
        if old is None or old.stage is CONFIRMED:
            continue
        inferred = seen.moving[name].grade is INFERRED
        if inferred and name not in shown:
            continue
        told_at = old.from_command_at or old.command.at
        for scope in scopes_of(seen.site, motion.group):
            one, step_w = found.get(scope), motion.proven_w - old.proven_w
            if one is None or shown.get(name) == scope:
                continue
            if one.at <= told_at:
                found[scope] = _stepped(one, step_w, 1, told_at, seen.now)
            else:
                found[scope] = _astride(one, step_w, seen.now)
    return found


def frozen(watched: Mapping[str, MeterWatch]) -> tuple[str, ...]:
    """The scopes whose meter does not move, by name."""
    return tuple(sorted(scope for scope, one in watched.items() if one.frozen))


def doubted(watched: Mapping[str, MeterWatch]) -> tuple[str, ...]:
    """Those and the ones that have still to show a large step: from them nothing is learnt."""
    return tuple(scope for scope, one in watched.items() if one.frozen or one.due_at)


def disputed_w(watched: Mapping[str, MeterWatch]) -> dict[str, int]:
    """By scope, what a frozen meter shows that may as well be right, and miners behind it lie: what
    the place counts with at least."""
    return {
        scope: one.shown_w
        for scope, one in watched.items()
        if one.frozen and not (_still(one) and one.unlike >= LIVELY)
    }


def stirred(before: Mapping[str, MeterWatch], after: Mapping[str, MeterWatch]) -> bool:
    """Whether miners that do not know their watts changed their level since the last look."""
    return any(
        after[scope].reports.nominal_w != one.reports.nominal_w
        for scope, one in before.items()
        if scope in after
    )


def believed(seen: Snapshot, scopes: Collection[str]) -> Snapshot:
    """The snapshot with these meters stale, however fresh their stamps."""
    meters = {
        scope: Stale(value=meter.value, at=meter.at)
        for scope in scopes
        if isinstance(meter := seen.meters_w.get(scope), Fresh)
    }
    return replace(seen, meters_w={**seen.meters_w, **meters}) if meters else seen


def _anchored(meter: Fresh[int]) -> MeterWatch:
    return MeterWatch(value_w=meter.value, at=meter.at, shown_w=meter.value, same_since=meter.at)


def _wavering(one: MeterWatch, before: MeterWatch, meter: Fresh[int], *, calm: bool) -> MeterWatch:
    """With what a new reading says of whether the meter wavers."""
    unlike = before.unlike
    if meter.at != before.read_at and unlike < LIVELY:
        unlike = unlike + 1 if calm and meter.value != before.shown_w else 0
    return replace(one, read_at=meter.at, unlike=unlike)


def _hidden_w(one: MeterWatch, scope: str, seen: Snapshot, state: State) -> int:
    """How much of the steps those may hide from the meter that are on their way against them."""
    changes_w = (
        seen.moving[name].power_w - motion.proven_w
        for name, motion in state.motions.items()
        if motion.stage in IN_FLIGHT and scope in scopes_of(seen.site, motion.group)
    )
    return sum([abs(change_w) for change_w in changes_w if change_w * one.stepped_w < 0])


def _astride_w(one: MeterWatch) -> int:
    """How much of the steps those may hide that were told before it moved last."""
    if one.since is None or one.astride_until is None or one.astride_until <= one.since:
        return 0
    return one.astride_down_w if one.stepped_w > 0 else one.astride_up_w


def _read(
    old: MeterWatch, meter: Fresh[int], scope: str, seen: Snapshot, state: State
) -> MeterWatch:
    moved_w = abs(meter.value - old.value_w)
    if meter.at < old.at or moved_w * QUARTER >= max(_large_w(old, TENTH), abs(old.stepped_w)):
        return _anchored(meter)
    old = _leaving(old, meter) if old.frozen else _wobbling(old, meter.value)
    if abs(old.apart) >= LIVELY:
        return _anchored(meter)
    if meter.value != old.shown_w:
        old = replace(old, shown_w=meter.value, same_since=meter.at)
    if old.frozen:
        return old
    now, settled = seen.now, timedelta(seconds=seen.site.settle_s)
    old = replace(old, due_at=_due_at(old, now))
    if old.due_at is not None and meter.at >= old.due_at + settled:
        hidden_w, astride_w = _hidden_w(old, scope, seen, state), _astride_w(old)
        still = _large(old, hidden_w + astride_w)
        return _anchored(meter) if astride_w and not still else replace(old, frozen=still)
    if old.due_at is None and old.since and not _still(old) and now - old.since > TOGETHER:
        return replace(old, stepped_w=0, stepped=0, since=None)
    return old


def _leaving(old: MeterWatch, meter: Fresh[int]) -> MeterWatch:
    """A frozen meter with one more reading, where that is news."""
    if meter.at == old.read_at or meter.value == old.shown_w:
        return old
    off_w, wobble_w = meter.value - old.value_w, _large_w(old, TENTH) // QUARTER
    side = (off_w > old.above_w + wobble_w) - (off_w < old.below_w - wobble_w)
    if side * old.apart < 0 or not side:
        back = _wobbling(_wobbling(old, old.shown_w), meter.value)
        return replace(back, apart=0)
    return replace(old, apart=old.apart + side)


def _wobbling(one: MeterWatch, value_w: int) -> MeterWatch:
    off_w = value_w - one.value_w
    return replace(one, above_w=max(one.above_w, off_w), below_w=min(one.below_w, off_w))


def _own(old: MeterWatch, said: Reports, seen: Snapshot) -> MeterWatch:
    """What miners changed by themselves. Who comes back from being lost may have done it long ago:
    a look in which somebody may have shows nothing."""
    before = old.reports
    alike = said.miners == before.miners
    nobody_back = not before.lost or (said.lost, said.lost_w) == (before.lost, before.lost_w)
    began_at = seen.now - REPORTED_WITHIN
    step_w = said.own_w - before.own_w
    if not (step_w and alike and nobody_back and old.at <= began_at):
        return old
    largest_w = max((curve.top.power_w for curve in seen.curves.values()), default=LEAST_W)
    return _stepped(old, step_w, abs(step_w) // max(1, largest_w), began_at, seen.now)


def _stepped(
    one: MeterWatch, step_w: int, miners: int, began_at: datetime, now: datetime
) -> MeterWatch:
    found = replace(
        one,
        stepped_w=one.stepped_w + step_w,
        stepped=one.stepped + miners,
        since=min(one.since or began_at, began_at),
    )
    return replace(found, due_at=_due_at(found, now))


def _astride(one: MeterWatch, step_w: int, now: datetime) -> MeterWatch:
    return replace(
        one,
        astride_up_w=one.astride_up_w + max(0, step_w),
        astride_down_w=one.astride_down_w + max(0, -step_w),
        astride_until=now,
    )


def _due_at(one: MeterWatch, now: datetime) -> datetime | None:
    return (one.due_at or now) if _large(one) else None


def _large(one: MeterWatch, hidden_w: int = 0) -> bool:
    """Whether the steps are as large as the meter has to show, though so much of them is hidden."""
    part = TENTH if _still(one) else HALF
    return one.stepped >= MINERS and abs(one.stepped_w) - hidden_w >= _large_w(one, part)


def _still(one: MeterWatch) -> bool:
    """Whether it has shown the very same watts since before the first step."""
    return one.since is not None and one.same_since <= one.since


def _large_w(one: MeterWatch, part: int) -> int:
    return max(LEAST_W, max(abs(one.value_w), one.reports.own_w) // part)


def _reports(seen: Snapshot, metered: Collection[str]) -> dict[str, Reports]:
    """By scope, what miners say that know their own watts, and the plates of the others."""
    groups: dict[str, list[int]] = {}
    for c in seen.cohorts.values():
        lost = c.standing is Standing.UNREACHABLE
        _add(groups.setdefault(c.group, [0] * 5), c, len(c.members), lost=lost)
    for m in seen.moving.values():
        _add(groups.setdefault(m.group, [0] * 5), m, 1, lost=not m.reachable)
    return {
        scope: _together(
            sums for group, sums in groups.items() if scope in scopes_of(seen.site, group)
        )
        for scope in metered
    }


def _add(sums: list[int], one: Cohort | MinerSeen, miners: int, *, lost: bool) -> None:
    if one.grade is INFERRED:
        sums[4] += one.power_w
        return
    sums[0] += one.power_w
    sums[1] += miners
    if lost:
        sums[2] += miners
        sums[3] += one.power_w


def _together(groups: Iterable[list[int]]) -> Reports:
    own_w, miners, lost, lost_w, nominal_w = map(sum, zip([0] * 5, *groups, strict=True))
    return Reports(own_w=own_w, miners=miners, lost=lost, lost_w=lost_w, nominal_w=nominal_w)
