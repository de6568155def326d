"""Which of a miner's levels it may be told, and under which key miners share a curve."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from controller.errors import PermanentError
from controller.model.base import encode
from controller.model.fleet import OFF, Curve, Identity, Level


def curve_key(identity: Identity, curve: Curve) -> str:
    """The same for miners of one model whose levels are equal to the watt."""
    model = re.sub(r"[^a-z0-9]+", "-", identity.model.lower()).strip("-")
    digest = hashlib.sha256(encode(curve)).hexdigest()[:8]
    return f"{identity.firmware}-{model}-{digest}"


def offered(full: Curve, identity: Identity, allowed: Sequence[str] | None) -> Curve:
    """`off` and the allowed levels; by default `off` and the level it was found at.

    Raises:
        PermanentError: it has none of them.
    """
    wanted = (identity.own_level,) if allowed is None else allowed
    levels = [level for level in full.levels[1:] if level.name in wanted]
    if not levels:
        there = ", ".join(level.name for level in full.levels[1:])
        raise PermanentError(
            f"{identity.miner}: it has none of the levels {', '.join(wanted)}; it offers {there}. "
            "Name some of these under levels of its group."
        )
    return Curve(levels=(full.off, *_rising(levels)))


def _rising(levels: Sequence[Level]) -> tuple[Level, ...]:
    """By power; of levels that draw the same the one that hashes most."""
    by_power = {
        level.power_w: level for level in sorted(levels, key=lambda level: level.hashrate_ths)
    }
    return tuple(by_power[power_w] for power_w in sorted(by_power))


def named_in(curve: Curve, level: str, power_w: int) -> str:
    """The level of `curve` that stands for what a miner says of itself.

    Somebody else, or a firmware's own care for its temperature, may have set it to one that the
    curve leaves out: then the one nearest in power.
    """
    if level == OFF or any(level == known.name for known in curve.levels):
        return level
    return min(curve.levels[1:], key=lambda known: abs(known.power_w - power_w)).name
