"""The desk: what the grid and people ask arrives here, is committed, and only then counts."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from controller.app.opting_out import priced, without_end
from controller.app.orders import check_named, checked, there_are
from controller.app.receipts import answer, as_sent, received
from controller.core.dispatches.acceptance import Refused, Repeated, judge
from controller.core.dispatches.body import Code
from controller.core.dispatches.penalty import Penalty
from controller.core.limits.claims import kept_off_w
from controller.errors import PermanentError, TemporaryError
from controller.model.grid import SITE, Dispatch, MaintenanceLock, ManualOrder, OptOut, Recall
from controller.model.plan import Plan
from controller.model.quality import Observed
from controller.model.records import (
    DispatchArrived,
    DispatchOptedOut,
    DispatchRecalled,
    LockArrived,
    OrderArrived,
)
from controller.model.site import Site
from controller.ports import Clock, Ledger, Receipt, Recovered

KEPT = timedelta(days=30)
"""How long a dispatch that is over is remembered, to tell a repeat from a new one."""

RECALLS_SHOWN = timedelta(days=1)
"""How long a dispatch that was ended by voice is shown as such."""

T = TypeVar("T")


class Desk:
    """The Inbox of a site. One thing at a time: what is judged next knows what was committed."""

    def __init__(
        self,
        site: Site,
        clock: Clock,
        ledger: Ledger,
        *,
        power_w: Callable[[], Observed[int]],
        wake: Callable[[], None],
        places: Callable[[], Collection[str]],
        recovered: Recovered,
        levels: Callable[[str], Mapping[str, int]] = lambda _: {},
    ) -> None:
        """`power_w` gives the power at the site's meter, `places` the names of the miners, `levels`
        those that the miners of a scope have, with the most watts one draws there."""
        self._site = site
        self._clock = clock
        self._ledger = ledger
        self._power_w = power_w
        self._wake = wake
        self._places = places
        self._levels = levels
        self._dispatches = dict(recovered.dispatches)
        self._orders = dict(recovered.orders)
        self._locks = {lock.place: lock for lock in recovered.locks.values()}
        self._kept_off_w: int | None = None
        self._refused: Counter[str] = Counter()
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()

    def check(self, site: Site, places: Collection[str]) -> None:
        """Whether what people have set still has its place in another configuration.

        Raises:
            PermanentError: a lock or an order is on a group or a miner that would be gone, or a
                dispatch is of a program that would be.
        """
        self._check_programs(site)
        known = {SITE, *site.groups, *places}
        for place, lock in sorted(self._locks.items()):
            if place not in known:
                raise PermanentError(
                    f"groups: {place} is locked by {lock.person} and would be gone: "
                    "release it first"
                )
        for name, order in sorted(self.active_orders(self._clock.now()).items()):
            if order.scope not in known:
                raise PermanentError(
                    f"groups: order {name} by {order.person} is on {order.scope}, which would be "
                    "gone: end it first"
                )

    def _check_programs(self, site: Site) -> None:
        for name, dispatch in sorted(self.active_dispatches(self._clock.now()).items()):
            if dispatch.program not in site.programs:
                raise PermanentError(
                    f"programs: dispatch {name} is of {dispatch.program}, which would be gone, and "
                    f"{dispatch.authority} could not end it: end it first"
                )

    def adopt(
        self,
        site: Site,
        places: Callable[[], Collection[str]],
        levels: Callable[[str], Mapping[str, int]],
    ) -> None:
        """Judge by this site, these names of miners and their levels from now on."""
        self._site = site
        self._places = places
        self._levels = levels

    def heed(self, plan: Plan) -> None:
        """What dispatches keep off by this plan counts where a reference is frozen."""
        self._kept_off_w = kept_off_w(plan)

    @property
    def refused(self) -> Mapping[str, int]:
        """Dispatches refused since the process began, by code."""
        return dict(self._refused)

    @property
    def locks(self) -> Mapping[str, MaintenanceLock]:
        """Those not released, by place."""
        return dict(self._locks)

    def active_dispatches(self, now: datetime) -> Mapping[str, Dispatch]:
        """Those in force and those to come."""
        return {key: each for key, each in self._dispatches.items() if not each.over(now)}

    def active_orders(self, now: datetime) -> Mapping[str, ManualOrder]:
        """Those in force and those to come."""
        return {key: each for key, each in self._orders.items() if now < each.until}

    def recalled(self, now: datetime) -> Mapping[str, Dispatch]:
        """Those that were ended by voice within the last day."""
        return {
            key: each
            for key, each in self._dispatches.items()
            if each.recall is not None and now < each.recall.at + RECALLS_SHOWN
        }

    def next_change(self, now: datetime) -> datetime | None:
        """When the next dispatch or order starts or ends by itself."""
        moments: list[datetime | None] = []
        for dispatch in self.active_dispatches(now).values():
            moments += (dispatch.start, dispatch.end)
        for order in self.active_orders(now).values():
            moments += (order.issued_at, order.until)
        return min((each for each in moments if each is not None and now < each), default=None)

    async def dispatch(self, body: Mapping[str, Any], authority: str) -> Receipt:
        return await self._in_turn(self._take_dispatch(body, authority))

    async def recall(self, dispatch: str, recall: Recall) -> None:
        """End a dispatch by voice.

        Raises:
            PermanentError: there is no such dispatch, it is over, or somebody is not named.
            TemporaryError: it is not committed.
        """
        await self._in_turn(self._take_recall(dispatch, recall))

    def penalty(self, dispatch: str) -> Penalty | None:
        """What it costs to opt out of a dispatch now; None where none of that id is known.

        Raises:
            PermanentError: nobody may, or there is nothing to opt out of.
        """
        known = self._dispatches.get(dispatch)
        return None if known is None else priced(known, self._site, self._clock.now())

    async def opt_out(
        self, dispatch: str, *, person: str, why: str, accepted: Decimal
    ) -> OptOut | Penalty | None:
        """Opt out of a dispatch: what is on disk then. Nothing is done where the penalty is not the
        accepted one, which is what comes back; None where no dispatch of that id is known.

        Raises:
            PermanentError: nobody may, there is nothing to opt out of, or nobody is named.
            TemporaryError: it is not committed.
        """
        return await self._in_turn(self._take_opt_out(dispatch, person, why, accepted))

    async def order(self, order: ManualOrder, *, ended: bool = False) -> None:
        """Set, replace or end a manual order.

        Raises:
            PermanentError: it is about nothing, asks for a level that no miner of its scope has,
                has expired, or is not there to be ended.
            TemporaryError: it is not committed.
        """
        await self._in_turn(self._take_order(order, ended=ended))

    async def lock(self, lock: MaintenanceLock) -> None:
        """Lock a place.

        Raises:
            PermanentError: there is no such place, or somebody else's lock is on it.
            TemporaryError: it is not committed.
        """
        await self._in_turn(self._take_lock(lock))

    async def release(self, place: str, person: str, why: str = "") -> None:
        """Release a place.

        Raises:
            PermanentError: it is not locked, or nobody is named.
            TemporaryError: it is not committed.
        """
        await self._in_turn(self._take_release(place, person, why))

    async def _in_turn(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it whole, even if who asked has gone: what is committed must be remembered too."""

        async def turn() -> T:
            async with self._turn:
                return await work

        task = asyncio.create_task(turn())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def _take_dispatch(self, body: Mapping[str, Any], authority: str) -> Receipt:
        now = self._clock.now()
        self._forget(now)
        judgement = judge(
            body,
            authority,
            site=self._site,
            known=self._dispatches,
            now=now,
            power_w=self._power_w(),
            kept_off_w=self._kept_off_w,
        )
        if isinstance(judgement, Repeated):
            return received(judgement.dispatch, repeated=True)
        if isinstance(judgement, Refused):
            return await self._refuse(body, authority, now, judgement)
        return await self._accept(body, authority, now, judgement)

    async def _accept(
        self, body: Mapping[str, Any], authority: str, now: datetime, dispatch: Dispatch
    ) -> Receipt:
        record = DispatchArrived(at=now, authority=authority, body=dict(body), dispatch=dispatch)
        try:
            await self._ledger.commit([record])
        except TemporaryError as error:
            self._refused[Code.NOT_COMMITTED] += 1
            problem = f"it could not be written down ({error}); send it again in {error.delay_s} s"
            return answer(body, Refused(code=Code.NOT_COMMITTED, problem=problem))
        self._dispatches[dispatch.id] = dispatch
        self._wake()
        return received(dispatch)

    async def _refuse(
        self, body: Mapping[str, Any], authority: str, now: datetime, refused: Refused
    ) -> Receipt:
        self._refused[refused.code] += 1
        why = f"{refused.code}: {refused.problem}"
        record = DispatchArrived(at=now, authority=authority, body=as_sent(body), refused=why)
        # The sender needs the answer more than the books need the refusal; that the ledger does
        # not write shows in its health.
        with contextlib.suppress(TemporaryError):
            await self._ledger.commit([record])
        return answer(body, refused)

    async def _take_recall(self, wanted: str, recall: Recall) -> None:
        check_named(person=recall.person, authority=recall.authority, reference=recall.reference)
        dispatch = self._dispatches.get(wanted)
        if dispatch is None or dispatch.over(recall.at):
            active = self.active_dispatches(recall.at)
            raise PermanentError(
                f"no dispatch {wanted} is in force or to come; {there_are(active)}"
            )
        ended = msgspec.structs.replace(dispatch, cancelled=True, recall=recall)
        await self._ledger.commit([DispatchRecalled(at=self._clock.now(), dispatch=ended)])
        self._dispatches[wanted] = ended
        self._wake()

    async def _take_opt_out(
        self, wanted: str, person: str, why: str, accepted: Decimal
    ) -> OptOut | Penalty | None:
        check_named(person=person, why=why)
        now, shown = self._clock.now(), self.penalty(wanted)
        if shown is None or shown.amount != accepted:
            if shown is not None and shown.amount is None:
                raise without_end(shown)
            return shown
        out = OptOut(person=person, why=why, penalty=shown.amount, at=now)
        dispatch = msgspec.structs.replace(self._dispatches[wanted], opted_out=out)
        await self._ledger.commit([DispatchOptedOut(at=now, dispatch=dispatch)])
        self._dispatches[wanted] = dispatch
        self._wake()
        return out

    async def _take_order(self, order: ManualOrder, *, ended: bool) -> None:
        now = self._clock.now()
        self._forget(now)
        if ended and order.id not in self._orders:
            raise PermanentError(f"no order {order.id} is in force; {there_are(self._orders)}")
        if not ended:
            order = checked(order, now, self._site, self._places(), self._levels)
        await self._ledger.commit([OrderArrived(at=now, order=order, ended=ended)])
        if ended:
            del self._orders[order.id]
        else:
            self._orders[order.id] = order
        self._wake()

    async def _take_lock(self, lock: MaintenanceLock) -> None:
        check_named(person=lock.person)
        if lock.place not in self._site.groups and lock.place not in self._places():
            groups = there_are(self._site.groups)
            raise PermanentError(f"place {lock.place!r} is neither a group nor a miner; {groups}")
        held = self._locks.get(lock.place)
        if held is not None and (held.person, held.why) == (lock.person, lock.why):
            return  # the same word again: it has been locked since the first
        if held is not None:
            raise PermanentError(
                f"place {lock.place!r} has been locked by {held.person} since "
                f"{held.since.isoformat()}; it has to be released first"
            )
        await self._ledger.commit([LockArrived(at=self._clock.now(), lock=lock)])
        self._locks[lock.place] = lock
        self._wake()

    async def _take_release(self, place: str, person: str, why: str) -> None:
        check_named(person=person)
        lock = self._locks.get(place)
        if lock is None:
            raise PermanentError(f"place {place!r} is not locked; {there_are(self._locks)}")
        record = LockArrived(at=self._clock.now(), lock=lock, released_by=person, released_why=why)
        await self._ledger.commit([record])
        del self._locks[place]
        self._wake()

    def _forget(self, now: datetime) -> None:
        """Drop what was over long ago, so that memory stays bounded."""
        for key, each in list(self._dispatches.items()):
            if each.over(now) and _last_moment(each) + KEPT < now and not _may_come_back(each):
                del self._dispatches[key]
        self._orders = dict(self.active_orders(now))


def _last_moment(dispatch: Dispatch) -> datetime:
    return max(dispatch.received_at, dispatch.end or dispatch.start)


def _may_come_back(dispatch: Dispatch) -> bool:
    """Its sender may not know of the recall: a broker that keeps the open version says it again,
    however late."""
    return dispatch.recall is not None and dispatch.end is None
