"""Refusals: one shape for every error the API answers with, and which status it gets."""

from __future__ import annotations

import math
from collections.abc import Mapping

from aiohttp import web
from pydantic import BaseModel, ValidationError

from controller.errors import CurtaildError, TemporaryError
from controller.surfaces.api_requests import Problem

RETRY_AFTER_S = 2

STATUS_OF_CODE: Mapping[str, int] = {
    "malformed": 400,
    "unauthorised": 403,
    "stale_version": 409,
    "contradictory": 409,
    "not_allowed": 422,
    "unknown_program": 422,
    "unknown_reference": 422,
    "over": 422,
    "too_long": 422,
    "not_committed": 503,
}
"""By `Receipt.code`. A code that is not listed here is a refusal of the content: 422."""

CODE_OF_STATUS: Mapping[int, str] = {
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
}
"""Refusals that the HTTP server makes by itself."""


class ProblemError(Exception):
    """A request that is not served."""

    def __init__(
        self, status: int, code: str, problem: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(problem)
        self.status = status
        self.code = code
        self.problem = problem
        self.headers = dict(headers or {})


def of_error(error: CurtaildError) -> ProblemError:
    """What the app raised: temporary errors are worth another try."""
    if isinstance(error, TemporaryError):
        wait = {"Retry-After": str(max(1, math.ceil(error.delay_s)))}
        return ProblemError(503, "not_committed", str(error), headers=wait)
    return ProblemError(422, "refused", str(error))


def of_validation(error: ValidationError) -> ProblemError:
    """A body whose fields are wrong: each is named. What was sent is not repeated."""
    lines = [
        f"{'.'.join(str(part) for part in one['loc']) or 'body'}: {one['msg']}"
        for one in error.errors(include_input=False, include_url=False)
    ]
    return ProblemError(400, "malformed", "; ".join(lines))


def json_response(
    body: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    return web.Response(
        body=body.model_dump_json().encode(),
        status=status,
        headers=headers,
        content_type="application/json",
    )


def problem_response(error: ProblemError) -> web.Response:
    body = Problem(code=error.code, problem=error.problem)
    return json_response(body, error.status, error.headers)
