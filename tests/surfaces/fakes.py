"""The app as surfaces know it: inbox, watch and clock, steered by the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from controller.core.dispatches.penalty import Penalty
from controller.errors import CurtaildError
from controller.model.grid import MaintenanceLock, ManualOrder, OptOut, Recall
from controller.model.view import MinerEntry, View
from controller.ports import Receipt
from tests.surfaces.views import NOW


class FakeClock:
    """Stands still."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


class FakeWatch:
    """Shows what it is given; a slow reader gets the newest only. `broken` fails subscriptions."""

    def __init__(self, view: View | None = None) -> None:
        self.shown = view
        self.is_alive = True
        self.entries: list[MinerEntry] = []
        self._changed = asyncio.Condition()
        self.broken = False

    async def show(self, view: View) -> None:
        async with self._changed:
            self.shown = view
            self._changed.notify_all()

    def view(self) -> View | None:
        return self.shown

    async def changes(self) -> AsyncIterator[View]:
        last = self.shown
        while True:
            async with self._changed:
                while self.shown is last:
                    await self._changed.wait()
                last = self.shown
            if self.broken:
                raise RuntimeError("the subscription broke off")
            assert last is not None
            yield last

    def miners(self, after: str, most: int) -> Sequence[MinerEntry]:
        later = [one for one in self.entries if one.reading.miner > after]
        return later[:most]

    def alive(self) -> bool:
        return self.is_alive


class FakeInbox:
    """Keeps what it is told. `answer` decides what becomes of dispatches, `error` of all."""

    def __init__(self) -> None:
        self.dispatches: list[tuple[Mapping[str, Any], str]] = []
        self.orders: list[tuple[ManualOrder, bool]] = []
        self.recalls: list[tuple[str, Recall]] = []
        self.costs: dict[str, Penalty] = {}
        self.opt_outs: list[tuple[str, OptOut]] = []
        self.locks: list[MaintenanceLock] = []
        self.released: list[tuple[str, str, str]] = []
        self.answer = Receipt(received=True, id="ers-1", version=1, limit_kw=Decimal(40))
        self.error: CurtaildError | None = None

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error

    async def dispatch(self, body: Mapping[str, Any], authority: str) -> Receipt:
        self._fail()
        self.dispatches.append((body, authority))
        return self.answer

    async def recall(self, dispatch: str, recall: Recall) -> None:
        self._fail()
        self.recalls.append((dispatch, recall))

    def penalty(self, dispatch: str) -> Penalty | None:
        self._fail()
        return self.costs.get(dispatch)

    async def opt_out(
        self, dispatch: str, *, person: str, why: str, accepted: Decimal
    ) -> OptOut | Penalty | None:
        self._fail()
        cost = self.costs.get(dispatch)
        if cost is None or cost.amount != accepted:
            return cost
        out = OptOut(person=person, why=why, penalty=accepted, at=NOW)
        self.opt_outs.append((dispatch, out))
        return out

    async def order(self, order: ManualOrder, *, ended: bool = False) -> None:
        self._fail()
        self.orders.append((order, ended))

    async def lock(self, lock: MaintenanceLock) -> None:
        self._fail()
        self.locks.append(lock)

    async def release(self, place: str, person: str, why: str = "") -> None:
        self._fail()
        self.released.append((place, person, why))
