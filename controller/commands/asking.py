"""Asking the running daemon over HTTP, and telling it what a person wants."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from controller.errors import CurtaildError

if TYPE_CHECKING:
    from controller.surfaces.settings import HttpSettings

_PATIENCE_S = 10.0
_NO_SUCH_THING = (404, 422)
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - listened on, never asked


class UnreachableError(CurtaildError):
    """Nobody answers as the daemon where the configuration says it listens."""


class RefusedError(CurtaildError):
    """The daemon did not do what it was told; nothing was taken over."""


def address(http: HttpSettings) -> str:
    """Where the daemon of this configuration answers on this machine."""
    host = _ANYWHERE.get(http.host, http.host)
    return f"http://[{host}]:{http.port}" if ":" in host else f"http://{host}:{http.port}"


def ask(http: HttpSettings, path: str) -> Any:
    """The JSON at `path` of the running daemon.

    Raises:
        UnreachableError: nobody answers, or somebody else does.
        RefusedError: what was asked about is not there, or cannot be; the daemon says why.
    """
    request = Request(address(http) + path)  # noqa: S310 - `address` makes it http
    try:
        return _answer(request)
    except HTTPError as error:
        said, own = _said(error)
        if own and error.code in _NO_SUCH_THING:
            raise RefusedError(f"the daemon refused ({error.code}): {said}") from error
        raise UnreachableError(f"{request.full_url} answers {error.code}: {said}") from error


def tell(http: HttpSettings, method: str, path: str, body: Mapping[str, Any], *, token: str) -> Any:
    """What the running daemon answers to this; it has been done then, and is on disk.

    Raises:
        UnreachableError: nobody answers, or somebody else does.
        RefusedError: it was not done; the daemon says why.
    """
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = json.dumps(body).encode()
    url = address(http) + path
    request = Request(url, data=data, headers=headers, method=method)  # noqa: S310 - as above
    try:
        return _answer(request)
    except HTTPError as error:
        raise RefusedError(f"the daemon refused ({error.code}): {_said(error)[0]}") from error


def _answer(request: Request) -> Any:
    opener = build_opener(ProxyHandler({}))  # the daemon is on this machine: no proxy between
    try:
        with opener.open(request, timeout=_PATIENCE_S) as answer:
            return json.load(answer)
    except HTTPError:
        raise
    except (URLError, HTTPException, OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        raise UnreachableError(
            f"{request.full_url}: no daemon answers ({why}): start it with `curtaild run`, "
            "or correct http.port"
        ) from error


def _said(error: HTTPError) -> tuple[str, bool]:
    """What was answered, and whether a daemon of ours did."""
    try:
        answer = json.load(error)
    except (ValueError, OSError):
        return str(error.reason), False
    if isinstance(answer, dict) and "problem" in answer:
        return str(answer["problem"]), True
    return str(error.reason), False
