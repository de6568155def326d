"""Power that is reserved with the utility is a limit while its hours last, told before they begin.

Local time is UTC here, and NOW is 19:00 of Wednesday, 6 September 2023.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from controller.core.limits.in_force import limits
from controller.core.limits.neighbours import neighbour_limits
from controller.core.limits.reserved import next_reserved, reserved_limits
from controller.core.schedule import next_look
from controller.model.grid import SITE
from controller.model.rules import Engine, Neighbour
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group, Pacing, Site
from controller.model.tariff import Band, Reserved
from controller.reasons import Reason
from tests.core.bounded import NOW, after, heard, look, site


def reserved(name: str, begin: int, end: int, power_w: int = 40_000, **more: Any) -> Reserved:
    """From one minute after NOW to another."""
    first = 19 * 60
    hours = Band(name=name, per_mwh=Decimal(0), from_minute=first + begin, to_minute=first + end)
    return Reserved(hours=hours, power_w=power_w, **more)


PEAK = reserved("peak", 10, 20)
SLOW: Mapping[str, Group] = {"a": Group(stop_within_s=90), "b": Group()}


def known(at: datetime, *every: Reserved, **more: Any) -> Snapshot:
    return look(site(reserved=every, **more), now=at)


def names(seen: Snapshot) -> list[str]:
    return [one.source for one in reserved_limits(seen)]


@pytest.mark.parametrize(
    ("seconds", "holds"), [(569, False), (570, True), (600, True), (1199, True), (1200, False)]
)
def test_it_begins_half_a_minute_before_its_hours_and_ends_with_them(
    seconds: int, *, holds: bool
) -> None:
    """A miner may take 30 s to stop."""
    assert names(known(after(seconds), PEAK)) == (["peak"] if holds else [])


@pytest.mark.parametrize(("seconds", "holds"), [(509, False), (510, True)])
def test_the_slowest_group_counts(seconds: int, *, holds: bool) -> None:
    assert names(known(after(seconds), PEAK, groups=SLOW)) == (["peak"] if holds else [])


@pytest.mark.parametrize(("seconds", "holds"), [(479, False), (480, True)])
def test_a_group_that_is_quicker_than_the_site_changes_nothing(
    seconds: int, *, holds: bool
) -> None:
    seen = known(after(seconds), PEAK, groups=SLOW, pacing=Pacing(stop_within_s=120))
    assert names(seen) == (["peak"] if holds else [])


def test_it_is_a_limit_of_the_site_beside_others_of_it() -> None:
    seen = known(after(600), PEAK, reserved("all", -60, 60, 90_000))
    found = [(one.scope, one.source, one.reason, one.limit_w) for one in limits(seen, heard(seen))]
    assert found == [
        (SITE, "import limit", Reason.IMPORT_LIMIT, 100_000),
        (SITE, "peak", Reason.RESERVED_POWER, 40_000),
        (SITE, "all", Reason.RESERVED_POWER, 90_000),
    ]


def test_where_the_excess_is_paid_it_is_no_limit() -> None:
    assert names(known(after(600), reserved("paid", 10, 20, limits=False))) == []


def neighbours_w(declared: Site, seconds: int) -> int:
    seen = look(declared, now=after(seconds))
    (one,) = neighbour_limits(seen, heard(seen))
    return one.limit_w


@pytest.mark.parametrize(("seconds", "limit_w"), [(569, 85_000), (570, 25_000), (1200, 85_000)])
def test_a_firm_neighbour_takes_its_share_of_it(seconds: int, limit_w: int) -> None:
    declared = site(reserved=(PEAK,), neighbours={"hall": Neighbour(firm_w=15_000)})
    assert neighbours_w(declared, seconds) == limit_w


def test_of_generators_and_what_is_reserved_the_lower_is_shared() -> None:
    hall = {"hall": Neighbour(firm_w=15_000)}
    for most_w, limit_w in ((30_000, 15_000), (50_000, 25_000)):
        declared = site(reserved=(PEAK,), neighbours=hall, engine=Engine(most_w=most_w))
        assert neighbours_w(declared, 600) == limit_w


def looked_at(seconds: int, **more: Any) -> datetime:
    return next_look(known(after(seconds), PEAK, **more), State(), ())


def test_it_is_looked_at_again_when_the_limit_begins_and_ends() -> None:
    assert next_reserved(known(NOW, PEAK)) == after(570)
    assert looked_at(560) == after(570)
    assert looked_at(571) == after(600)
    assert looked_at(1175) == after(1200)


def test_hours_of_others_before_its_own_hide_nothing() -> None:
    """An adder ends between the moment at which the limit begins and its hours."""
    adder = Band(name="adder", per_mwh=Decimal(1), from_minute=19 * 60, to_minute=19 * 60 + 9)
    both: dict[str, Any] = {"groups": SLOW, "economics": Economics(adders=(adder,))}
    assert looked_at(500, **both) == after(510)
    assert looked_at(511, **both) == after(540)


def test_where_nothing_is_reserved_there_is_no_such_moment() -> None:
    adder = Band(name="adder", per_mwh=Decimal(1), from_minute=0, to_minute=20 * 60)
    assert next_reserved(known(NOW, economics=Economics(adders=(adder,)))) is None
    assert next_reserved(known(NOW, reserved("all", -19 * 60, 5 * 60))) is None
