"""Allowances: how much load may start in a minute, and how much of it money may stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    """An allowance: filled at a rate, drawn upon by moves."""

    left_w: int
    at: datetime
    w_per_minute: int

    def less(self, power_w: int) -> Credit:
        return Credit(self.left_w - power_w, self.at, self.w_per_minute)

    def covers_at(self, power_w: int, now: datetime) -> datetime:
        """When it will cover so much; no sooner than a second from now."""
        seconds = (power_w - self.left_w) * 60 / self.w_per_minute
        return now + timedelta(seconds=max(1.0, seconds))


def credit(
    left_w: int, at: datetime | None, now: datetime, w_per_minute: int, largest_w: int
) -> Credit:
    """What is left of an allowance that was `left_w` at that moment, and has been filled since: at
    most a minute's worth, or the largest single step."""
    most = max(w_per_minute, largest_w)
    if at is None:
        return Credit(most, now, w_per_minute)
    gained = int(w_per_minute * Decimal(str((now - at).total_seconds())) / 60)
    if gained < 0:  # site time was set back
        return Credit(min(most, left_w), now, w_per_minute)
    if not gained:
        return Credit(left_w, at, w_per_minute)
    return Credit(min(most, left_w + gained), now, w_per_minute)
