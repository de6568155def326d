"""How fast load may return: what has to be counted now plus what starts stays under every limit,
and only so much starts in a minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from controller.core.limits import tightest, usable_w
from controller.core.moves import Move
from controller.model.grid import SITE, Limit
from controller.model.seen import State
from controller.model.site import Pacing


@dataclass(frozen=True, slots=True)
class Credit:
    """The restore allowance: filled at a rate, drawn upon by starts."""

    left_w: int
    at: datetime

    def ready_at(self, power_w: int, pacing: Pacing) -> float:
        """In how many seconds it covers this much."""
        return max(0.0, (power_w - self.left_w) * 60 / pacing.restore_w_per_minute)


def credit(state: State, now: datetime, pacing: Pacing, largest_w: int) -> Credit:
    """What may be started now: at most a minute's worth, or the largest single step."""
    most = max(pacing.restore_w_per_minute, largest_w)
    if state.restored_at is None:
        return Credit(most, now)
    seconds = Decimal(str((now - state.restored_at).total_seconds()))
    gained = int(pacing.restore_w_per_minute * seconds / 60)
    if gained < 0:  # site time was set back
        return Credit(min(most, state.restore_credit_w), now)
    if not gained:
        return Credit(state.restore_credit_w, state.restored_at)
    return Credit(min(most, state.restore_credit_w + gained), now)


def admit(
    ups: list[Move],
    limits: tuple[Limit, ...],
    expected_w: Mapping[str, int],
    headroom: Decimal,
    allowance: Credit,
) -> tuple[list[Move], Credit]:
    """The starts that may begin now, in the order given; the rest wait."""
    room = {
        scope: usable_w(limit, headroom) - counted
        for scope, counted in expected_w.items()
        if (limit := tightest(limits, scope)) is not None
    }
    left_w = allowance.left_w
    admitted = []
    for move in ups:
        scopes = [scope for scope in (SITE, move.pool.group) if scope in room]
        if move.rise_w > left_w or any(room[scope] < move.rise_w for scope in scopes):
            continue
        for scope in scopes:
            room[scope] -= move.rise_w
        left_w -= move.rise_w
        admitted.append(move)
    return admitted, Credit(left_w, allowance.at)
