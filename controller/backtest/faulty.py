"""Which blocks of a back-test are faulty: as many as declared, chosen by a keyed hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal

from controller.backtest.block import Block, Fault
from controller.backtest.fleet import BlockFleet


def spoil(fleet: BlockFleet, faults: Mapping[str, Mapping[Fault, Decimal]]) -> None:
    """Make as many blocks of each group faulty, by per cent of its blocks, from now on."""
    for group, wanted in faults.items():
        mine = sorted((one for one in fleet.blocks.values() if one.group == group), key=_key)
        names = iter([one.name for one in mine])
        for fault, percent in sorted(wanted.items()):
            for name in _first(names, len(mine) * percent / 100):
                fleet.make_faulty(name, fault)


def _first(names: Iterator[str], count: Decimal) -> Iterator[str]:
    for _ in range(int(count.to_integral_value(ROUND_CEILING))):
        name = next(names, None)
        if name is not None:
            yield name


def _key(block: Block) -> bytes:
    return hashlib.blake2b(block.name.encode(), digest_size=8).digest()
