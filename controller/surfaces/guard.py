"""What stands around every handler: whom we answer, how errors look, which headers go out."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from controller.errors import CurtaildError
from controller.surfaces.problems import (
    CODE_OF_STATUS,
    ProblemError,
    of_error,
    problem_response,
)

logger = structlog.get_logger(__name__)

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Server": "curtaild",
}


async def harden(_: web.Request, response: web.StreamResponse) -> None:
    """Security headers, on errors and streams too; nothing is cached unless its handler says."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error becomes a `Problem`; what went wrong inside goes to the log only."""
    try:
        return await handler(request)
    except ProblemError as error:
        return problem_response(error)
    except CurtaildError as error:
        return problem_response(of_error(error))
    except web.HTTPException as error:
        return problem_response(_of_http(error))
    except Exception:
        logger.exception("http.failed", method=request.method, path=request.path)
        text = "the request failed inside curtaild: its log says why"
        return problem_response(ProblemError(500, "internal", text))


def _of_http(error: web.HTTPException) -> ProblemError:
    allow = error.headers.get("Allow")
    return ProblemError(
        error.status,
        CODE_OF_STATUS.get(error.status, "refused"),
        error.reason or "refused",
        headers={"Allow": allow} if allow else None,
    )


def only_hosts(names: Iterable[str]) -> Middleware:
    """Refuse other names in the Host header than loopback's and `names`.

    A page elsewhere can point its own name at 127.0.0.1 and so read from here with the browser
    of whoever looks at it (DNS rebinding); the name it uses gives it away.
    """
    allowed = {name.lower() for name in names} | {"localhost"}

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = _host_name(request.headers.get("Host", ""))
        if name not in allowed and not is_loopback(name):
            text = f"the host {name!r} is not answered here: add it to http.hosts if it should be"
            raise ProblemError(421, "unknown_host", text)
        return await handler(request)

    return check


def _host_name(header: str) -> str:
    """The name in `name`, `name:port`, `[v6]` or `[v6]:port`."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


def is_loopback(host: str) -> bool:
    """Whether it can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
