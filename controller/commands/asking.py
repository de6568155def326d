"""Asking the running daemon over HTTP."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from controller.errors import CurtaildError

if TYPE_CHECKING:
    from controller.surfaces.settings import HttpSettings

_PATIENCE_S = 10.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - listened on, never asked


class UnreachableError(CurtaildError):
    """Nobody answers as the daemon where the configuration says it listens."""


def address(http: HttpSettings) -> str:
    """Where the daemon of this configuration answers on this machine."""
    host = _ANYWHERE.get(http.host, http.host)
    return f"http://[{host}]:{http.port}" if ":" in host else f"http://{host}:{http.port}"


def ask(http: HttpSettings, path: str) -> Any:
    """The JSON at `path` of the running daemon.

    Raises:
        UnreachableError: nobody answers, or somebody else does.
    """
    url = address(http) + path
    opener = build_opener(ProxyHandler({}))  # the daemon is on this machine: no proxy between
    try:
        with opener.open(url, timeout=_PATIENCE_S) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise UnreachableError(f"{url} answers {error.code}: {_said(error)}") from error
    except (URLError, HTTPException, OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        raise UnreachableError(
            f"{url}: no daemon answers ({why}): start it with `curtaild run`, or correct http.port"
        ) from error


def _said(error: HTTPError) -> str:
    try:
        answer = json.load(error)
    except (ValueError, OSError):
        return str(error.reason)
    return str(answer.get("problem", error.reason) if isinstance(answer, dict) else error.reason)
