"""Manual orders and maintenance locks: set and ended by people, with an operator's token."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from aiohttp import web

from controller.errors import PermanentError
from controller.model.grid import MaintenanceLock, ManualOrder
from controller.ports import Clock, Inbox, Watch
from controller.surfaces import api_requests as req
from controller.surfaces import bodies
from controller.surfaces.present import grid
from controller.surfaces.problems import ProblemError, json_response
from controller.surfaces.tokens import Tokens

REMEMBERED = 100


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
        self._just_set: dict[str, ManualOrder] = {}

    def _operator(self, request: web.Request) -> str:
        authority = bodies.authority(request, self._tokens)
        if authority not in self._operators:
            text = f"{authority!r} may not set orders and locks: see http.operators"
            raise ProblemError(403, "not_an_operator", text)
        return authority

    async def set_order(self, request: web.Request) -> web.Response:
        self._operator(request)
        sent = await bodies.model(request, req.OrderSent)
        order = ManualOrder(
            id=sent.id,
            scope=sent.scope,
            limit_w=int(sent.limit_kw * 1000),
            person=sent.person,
            why=sent.why,
            issued_at=self._clock.now(),
            until=sent.until,
        )
        replaced = self._order(order.id) is not None
        await self._inbox.order(order)
        self._remember(order)
        return json_response(grid.order(order), 200 if replaced else 201)

    async def end_order(self, request: web.Request) -> web.Response:
        person = self._operator(request)
        if request.can_read_body:
            person = (await bodies.model(request, req.OrderEnd)).person
        wanted = request.match_info["id"]
        order = self._order(wanted)
        if order is None:
            raise ProblemError(404, "not_found", f"no order {wanted!r} is in force")
        ended = msgspec.structs.replace(order, person=person)
        await self._inbox.order(ended, ended=True)
        self._just_set.pop(wanted, None)
        return json_response(grid.order(ended))

    def _order(self, wanted: str) -> ManualOrder | None:
        """Of the last cycle, or set since and not yet part of one."""
        view = self._watch.view()
        known = None if view is None else view.seen.orders.get(wanted)
        return known or self._just_set.get(wanted)

    def _remember(self, order: ManualOrder) -> None:
        self._just_set[order.id] = order
        if len(self._just_set) > REMEMBERED:
            del self._just_set[next(iter(self._just_set))]

    async def set_lock(self, request: web.Request) -> web.Response:
        self._operator(request)
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
        self._operator(request)
        person = (await bodies.model(request, req.LockRelease)).person
        place = request.match_info["place"]
        try:
            await self._inbox.release(place, person)
        except PermanentError as error:
            raise ProblemError(404, "not_locked", str(error)) from error
        return json_response(req.LockReleased(place=place, released_by=person))
