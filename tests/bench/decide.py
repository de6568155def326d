"""`make bench-decide`: what a decision costs by the number of miners and of cohorts."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal

from controller.core.decide import decide
from controller.model.fleet import Cohort, Curve, Level, Standing
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group, Site
from tests.bench.figures import Figure, answer, seconds

NOW = datetime(2023, 9, 6, 17, 35, tzinfo=UTC)
CURVE = Curve(
    levels=(
        Level(name="off", power_w=25, hashrate_ths=Decimal(0)),
        Level(name="415MHz", power_w=1785, hashrate_ths=Decimal("85.7")),
        Level(name="default", power_w=2794, hashrate_ths=Decimal("121.8")),
    )
)
ROUNDS = 200


def site_of(cohorts: int, miners: int) -> Snapshot:
    """A settled site that has nothing to change."""
    each = miners // cohorts
    groups = [f"hall-{number:02}" for number in range(cohorts)]
    return Snapshot(
        now=NOW,
        site=Site(
            id="bench",
            currency="USD",
            zone="UTC",
            import_limit_w=miners * 3_000,
            groups={name: Group() for name in groups},
            economics=Economics(pool_fee=Decimal("0.02")),
        ),
        price_per_mwh=Fresh(value=Decimal(30), at=NOW),
        hashprice_per_ph_day=Fresh(value=Decimal("56.67"), at=NOW),
        meters_w={"site": Fresh(value=miners * 2_794, at=NOW)},
        curves={"s19k": CURVE},
        cohorts={
            name: Cohort(
                group=name,
                curve="s19k",
                level="default",
                standing=Standing.PRESENT,
                members=tuple(f"{name}-{number:05}" for number in range(each)),
                power_w=each * 2_794,
            )
            for name in groups
        },
        fleet_known=True,
    )


def main() -> int:
    small, large = site_of(20, 200), site_of(20, 10_000)
    _, state, _ = decide(small, State())
    small_s = seconds(lambda: decide(small, state), ROUNDS)
    large_s = seconds(lambda: decide(large, state), ROUNDS)
    return answer(
        [Figure("decide_10000_miners_over_200_in_20_cohorts", large_s / small_s, "ratio", 1.3)]
    )


if __name__ == "__main__":
    sys.exit(main())
