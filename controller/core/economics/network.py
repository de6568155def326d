"""What the Bitcoin network pays for work: subsidy, fees, difficulty, hashprice.

A hash finds a block with the chance 1 ÷ (difficulty × 2^32): that is what difficulty means in
Bitcoin's consensus rules (the target of difficulty 1 is 2^224 but for a part in 65,536). So 1 PH/s
finds

    10^15 × 86,400 ÷ (difficulty × 2^32)   blocks a day,

each worth its subsidy and its fees. That is hashprice as Luxor's Hashrate Index defines it, which
averages fees over the last 144 blocks. A pool's fee is not in it: see `Economics.pool_fee`.
"""

from __future__ import annotations

from decimal import Decimal

SATOSHI = 100_000_000
"""In a bitcoin."""
HALVING_BLOCKS = 210_000
FIRST_SUBSIDY = 50 * SATOSHI
HASHES_A_BLOCK = 2**32
"""At difficulty 1."""
PETAHASH_A_DAY = Decimal(86_400 * 10**15)


def subsidy(height: int) -> int:
    """Satoshi that the block at this height creates: 50 bitcoin, halved every 210,000 blocks and
    rounded down each time: nothing from the 33rd halving on."""
    return FIRST_SUBSIDY >> height // HALVING_BLOCKS


def next_halving(height: int) -> int:
    """The height of the first block with a smaller subsidy than that at this height."""
    return (height // HALVING_BLOCKS + 1) * HALVING_BLOCKS


def blocks_per_ph_day(difficulty: Decimal) -> Decimal:
    """How many blocks 1 PH/s is expected to find in a day."""
    return PETAHASH_A_DAY / (difficulty * HASHES_A_BLOCK)


def hashprice_per_ph_day(
    difficulty: Decimal, reward_sat: Decimal, price_per_bitcoin: Decimal
) -> Decimal:
    """What 1 PH/s is expected to earn in a day, in the currency of the price.

    `reward_sat` is what the next block pays: its subsidy, and what fees come to on average.
    """
    return blocks_per_ph_day(difficulty) * reward_sat / SATOSHI * price_per_bitcoin


def hashes(shares: int, difficulty: Decimal) -> Decimal:
    """The work that so many accepted shares of this difficulty stand for, in hashes."""
    return shares * difficulty * HASHES_A_BLOCK
