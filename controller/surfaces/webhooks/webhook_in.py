"""POST /api/v1/webhooks/{name}: the signature is checked, the dispatch goes to the inbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from controller.errors import CurtaildError
from controller.ports import Clock, Inbox
from controller.surfaces import bodies
from controller.surfaces.dispatch_in import not_received, said
from controller.surfaces.problems import ProblemError, of_error
from controller.surfaces.strict_json import MalformedBodyError, parse_object
from controller.surfaces.tokens import read_secret
from controller.surfaces.webhooks.mapping import MappingError, dispatch_of
from controller.surfaces.webhooks.settings import WebhookSettings
from controller.surfaces.webhooks.signature import check


class Sender(NamedTuple):
    """A webhook's settings, and the secrets that are taken."""

    settings: WebhookSettings
    secrets: tuple[bytes, ...]


def load_senders(webhooks: Mapping[str, WebhookSettings]) -> Mapping[str, Sender]:
    """
    Raises:
        PermanentError: a secret's file cannot be used; naming key and file.
    """
    found = {}
    for name, one in webhooks.items():
        files: dict[str, Path | None] = {
            "secret_file": one.secret_file,
            "previous_secret_file": one.previous_secret_file,
        }
        secrets = [
            read_secret(path, f"http.webhooks.{name}.{key}: {path}").encode()
            for key, path in files.items()
            if path is not None
        ]
        found[name] = Sender(one, tuple(secrets))
    return found


class WebhookIn:
    """The way in for what aggregators push. A delivery that comes again within the window is no
    danger: the inbox knows the dispatch by its id and version."""

    def __init__(
        self, inbox: Inbox, clock: Clock, senders: Mapping[str, Sender], refused: Counter[str]
    ) -> None:
        self._inbox = inbox
        self._clock = clock
        self._senders = senders
        self._refused = refused

    def adopt(self, senders: Mapping[str, Sender]) -> None:
        """From now on these, and no others."""
        self._senders = senders

    async def take(self, request: web.Request) -> web.Response:
        try:
            sender = self._sender(request.match_info["name"])
            raw = await bodies.raw(request)
            check(sender.settings, sender.secrets, request.headers, raw, self._clock.now())
            body = _dispatch(raw, sender.settings)
        except ProblemError as error:
            self._refused[error.code] += 1
            return not_received(error)
        try:
            return said(await self._inbox.dispatch(body, sender.settings.authority))
        except CurtaildError as error:
            return not_received(of_error(error))

    def _sender(self, name: str) -> Sender:
        sender = self._senders.get(name)
        if sender is None:
            raise ProblemError(404, "not_found", "there is no webhook of that name")
        return sender


def _dispatch(raw: bytes, settings: WebhookSettings) -> dict[str, object]:
    try:
        sent = parse_object(raw)
        return sent if settings.mapped is None else dispatch_of(sent, settings.mapped)
    except (MalformedBodyError, MappingError) as error:
        raise ProblemError(400, "malformed", str(error)) from error
