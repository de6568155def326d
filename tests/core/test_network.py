"""What the Bitcoin network pays: subsidy, halvings, and published hashprices reproduced."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.core.economics.network import (
    SATOSHI,
    blocks_per_ph_day,
    hashes,
    hashprice_per_ph_day,
    next_halving,
    subsidy,
)


@pytest.mark.parametrize(
    ("height", "satoshi"),
    [
        (0, 5_000_000_000),
        (209_999, 5_000_000_000),
        (210_000, 2_500_000_000),
        (630_000, 625_000_000),
        (839_999, 625_000_000),
        (840_000, 312_500_000),
        (6_929_999, 1),
        (6_930_000, 0),
        (64 * 210_000, 0),
        (10**9, 0),
    ],
)
def test_the_subsidy_is_halved_and_rounded_down(height: int, satoshi: int) -> None:
    assert subsidy(height) == satoshi


def test_all_subsidies_together_are_the_known_sum() -> None:
    assert sum(subsidy(number * 210_000) * 210_000 for number in range(70)) == 2_099_999_997_690_000


@pytest.mark.parametrize(("height", "at"), [(0, 210_000), (839_999, 840_000), (840_000, 1_050_000)])
def test_the_next_halving(height: int, at: int) -> None:
    assert next_halving(height) == at
    assert subsidy(at) < subsidy(height)


def test_the_series_of_the_block_chain_is_reproduced() -> None:
    """2021-01-01: difficulty 20.607418 T, 6.25 bitcoin without fees, 29,402.64 $ a bitcoin came to
    179.38934 $/PH/day (block chain and public prices)."""
    found = hashprice_per_ph_day(Decimal(20607418000000), Decimal(625_000_000), Decimal("29402.64"))
    assert abs(found - Decimal("179.38934")) < Decimal("0.00001")


def test_a_published_hashprice_is_reproduced() -> None:
    """Luxor's Hashrate Index of 2024-11-13 showed, rounded: difficulty 101.65 T, block rewards of
    24 hours 3.28 bitcoin, 87,235 $ a bitcoin, hashprice 55.97 $/PH/day. It averages fees over 144
    blocks, which were 1.2 % of a reward below those of the 24 hours."""
    found = hashprice_per_ph_day(Decimal("101.65e12"), Decimal("3.28") * SATOSHI, Decimal(87_235))
    assert abs(found / Decimal("55.97") - 1) < Decimal("0.013")
    without_fees = hashprice_per_ph_day(Decimal("101.65e12"), Decimal(312_500_000), Decimal(87_235))
    assert without_fees < Decimal("55.97") < found


def test_a_petahash_at_difficulty_one() -> None:
    """Blocks of one bitcoin each, at a price of 1."""
    blocks = Decimal(86_400 * 10**15) / 2**32
    assert blocks_per_ph_day(Decimal(1)) == blocks
    assert hashprice_per_ph_day(Decimal(1), Decimal(100_000_000), Decimal(1)) == blocks


def test_a_share_stands_for_the_hashes_of_its_difficulty() -> None:
    assert hashes(3, Decimal(2)) == 6 * 2**32


@given(
    difficulty=st.decimals(1, 10**15, places=2),
    reward=st.integers(1, 10**10),
    price=st.decimals(1, 10**6, places=2),
)
def test_twice_the_difficulty_pays_half_and_twice_the_reward_double(
    difficulty: Decimal, reward: int, price: Decimal
) -> None:
    once = hashprice_per_ph_day(difficulty, Decimal(reward), price)
    assert hashprice_per_ph_day(2 * difficulty, Decimal(reward), price) * 2 == pytest.approx(once)
    assert hashprice_per_ph_day(difficulty, Decimal(2 * reward), price) == pytest.approx(2 * once)
