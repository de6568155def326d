"""What hashing is taken to earn."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.economics.earnings import hashrate_ths, revenue_per_day
from controller.model.fleet import MinerSeen, Standing
from controller.model.quality import Missing, Stale
from tests.core.cycles import cycle

SEEN, _ = cycle(0, hashing=20, hashprice=50)
NORTH = SEEN.cohorts["north"]


def test_revenue_is_hashrate_by_hashprice_less_the_pool_fee() -> None:
    assert revenue_per_day(Decimal(2_000), SEEN) == 98


def test_a_stale_hashprice_still_estimates_and_a_missing_one_claims_nothing() -> None:
    at = datetime(2023, 9, 1, tzinfo=UTC)
    stale = replace(SEEN, hashprice_per_ph_day=Stale(value=Decimal(60), at=at))
    assert revenue_per_day(Decimal(1_000), stale) == Decimal("58.8")
    missing = replace(SEEN, hashprice_per_ph_day=Missing(why="never heard"))
    assert revenue_per_day(Decimal(1_000), missing) == 0


@pytest.mark.parametrize(
    ("cohort", "ths"),
    [
        (NORTH, 2_000),
        (replace(NORTH, standing=Standing.LOCKED), 2_000),
        (replace(NORTH, standing=Standing.UNREACHABLE), 0),
        (replace(NORTH, level="off"), 0),
        (replace(NORTH, level=""), 0),
        (replace(NORTH, level="a level of before"), 0),
        (replace(NORTH, curve="unheard-of"), 0),
    ],
)
def test_miners_at_rest_hash_as_their_level_says(cohort: object, ths: int) -> None:
    assert hashrate_ths(replace(SEEN, cohorts={"north": cohort})) == ths


@pytest.mark.parametrize(
    ("level", "power_w", "reachable", "ths"),
    [
        ("full", 2_900, True, 100),
        ("full", 1_505, True, 100),
        ("full", 1_504, True, 0),
        ("full", 3_000, False, 0),
        ("off", 3_000, True, 0),
        ("", 3_000, True, 0),
    ],
)
def test_a_miner_in_motion_hashes_once_its_power_shows_it(
    level: str, power_w: int, reachable: bool, ths: int
) -> None:
    miner = MinerSeen(group="north", curve="s19", level=level, power_w=power_w, reachable=reachable)
    assert hashrate_ths(replace(SEEN, cohorts={}, moving={"m-1": miner})) == ths


def test_hashes_of_groups_without_income_are_left_out_at_rest_and_in_motion() -> None:
    miner = MinerSeen(group="north", curve="s19", level="full", power_w=2_900)
    seen = replace(SEEN, moving={"a": miner, "b": replace(miner, group="south")})
    assert hashrate_ths(seen) == 2_200
    assert hashrate_ths(seen, unpaid={"south"}) == 2_100
    assert hashrate_ths(seen, unpaid={"north"}) == 100
