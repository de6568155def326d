"""All motions taken one look further: who is told once more, and whose motion ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.core.obedience.evidence import Look
from controller.core.obedience.motions import Orders, look_again, still_resting
from controller.model.fleet import (
    CONFIRMED,
    FAILED,
    INTENDED,
    OFF,
    SENT,
    Command,
    MinerSeen,
    Motion,
)
from controller.model.grid import SITE as WHOLE_SITE
from controller.model.seen import Snapshot
from controller.model.site import Breaker, Group, Pacing, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

SITE = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=90_000,
    groups={"a": Group(breaker="main"), "b": Group()},
    breakers={"main": Breaker()},
)
OFF_W = CURVES["plain"].off.power_w


def start(name: str, group: str = "a", reason: Reason = Reason.PROFITABLE) -> Motion:
    """Of a miner whose time to come up is over now."""
    at = NOW - timedelta(seconds=300)
    return Motion(
        command=Command(id=f"c-{name}", miner=name, level="default", reason=reason, at=at),
        stage=SENT,
        group=group,
        curve="plain",
        from_level=OFF,
        proven_w=OFF_W,
        deadline=NOW,
    )


def by_name(*motions: Motion) -> dict[str, Motion]:
    return {one.command.miner: one for one in motions}


def snapshot(motions: Mapping[str, Motion]) -> Snapshot:
    """All of them still off."""
    moving = {
        name: MinerSeen(group=one.group, curve=one.curve, level=OFF, power_w=OFF_W, at=NOW)
        for name, one in motions.items()
    }
    return Snapshot(now=NOW, site=SITE, curves=CURVES, moving=moving, fleet_known=True)


def told_again(
    *motions: Motion,
    may_start: bool = True,
    closed: Mapping[str, Reason] | None = None,
    held: bool = False,
) -> set[str]:
    """Whose start is to be told a second time; of all others the motion is over."""
    look = Look(NOW, Pacing(), may_start=may_start, closed=closed or {}, held=held)
    going = look_again(snapshot(by_name(*motions)), by_name(*motions), look, Orders(1))
    assert all((one.stage, one.command.attempt) == (INTENDED, 2) for one in going.values())
    return {*going}


BOTH = start("m1"), start("m2", "b")


def test_a_start_is_told_once_more_where_starts_may_be() -> None:
    assert told_again(*BOTH) == {"m1", "m2"}
    assert told_again(*BOTH, may_start=False) == set()


@pytest.mark.parametrize(
    ("silent", "expected"),
    [("a", {"m2"}), ("main", {"m2"}), ("b", {"m1"}), (WHOLE_SITE, set())],
)
def test_no_start_is_told_once_more_behind_what_is_silent(silent: str, expected: set[str]) -> None:
    assert told_again(*BOTH, closed={silent: Reason.SIGNAL_SILENT}) == expected


def test_while_a_person_holds_the_site_no_start_for_money_is_told_once_more() -> None:
    floor = start("m2", reason=Reason.COMMITMENT)
    lost = start("m3", reason=Reason.INCOME_LOST)
    assert told_again(start("m1"), floor, lost, held=True) == {"m2"}
    assert told_again(start("m1"), floor, lost) == {"m1", "m2", "m3"}


LOOK = Look(NOW, Pacing(), may_start=True)


def test_who_left_the_configuration_or_became_another_kind_moves_no_more() -> None:
    """And keeps nobody else from it."""
    motions = by_name(start("m1"), replace(start("m2"), curve="gone"), start("m3"))
    seen = snapshot(motions)
    present = {name: miner for name, miner in seen.moving.items() if name != "m1"}
    going = look_again(replace(seen, moving=present), motions, LOOK, Orders(1))
    assert going.keys() == {"m3"}


def test_what_was_found_is_told_by_name_in_whichever_order_motions_are_remembered() -> None:
    motions = by_name(start("m3"), start("m1"), start("m2"))
    orders = Orders(1)
    going = look_again(snapshot(motions), motions, LOOK, orders)
    assert [one.command.miner for one in orders.events] == ["m1", "m2", "m3"]
    assert [*going] == ["m1", "m2", "m3"]


def test_who_has_arrived_and_needs_no_rest_is_free_to_be_told_the_next() -> None:
    second = timedelta(seconds=1)
    arrived = replace(start("m1"), stage=CONFIRMED)
    motions = {
        "on its way": start("m1"),
        "given up": replace(start("m1"), stage=FAILED, rest_until=NOW),
        "resting": replace(arrived, rest_until=NOW + second),
        "rested": replace(arrived, rest_until=NOW),
        "rested before": replace(arrived, rest_until=NOW - second),
        "without rest": arrived,
    }
    assert still_resting(motions, NOW).keys() == {"on its way", "given up", "resting"}


def test_a_start_that_is_told_once_more_has_the_time_that_its_group_is_given() -> None:
    motions = by_name(*BOTH)
    slow = {**SITE.groups, "b": Group(start_within_s=77)}
    seen = replace(snapshot(motions), site=replace(SITE, groups=slow))
    going = look_again(seen, motions, LOOK, Orders(1))
    deadlines = {name: one.deadline - NOW for name, one in going.items()}
    usual = timedelta(seconds=Pacing().start_within_s)
    assert deadlines == {"m1": usual, "m2": timedelta(seconds=77)}
