"""Handlers that show."""

from __future__ import annotations

import json

from aiohttp import web
from aiohttp.typedefs import Handler

from controller.model.view import View
from controller.ports import Watch
from controller.reasons import Reason
from controller.surfaces import api_models as api
from controller.surfaces import openapi
from controller.surfaces.metrics import CONTENT_TYPE, Metrics
from controller.surfaces.present import grid, parts
from controller.surfaces.present.state import plan_now, readiness, state
from controller.surfaces.problems import RETRY_AFTER_S, ProblemError, json_response


def seen_by(watch: Watch) -> View:
    """The view.

    Raises:
        ProblemError: 503, there is none yet.
    """
    view = watch.view()
    if view is None:
        wait = {"Retry-After": str(RETRY_AFTER_S)}
        raise ProblemError(503, "not_ready", "the first cycle has not completed", headers=wait)
    return view


class Reads:
    """GET, but for events and the page."""

    def __init__(self, watch: Watch, metrics: Metrics) -> None:
        self._watch = watch
        self._metrics = metrics
        self._openapi = json.dumps(openapi.document()).encode()

    def handlers(self) -> dict[str, Handler]:
        """By operation."""
        return {
            "health": self.health,
            "readiness": self.readiness,
            "metrics": self.metrics,
            "state": self.state,
            "plan": self.plan,
            "reasons": self.reasons,
            "openapi": self.openapi,
            "dispatches": self.dispatches,
            "one_dispatch": self.one_dispatch,
        }

    async def health(self, _: web.Request) -> web.Response:
        alive = self._watch.alive()
        return json_response(api.Health(alive=alive), 200 if alive else 503)

    async def readiness(self, _: web.Request) -> web.Response:
        answer = readiness(self._watch.view())
        return json_response(answer, 200 if answer.ready else 503)

    async def metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=self._metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    async def state(self, _: web.Request) -> web.Response:
        return json_response(state(seen_by(self._watch), alive=self._watch.alive()))

    async def plan(self, _: web.Request) -> web.Response:
        return json_response(plan_now(seen_by(self._watch)))

    async def reasons(self, _: web.Request) -> web.Response:
        return json_response(api.Reasons(reasons=[parts.because(one) for one in Reason]))

    async def openapi(self, _: web.Request) -> web.Response:
        return web.Response(body=self._openapi, content_type="application/json")

    async def dispatches(self, _: web.Request) -> web.Response:
        view = seen_by(self._watch)
        known = grid.dispatches(view.seen)
        recalled = grid.recalled(view.recalled, view.seen)
        return json_response(api.Dispatches(dispatches=known, recalled=recalled))

    async def one_dispatch(self, request: web.Request) -> web.Response:
        wanted = request.match_info["id"]
        view = seen_by(self._watch)
        known = grid.dispatches(view.seen) + grid.recalled(view.recalled, view.seen)
        for one in known:
            if one.id == wanted:
                return json_response(one)
        text = f"no dispatch {wanted!r} is in force or to come"
        raise ProblemError(404, "not_found", text)
