"""A desk with everything around it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from controller.app.inbox import Desk
from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder
from controller.model.quality import Observed
from controller.ports import Recovered
from tests.core.dispatches import METERED, NOW, SITE
from tests.ledger.memory import MemoryLedger
from tests.virtual_clock import VirtualClock


class Office:
    """A desk with everything around it."""

    def __init__(self, recovered: Recovered | None = None) -> None:
        self.ledger = MemoryLedger()
        self.woken = 0
        self.power_w: Observed[int] = METERED
        self.clock = VirtualClock(NOW)
        self.desk = Desk(
            SITE,
            self.clock,
            self.ledger,
            power_w=lambda: self.power_w,
            wake=self._wake,
            places=lambda: ["m-1", "m-2"],
            levels=lambda scope: {} if scope == "m-2" else {"off": 25, "265MHz": 1080},
            recovered=recovered or Recovered(),
        )

    def _wake(self) -> None:
        self.woken += 1

    def active(self) -> Mapping[str, Dispatch]:
        return self.desk.active_dispatches(self.clock.now())


def order(**changes: Any) -> ManualOrder:
    values: dict[str, Any] = {
        "id": "o-1",
        "scope": "north",
        "limit_w": 50_000,
        "person": "Ada",
        "why": "hot aisle",
        "issued_at": NOW,
        "until": NOW + timedelta(hours=1),
    }
    return ManualOrder(**(values | changes))


def lock(**changes: Any) -> MaintenanceLock:
    values: dict[str, Any] = {
        "id": "m-1",
        "place": "m-1",
        "person": "Ada",
        "why": "fan",
        "since": NOW,
    }
    return MaintenanceLock(**(values | changes))
