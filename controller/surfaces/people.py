"""The word of people, with an operator's token: orders, locks, recalls, opting out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from aiohttp import web

from controller.errors import PermanentError
from controller.model.grid import MaintenanceLock, ManualOrder, OptOut, Recall
from controller.ports import Clock, Inbox, Watch
from controller.surfaces import api_models as api
from controller.surfaces import api_opt_outs as outs
from controller.surfaces import api_requests as req
from controller.surfaces import bodies
from controller.surfaces.present import grid
from controller.surfaces.problems import ProblemError, json_response
from controller.surfaces.reads import seen_by
from controller.surfaces.said_orders import SaidOrders
from controller.surfaces.tokens import Tokens


class People:
    """The way in for people. What they ask for is judged by the inbox."""

    def __init__(
        self, inbox: Inbox, watch: Watch, clock: Clock, tokens: Tokens, operators: Collection[str]
    ) -> None:
        self._inbox = inbox
        self._watch = watch
        self._clock = clock
        self._tokens = tokens
        self._operators = frozenset(operators)
        self._said = SaidOrders(watch)

    def adopt(self, operators: Collection[str]) -> None:
        """From now on these may act."""
        self._operators = frozenset(operators)

    def operator(self, request: web.Request) -> str:
        """Whose token it is.

        Raises:
            ProblemError: 401, or 403: not an operator's.
        """
        authority = bodies.authority(request, self._tokens)
        if authority not in self._operators:
            text = f"{authority!r} may not do what people do: see http.operators"
            raise ProblemError(403, "not_an_operator", text)
        return authority

    async def set_order(self, request: web.Request) -> web.Response:
        self.operator(request)
        order = _order(await bodies.model(request, req.OrderSent), self._clock.now())
        replaced = order.id in self._said.standing(order.issued_at)
        await self._inbox.order(order)
        self._said.set(order)
        return json_response(grid.order(order), 200 if replaced else 201)

    async def end_order(self, request: web.Request) -> web.Response:
        said = req.OrderEnd(person=self.operator(request))
        if request.can_read_body:
            said = await bodies.model(request, req.OrderEnd)
        wanted = request.match_info["id"]
        order = self._said.standing(self._clock.now()).get(wanted)
        if order is None:
            raise ProblemError(404, "not_found", f"no order {wanted!r} is in force")
        ended = msgspec.structs.replace(order, person=said.person, why=said.why or order.why)
        await self._inbox.order(ended, ended=True)
        self._said.ended(wanted)
        return json_response(grid.order(ended))

    async def orders(self, _: web.Request) -> web.Response:
        seen_by(self._watch)
        standing = self._said.standing(self._clock.now())
        return json_response(api.Orders(orders=[grid.order(one) for one in standing.values()]))

    async def recall(self, request: web.Request) -> web.Response:
        self.operator(request)
        sent = await bodies.model(request, req.RecallSent)
        recall = Recall(
            person=sent.person,
            authority=sent.authority,
            reference=sent.reference,
            at=self._clock.now(),
        )
        wanted = request.match_info["id"]
        try:
            await self._inbox.recall(wanted, recall)
        except PermanentError as error:
            raise ProblemError(404, "not_found", str(error)) from error
        return json_response(req.DispatchEnded(id=wanted, recall=grid.recall(recall)))

    async def penalty(self, request: web.Request) -> web.Response:
        wanted = request.match_info["id"]
        found = self._inbox.penalty(wanted)
        if found is None:
            raise _no_dispatch(wanted)
        return json_response(grid.penalty(found))

    async def opt_out(self, request: web.Request) -> web.Response:
        self.operator(request)
        sent = await bodies.model(request, outs.OptOutSent)
        wanted = request.match_info["id"]
        found = await self._inbox.opt_out(
            wanted, person=sent.person, why=sent.why, accepted=sent.penalty
        )
        if found is None:
            raise _no_dispatch(wanted)
        if isinstance(found, OptOut):
            return json_response(outs.OptedOut(id=wanted, opted_out=grid.opt_out(found)))
        problem = f"opting out of {wanted} costs {found.amount} {found.currency} by now"
        changed = outs.PenaltyChanged(
            code="penalty_changed", problem=problem, current=grid.penalty(found)
        )
        return json_response(changed, 409)

    async def set_lock(self, request: web.Request) -> web.Response:
        self.operator(request)
        sent = await bodies.model(request, req.LockSent)
        lock = MaintenanceLock(
            id=sent.place,
            place=sent.place,
            person=sent.person,
            why=sent.why,
            since=self._clock.now(),
        )
        await self._inbox.lock(lock)
        return json_response(grid.lock(lock), 201)

    async def release_lock(self, request: web.Request) -> web.Response:
        self.operator(request)
        said = await bodies.model(request, req.LockRelease)
        place = request.match_info["place"]
        try:
            await self._inbox.release(place, said.person, said.why or "")
        except PermanentError as error:
            raise ProblemError(404, "not_locked", str(error)) from error
        return json_response(req.LockReleased(place=place, released_by=said.person))


def _no_dispatch(wanted: str) -> ProblemError:
    return ProblemError(404, "not_found", f"no dispatch {wanted!r} is known")


def _watts(kw: Decimal | None) -> int | None:
    """A fraction of a watt makes no limit higher, and no floor."""
    return None if kw is None else int(kw * 1000)


def _order(sent: req.OrderSent, now: datetime) -> ManualOrder:
    until = now + timedelta(seconds=sent.for_s or 0) if sent.until is None else sent.until
    return ManualOrder(
        id=sent.id,
        scope=sent.scope,
        limit_w=_watts(sent.limit_kw),
        floor_w=_watts(sent.floor_kw),
        hold=sent.hold,
        emergency=sent.emergency,
        level=sent.level or "",
        person=sent.person,
        why=sent.why,
        issued_at=now,
        until=until,
    )
