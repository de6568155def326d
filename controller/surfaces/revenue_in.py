"""Files of the revenue meter, with an operator's token."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from controller.model.revenue_meter import RevenueUpload
from controller.ports import RevenueDesk
from controller.surfaces import api_revenue as api
from controller.surfaces import bodies
from controller.surfaces.present import revenue
from controller.surfaces.problems import ProblemError, json_response

LARGEST_FILE_BODY = 12 * 1024 * 1024
"""Of 8 MiB in base64, with the rest of the body."""


class RevenueIn:
    """Takes a file; it is read and judged by the desk."""

    def __init__(self, desk: RevenueDesk | None, operator: Callable[[web.Request], str]) -> None:
        """`operator` gives whose token a request carries, or refuses it."""
        self._desk = desk
        self._operator = operator

    async def take(self, request: web.Request) -> web.Response:
        self._operator(request)
        sent = await bodies.model(request, api.RevenueFileSent, largest=LARGEST_FILE_BODY)
        if self._desk is None:
            raise ProblemError(422, "refused", "this process keeps no books of a revenue meter")
        answer = await self._desk.bring(
            RevenueUpload(
                name=sent.name,
                content=sent.content,
                person=sent.person,
                insist=sent.insist,
                only_look=sent.only_look,
            )
        )
        return json_response(revenue.taken(answer))
