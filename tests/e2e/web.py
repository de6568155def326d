"""HTTP as a test needs it: every status is an answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

PATIENCE_S = 10.0
_OPENER = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def ask(url: str, body: object = None, *, token: str = "", method: str | None = None) -> Answer:
    """GET, or POST where there is a body.

    Raises:
        OSError: nobody answers there.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data=data, headers=headers, method=method)
    try:
        with _OPENER.open(request, timeout=PATIENCE_S) as answer:
            return Answer(answer.status, answer.read().decode())
    except HTTPError as error:
        with error:
            return Answer(error.code, error.read().decode())


def answers(url: str) -> bool:
    """Whether somebody answers there, and well."""
    try:
        return ask(url).status == 200
    except OSError:
        return False
