"""For limits the larger of meter and sum counts, behind every breaker and feeder as for the site;
payment is by the meter alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.books.held import hold
from controller.core.decide import decide
from controller.core.obedience.motions import Orders
from controller.core.situation import assess
from controller.model.fleet import OFF, Cohort, Standing
from controller.model.grid import SITE
from controller.model.quality import Fresh, Observed, Stale
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group, Site
from tests.core.cases.sites import CURVES, NOW

FULL_W, OFF_W = 2_794, 25
SUM_W = 10 * FULL_W + 10 * OFF_W
SCOPES = (SITE, "main", "a")


def hall(scope: str = SITE, limit_w: int = 1_000_000) -> Site:
    return Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=limit_w if scope == SITE else 1_000_000,
        headroom=Decimal(0),
        groups={"a": Group(breaker="main", limit_w=limit_w if scope == "a" else None)},
        breakers={"main": Breaker(limit_w=limit_w if scope == "main" else None)},
    )


def seen(scope: str, meter: Observed[int], site: Site | None = None) -> Snapshot:
    """Ten of twenty miners run; the others would start at this price, if there were room."""
    return Snapshot(
        now=NOW,
        site=site or hall(),
        price_per_mwh=Fresh(value=Decimal(30), at=NOW),
        hashprice_per_ph_day=Fresh(value=Decimal(60), at=NOW),
        meters_w={scope: meter},
        curves=CURVES,
        cohorts={
            level: Cohort(
                group="a",
                curve="plain",
                level=level,
                standing=Standing.PRESENT,
                members=tuple(f"{level}-{n}" for n in range(10)),
                power_w=10 * power_w,
            )
            for level, power_w in (("default", FULL_W), (OFF, OFF_W))
        },
        fleet_known=True,
    )


def counted_w(snapshot: Snapshot, scope: str) -> int:
    return assess(snapshot, State(), Orders(1)).expected_w[scope]


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(
    ("metered_w", "counts_w"),
    [(SUM_W + 1, SUM_W + 1), (SUM_W, SUM_W), (SUM_W - 1, SUM_W), (0, SUM_W)],
)
def test_for_limits_the_larger_of_meter_and_sum_counts(
    scope: str, metered_w: int, counts_w: int
) -> None:
    meter = Fresh(value=metered_w, at=NOW)
    assert counted_w(seen(scope, meter), scope) == counts_w


@pytest.mark.parametrize("scope", SCOPES)
def test_a_meter_that_is_not_believed_leaves_the_sum(scope: str) -> None:
    assert counted_w(seen(scope, Stale(value=SUM_W + 9_000, at=NOW)), scope) == SUM_W


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("metered_w", "starts"), [(0, 3), (SUM_W, 3), (SUM_W + 3_000, 2)])
def test_starts_fit_under_each_limit_by_the_larger_of_both(
    scope: str, metered_w: int, starts: int
) -> None:
    """There is room for three above the sum; a meter that shows 3 kW more takes one of them."""
    limit_w = SUM_W + 3 * (FULL_W - OFF_W) + 2_000
    snapshot = seen(scope, Fresh(value=metered_w, at=NOW), hall(scope, limit_w))
    plan, _, _ = decide(snapshot, State())
    assert len(plan.commands) == starts


def test_payment_is_by_the_meter_however_much_the_sum_says() -> None:
    for metered_w in (0, SUM_W - 5_000, SUM_W + 5_000):
        snapshot = seen(SITE, Fresh(value=metered_w, at=NOW))
        plan, _, _ = decide(snapshot, State())
        assert hold(snapshot, plan).power_w == metered_w


def test_an_estimate_is_not_made_of_what_a_frozen_meter_shows() -> None:
    snapshot = seen(SITE, Fresh(value=90_000, at=NOW))
    plan, _, _ = decide(snapshot, State())
    frozen = replace(plan, frozen_meters=(SITE,), expected_w=SUM_W)
    assert hold(snapshot, frozen).power_w == SUM_W
    assert hold(snapshot, replace(frozen, frozen_meters=("a",))).power_w == 90_000
