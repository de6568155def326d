"""A small site with whatever bounds it, and what its signals and meters say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from controller.core.limits.silence import listened
from controller.model.grid import SITE, ManualOrder
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.rules import SignalRule, Threshold
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Site
from controller.reasons import Reason

NOW = datetime(2023, 9, 6, 19, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def site(**changes: Any) -> Site:
    plain: dict[str, Any] = {
        "id": "s",
        "currency": "USD",
        "zone": "UTC",
        "import_limit_w": 100_000,
        "groups": {"a": Group(breaker="b1"), "b": Group()},
    }
    return Site(**{**plain, **changes})


def rule(**changes: Any) -> SignalRule:
    plain: dict[str, Any] = {
        "scope": "a",
        "signal": "inlet",
        "reason": Reason.TEMPERATURE,
        "safe_w": 20_000,
        "silent_after_s": 60,
    }
    return SignalRule(**{**plain, **changes})


def marks(*pairs: tuple[str, int]) -> tuple[Threshold, ...]:
    return tuple(Threshold(value=Decimal(value), limit_w=watts) for value, watts in pairs)


def said(value: str, at: datetime = NOW) -> Fresh[Decimal]:
    return Fresh(value=Decimal(value), at=at)


def was_said(value: str, at: datetime) -> Stale[Decimal]:
    return Stale(value=Decimal(value), at=at)


NEVER: Missing = Missing(why="never heard")


def look(
    declared: Site,
    signals: Mapping[str, Observed[Decimal]] | None = None,
    now: datetime = NOW,
    **changes: Any,
) -> Snapshot:
    """With fresh prices and every miner known, so that nothing else is in the way."""
    plain: dict[str, Any] = {
        "price_per_mwh": Fresh(value=Decimal(40), at=now),
        "hashprice_per_ph_day": Fresh(value=Decimal(50), at=now),
        "meters_w": {SITE: Fresh(value=0, at=now)},
        "fleet_known": True,
    }
    return Snapshot(now=now, site=declared, signals=signals or {}, **{**plain, **changes})


def heard(seen: Snapshot, state: State | None = None) -> State:
    return listened(seen, state or State())


def order(**changes: Any) -> ManualOrder:
    plain: dict[str, Any] = {
        "id": "o",
        "scope": SITE,
        "person": "Ada",
        "why": "a test",
        "issued_at": NOW,
        "until": after(600),
    }
    return ManualOrder(**{**plain, **changes})
