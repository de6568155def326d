"""What every decision keeps to, whatever the situation: each broken promise as one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from controller.core.counting.nameplate import unmetered, weighed
from controller.core.limits.failsafe import FOR_MONEY
from controller.core.obedience.evidence import told_w
from controller.core.obedience.motions import Orders
from controller.core.scopes import scopes_of
from controller.core.situation import assess
from controller.model.fleet import (
    IDLE,
    INFERRED,
    OFF,
    Command,
    MinerSeen,
    Motion,
    Stage,
    Standing,
)
from controller.model.grid import SITE, Limit
from controller.model.plan import Mode, Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.reasons import Reason


def broken(seen: Snapshot, before: State, plan: Plan, after: State, next_at: datetime) -> list[str]:
    """The promises that this decision broke."""
    expected_w = assess(seen, before, Orders(before.next_command)).expected_w
    seen = weighed(seen, after.ratio_permille, unmetered(seen, before))
    return [
        *_limits(seen, plan),
        *_starts(seen, before, plan, expected_w),
        *_commands(seen, before, plan),
        *_ceilings(seen, plan),
        *_numbers(before, plan, after),
        *_curtailed(seen, plan),
        *([] if next_at > seen.now else [f"asked again at {next_at}, not after {seen.now}"]),
    ]


def _kept(plan: Plan) -> list[Limit]:
    """The limits that are not weighed against money."""
    return [limit for limit in plan.limits if limit.surcharge_per_mwh is None]


def _limits(seen: Snapshot, plan: Plan) -> Iterator[str]:
    least = [limit.limit_w for limit in _kept(plan) if limit.scope == SITE]
    if plan.limit_w != min(least):
        yield f"limit {plan.limit_w} is not the least of {least}"
    if plan.target_w > plan.limit_w:
        yield from _all_off(seen, plan, SITE)
        if plan.shortfall_w <= 0:
            yield f"target {plan.target_w} is over {plan.limit_w} without a shortfall"
    for limit in _kept(plan):
        within = [
            one.power_w
            for one in plan.allocations.values()
            if limit.scope != SITE and limit.scope in scopes_of(seen.site, one.group)
        ]
        if sum(within) > limit.limit_w:
            yield from _all_off(seen, plan, limit.scope)


def _all_off(seen: Snapshot, plan: Plan, scope: str) -> Iterator[str]:
    for key, one in plan.allocations.items():
        if scope in scopes_of(seen.site, one.group) and set(one.counts) - {OFF}:
            yield f"{scope} is over its limit and {key} has {dict(one.counts)}"


def miners(seen: Snapshot) -> dict[str, MinerSeen]:
    """Every miner by itself; of a cohort's, power is the mean."""
    found = dict(seen.moving)
    for cohort in seen.cohorts.values():
        for name in cohort.members:
            found[name] = MinerSeen(
                group=cohort.group,
                curve=cohort.curve,
                level=cohort.level,
                power_w=-(-cohort.power_w // len(cohort.members)),
                reachable=cohort.standing is not Standing.UNREACHABLE,
                locked=cohort.standing is Standing.LOCKED,
            )
    return found


def rise_w(command: Command, miner: MinerSeen, motion: Motion | None, seen: Snapshot) -> int:
    """By how much a command may raise what its miner has to be counted with: at rest that is what
    its equals draw on average, which is no more than the most of them."""
    counts_w = max(_most_w(miner, seen), _nominal_w(miner, seen))
    if motion is not None and motion.stage in (Stage.INTENDED, Stage.SENT):
        counted = told_w(seen.curves[motion.curve], motion.command.level)
        counts_w = max(counts_w, motion.proven_w, counted)
    return told_w(seen.curves[miner.curve], command.level) - counts_w


def _most_w(miner: MinerSeen, seen: Snapshot) -> int:
    alike = [
        one.power_w
        for one in miners(seen).values()
        if (one.group, one.curve, one.level) == (miner.group, miner.curve, miner.level)
    ]
    return max([miner.power_w, *alike])


def _nominal_w(miner: MinerSeen, seen: Snapshot) -> int:
    levels = seen.curves[miner.curve].levels
    return next((level.power_w for level in levels if level.name == miner.level), 0)


def _starts(
    seen: Snapshot, before: State, plan: Plan, expected_w: Mapping[str, int]
) -> Iterator[str]:
    known = miners(seen)
    ups = [one for one in plan.commands if one.level not in IDLE]
    risen = {one.miner: w for one in ups if (w := _risen_w(one, known, before, seen)) > 0}
    for command in ups:
        if command.miner not in risen:
            continue
        miner, motion = known[command.miner], before.motions.get(command.miner)
        held = plan.mode is Mode.MANUAL and command.reason not in FOR_MONEY
        if plan.mode is not Mode.NORMAL and not held:
            yield f"{command.miner} starts while {plan.mode}"
        first = command.attempt == 1 and command.reason is not Reason.CANARY
        if motion is not None and _rests_off(motion, miner, seen.now) and first:
            yield f"{command.miner} starts, though it has to rest"
    yield from _fits(seen, before, plan, expected_w, risen)


def _fits(
    seen: Snapshot,
    before: State,
    plan: Plan,
    expected_w: Mapping[str, int],
    risen: Mapping[str, int],
) -> Iterator[str]:
    """What rises has room in what is counted; and where somebody starts that counts as running, in
    what its meter shows, too."""
    known = miners(seen)
    for limit in _kept(plan):
        inside = {m: known[m] for m in risen if limit.scope in scopes_of(seen.site, known[m].group)}
        unproven = {m: _unproven_w(one, before.motions.get(m)) for m, one in inside.items()}
        risen_w = sum(risen[m] for m in inside)
        added_w = sum(max(0, risen[m] - unproven[m]) for m in inside)
        counts_w, meter = expected_w[limit.scope], seen.meters_w.get(limit.scope)
        if added_w and counts_w + added_w > limit.limit_w:
            yield f"{limit.scope} counts {counts_w}, starts {added_w} over {limit}"
        shown_w = meter.value if any(unproven.values()) and isinstance(meter, Fresh) else 0
        if shown_w and shown_w + risen_w > limit.limit_w:
            yield f"{limit.scope} shows {shown_w}, starts {risen_w} over {limit}"


def _risen_w(
    command: Command, known: Mapping[str, MinerSeen], before: State, seen: Snapshot
) -> int:
    return rise_w(command, known[command.miner], before.motions.get(command.miner), seen)


def _unproven_w(miner: MinerSeen, motion: Motion | None) -> int:
    """What one that only says that it is off counts with beyond that: it may start without room for
    more than that, where meters leave room for all of it."""
    if motion is None or motion.stage is not Stage.FAILED or miner.grade is not INFERRED:
        return 0
    return max(0, motion.proven_w - miner.power_w) if miner.level in IDLE else 0


def _rests_off(motion: Motion, miner: MinerSeen, now: datetime) -> bool:
    resting = motion.stage is Stage.CONFIRMED and motion.command.level == OFF
    moved = miner.reachable and miner.level != OFF
    return resting and not moved and motion.rest_until is not None and motion.rest_until > now


def _commands(seen: Snapshot, before: State, plan: Plan) -> Iterator[str]:
    known = miners(seen)
    told = [command.miner for command in plan.commands]
    if len(set(told)) != len(told):
        yield f"told twice: {told}"
    for command in plan.commands:
        miner = known.get(command.miner)
        if miner is None or miner.curve not in seen.curves:
            yield f"{command.miner} is not known"
        elif miner.locked and command.level not in IDLE:
            yield f"{command.miner} is locked and told {command.level}"
        elif not miner.reachable and not _under_way(before, command.miner):
            yield f"{command.miner} cannot be reached and is told {command.level}"


def _ceilings(seen: Snapshot, plan: Plan) -> Iterator[str]:
    """No command is above what people allow a miner, whoever else allows it more; but a repeat that
    lowers may go while its turn to go lower yet has not come."""
    known = miners(seen)
    for command in plan.commands:
        miner = known[command.miner]
        curve = seen.curves[miner.curve]
        asks_w = told_w(curve, command.level)
        if command.attempt > 1 and asks_w < miner.power_w:
            continue
        for order in seen.orders.values():
            covers = order.scope in (SITE, miner.group, command.miner)
            if not (order.level and covers and order.in_force(seen.now)):
                continue
            named = [one.power_w for one in curve.levels if one.name == order.level]
            most_w = named[0] if named else max(order.level_w, curve.off.power_w)
            if asks_w > most_w:
                yield f"{command.miner} is told {command.level} above {order}"


def _under_way(before: State, name: str) -> bool:
    motion = before.motions.get(name)
    return motion is not None and motion.stage in (Stage.INTENDED, Stage.SENT)


def _numbers(before: State, plan: Plan, after: State) -> Iterator[str]:
    ids = [command.id for command in plan.commands]
    wanted = [f"c{before.next_command + i:09d}" for i in range(len(ids))]
    if ids != wanted or after.next_command != before.next_command + len(ids):
        yield f"ids {ids}, then {after.next_command}, do not count on from {before.next_command}"


def _curtailed(seen: Snapshot, plan: Plan) -> Iterator[str]:
    known = [miner for miner in miners(seen).values() if miner.curve in seen.curves]
    curves = [seen.curves[miner.curve] for miner in known]
    potential_w = sum(curve.top.power_w - curve.off.power_w for curve in curves)
    total_w = sum(one.power_w for one in plan.curtailed.values())
    if not 0 <= total_w <= potential_w or any(c.power_w <= 0 for c in plan.curtailed.values()):
        yield f"curtailed {dict(plan.curtailed)} of {potential_w}"
