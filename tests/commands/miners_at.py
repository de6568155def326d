"""Miners of the test daemon, by how they stand."""

from __future__ import annotations

from msgspec.structs import replace

from controller.model.view import MinerEntry
from tests.surfaces.test_miner_pages import entry


def standing(
    miner: str, level: str, group: str = "hall-a", *, heard: bool = True, curve: str = ""
) -> MinerEntry:
    one = entry(miner)
    reading = replace(one.reading, level=level, group=group, reachable=heard, curve=curve)
    return replace(one, reading=reading)
