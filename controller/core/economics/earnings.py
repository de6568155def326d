"""What hashing earns, as far as the miners' own word goes: an estimate, never a payout."""

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal

from controller.core.economics.steps import HOURS_A_DAY
from controller.model.fleet import Curve, MinerSeen, Standing
from controller.model.quality import Fresh, Missing
from controller.model.seen import Snapshot


def revenue_per_day(hashrate_ths: Decimal, seen: Snapshot) -> Decimal:
    """Currency a day: TH/s ÷ 1000 × hashprice per PH/s and day × (1 − pool fee).

    A stale hashprice is the best estimate there is; without any, nothing is claimed.
    """
    hashprice = seen.hashprice_per_ph_day
    if isinstance(hashprice, Missing):
        return Decimal(0)
    return hashrate_ths * hashprice.value * (1 - seen.site.economics.pool_fee) / 1000


def hashrate_ths(seen: Snapshot, unpaid: Container[str] = ()) -> Decimal:
    """TH/s of all groups together, but for those `unpaid`."""
    by_group = hashrates_ths(seen)
    return sum((ths for name, ths in by_group.items() if name not in unpaid), Decimal(0))


def hashrates_ths(seen: Snapshot) -> dict[str, Decimal]:
    """TH/s by group, by the levels that its reachable miners say they run at.

    A miner in motion counts once its power shows the level: from half way between off and there.
    """
    found: dict[str, Decimal] = {}
    for cohort in seen.cohorts.values():
        if cohort.standing is not Standing.UNREACHABLE:
            ths = _nominal_ths(seen.curves.get(cohort.curve), cohort.level) * len(cohort.members)
            found[cohort.group] = found.get(cohort.group, Decimal(0)) + ths
    for miner in seen.moving.values():
        curve = seen.curves.get(miner.curve)
        if _shows(miner, curve):
            ths = _nominal_ths(curve, miner.level)
            found[miner.group] = found.get(miner.group, Decimal(0)) + ths
    return found


def paid_per_day(power_w: int, price_per_mwh: Decimal) -> Decimal:
    """What a client pays for a day of so much power: W × 24 h ÷ 1,000,000 × price per MWh."""
    return power_w * HOURS_A_DAY * price_per_mwh / 1_000_000


def hosting_per_day(seen: Snapshot) -> Decimal:
    """What clients pay a day for what their miners draw: by the group's own meter where it is
    fresh, else by what its reachable miners report."""
    return sum(
        (
            paid_per_day(_drawn_w(seen, name), group.hosting.price_per_mwh)
            for name, group in sorted(seen.site.groups.items())
            if group.hosting is not None
        ),
        Decimal(0),
    )


def not_ours(seen: Snapshot, unpaid: Container[str]) -> frozenset[str]:
    """Groups whose hashes bring in nothing: those of clients, and those without income."""
    groups = seen.site.groups.items()
    return frozenset(name for name, group in groups if group.hosting or name in unpaid)


def _drawn_w(seen: Snapshot, group: str) -> int:
    meter = seen.meters_w.get(group)
    if isinstance(meter, Fresh):
        return meter.value
    resting = sum(
        cohort.power_w
        for cohort in seen.cohorts.values()
        if cohort.group == group and cohort.standing is not Standing.UNREACHABLE
    )
    moving = (one for one in seen.moving.values() if one.group == group and one.reachable)
    return resting + sum(one.power_w for one in moving)


def _nominal_ths(curve: Curve | None, name: str) -> Decimal:
    if curve is None:
        return Decimal(0)
    return next((x.hashrate_ths for x in curve.levels if x.name == name), Decimal(0))


def _shows(miner: MinerSeen, curve: Curve | None) -> bool:
    level = next((x for x in curve.levels if x.name == miner.level), None) if curve else None
    if curve is None or level is None or not miner.reachable:
        return False
    return 2 * miner.power_w >= curve.off.power_w + level.power_w
