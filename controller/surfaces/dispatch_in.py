"""POST /api/v1/dispatches: authenticate, pass on, answer. What it says is judged by the inbox."""

from __future__ import annotations

from collections import Counter

from aiohttp import web

from controller.errors import CurtaildError
from controller.ports import Inbox, Receipt
from controller.surfaces import api_requests as req
from controller.surfaces import bodies
from controller.surfaces.problems import (
    RETRY_AFTER_S,
    STATUS_OF_CODE,
    ProblemError,
    json_response,
    of_error,
)
from controller.surfaces.tokens import Tokens


class DispatchIn:
    """The way in for dispatches. `refused` counts, by code, those the inbox never saw."""

    def __init__(self, inbox: Inbox, tokens: Tokens, refused: Counter[str]) -> None:
        self._inbox = inbox
        self._tokens = tokens
        self._refused = refused

    async def send(self, request: web.Request) -> web.Response:
        try:
            authority = bodies.authority(request, self._tokens)
            body = await bodies.plain(request)
        except ProblemError as error:
            self._refused[error.code] += 1
            return not_received(error)
        try:
            receipt = await self._inbox.dispatch(body, authority)
        except CurtaildError as error:
            return not_received(of_error(error))
        return said(receipt)


def said(receipt: Receipt) -> web.Response:
    """The answer to a dispatch that the inbox has judged."""
    return _received(receipt) if receipt.received else _refused(receipt)


def _received(receipt: Receipt) -> web.Response:
    body = req.DispatchReceived(
        id=receipt.id,
        version=receipt.version,
        limit_kw=None if receipt.limit_kw is None else float(receipt.limit_kw),
        repeated=receipt.repeated,
    )
    return json_response(body, 200 if receipt.repeated else 201)


def _refused(receipt: Receipt) -> web.Response:
    body = req.DispatchRefused(
        id=receipt.id, version=receipt.version, code=receipt.code, problem=receipt.problem
    )
    status = STATUS_OF_CODE.get(receipt.code, 422)
    wait = {"Retry-After": str(RETRY_AFTER_S)} if status == 503 else None
    return json_response(body, status, wait)


def not_received(error: ProblemError) -> web.Response:
    """The answer to one that the inbox never saw."""
    body = req.DispatchRefused(code=error.code, problem=error.problem)
    return json_response(body, error.status, error.headers)
