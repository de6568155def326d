"""Who sends, and what: authority and body of a request."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from controller.surfaces.problems import ProblemError, of_validation
from controller.surfaces.strict_json import MalformedBodyError, parse_object
from controller.surfaces.tokens import Tokens

LARGEST_BODY = 64 * 1024
SLOWEST_BODY_S = 10.0

B = TypeVar("B", bound=BaseModel)


def authority(request: web.Request, tokens: Tokens) -> str:
    """Whose bearer token the request carries.

    Raises:
        ProblemError: 401.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    whose = tokens.whose(secret.strip()) if scheme.lower() == "bearer" else None
    if whose is None:
        raise ProblemError(
            401,
            "unauthenticated",
            "send the header 'Authorization: Bearer TOKEN' with the token of an authority",
            headers={"WWW-Authenticate": 'Bearer realm="curtaild"'},
        )
    return whose


async def plain(request: web.Request, *, largest: int = LARGEST_BODY) -> dict[str, Any]:
    """The JSON object in the body, of at most `largest` bytes.

    Raises:
        ProblemError: 400 malformed, 408 not sent in time, 413 too large.
    """
    try:
        return parse_object(await raw(request, largest=largest))
    except MalformedBodyError as error:
        raise ProblemError(400, "malformed", str(error)) from error


async def raw(request: web.Request, *, largest: int = LARGEST_BODY) -> bytes:
    """The body as it was sent.

    Raises:
        ProblemError: 400 broken off, 408 not sent in time, 413 too large.
    """
    try:
        async with asyncio.timeout(SLOWEST_BODY_S):
            return await request.clone(client_max_size=largest).read()
    except TimeoutError as error:
        text = f"the body did not arrive within {SLOWEST_BODY_S:.0f} s"
        raise ProblemError(408, "too_slow", text) from error
    except web.HTTPRequestEntityTooLarge as error:
        text = f"the body is larger than {largest} bytes"
        raise ProblemError(413, "too_large", text) from error
    except web.RequestPayloadError as error:
        raise ProblemError(400, "malformed", "the body broke off or is packed wrongly") from error


async def model(request: web.Request, kind: type[B], *, largest: int = LARGEST_BODY) -> B:
    """The body as a value of `kind`.

    Raises:
        ProblemError: as `plain` does, and 400 naming each wrong field.
    """
    try:
        return kind.model_validate(await plain(request, largest=largest))
    except ValidationError as error:
        raise of_validation(error) from error
