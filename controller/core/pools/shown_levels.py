"""What miners draw at each level of their curve, as those that ran there have shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from controller.core.pools.pool import Crowd, Pool, over_nominal


def level_permille(
    pools: Iterable[Pool], before: Mapping[str, Mapping[str, int]]
) -> dict[str, Mapping[str, int]]:
    """By `group/curve` and level, the power of those that run there, or last ran there, over its
    nominal power, whatever people allow them. Who only says that it is off shows nothing."""
    found = dict(before)
    for kind, mine in _by_kind(pools).items():
        levels = mine[0].levels
        shown = {
            levels[rung].name: over_nominal(there.power_w, levels[rung].power_w * there.size)
            for rung, there in _together(mine).items()
            if rung
        }
        if shown:
            found[kind] = {**found.get(kind, {}), **shown}
    return found


def _by_kind(pools: Iterable[Pool]) -> dict[str, list[Pool]]:
    found: dict[str, list[Pool]] = {}
    for pool in pools:
        found.setdefault(pool.kind, []).append(pool)
    return found


def _together(pools: Iterable[Pool]) -> dict[int, Crowd]:
    found: dict[int, Crowd] = {}
    for pool in pools:
        for rung, there in pool.shown.items():
            size, power_w = found.get(rung, (0, 0))
            found[rung] = Crowd(size + there.size, power_w + there.power_w)
    return found
