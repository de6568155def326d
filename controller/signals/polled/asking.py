"""One ask to its answer: to hosts that are allowed, and only for what has changed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from controller.errors import TemporaryError
from controller.links.http import Answer, Request, fetch
from controller.signals.polled.last_answer import LastAnswer, digest
from controller.signals.polled.secrets import trust
from controller.signals.polled.settings import PolledSettings
from controller.signals.polled.source import Ask
from controller.signals.polled.words import retry_after_s, stamp, status_problem

OK, NOT_MODIFIED = 200, 304
LONGEST_STAMP = 256


@dataclass(frozen=True)
class Secrets:
    """Of one request."""

    headers: Mapping[str, str]
    query: Mapping[str, str]

    @property
    def every(self) -> tuple[str, ...]:
        return (*self.headers.values(), *self.query.values())


NONE = Secrets({}, {})


class Asker:
    """Sends asks as the settings of a feed say."""

    def __init__(self, settings: PolledSettings, allowed: Collection[str]) -> None:
        """`allowed` are the hosts that may be asked."""
        self._settings = settings
        self._allowed = frozenset(allowed)

    async def answer(
        self, ask: Ask, kept: LastAnswer | None, now: datetime, secrets: Secrets
    ) -> LastAnswer | None:
        """What is said to an ask at `now`; `kept` itself where that has not changed, None where
        there is nothing yet.

        Raises:
            TemporaryError: the host is not allowed, there is no answer, or its status is no good.
        """
        stamps = _stamps(kept)
        request = await self._request(ask, secrets, stamps)
        answer = await fetch(request)
        if answer.status == NOT_MODIFIED and stamps:
            return kept
        if answer.status in ask.nothing:
            return None
        if answer.status != OK:
            why = f"{request.place}: {status_problem(answer, request.url)}"
            raise TemporaryError(why, delay_s=self._delay_s(answer))
        return _kept(ask, answer, now)

    async def _request(self, ask: Ask, secrets: Secrets, stamps: Mapping[str, str]) -> Request:
        settings = self._settings
        host = urlsplit(ask.url).hostname or ""
        if host not in self._allowed:
            raise TemporaryError(
                f"{host} is not among the hosts that may be asked: see outbound.hosts"
            )
        secrets = secrets if ask.secret else NONE
        return Request(
            url=ask.url,
            timeout_s=settings.timeout_s,
            limit_bytes=settings.reply_limit_bytes,
            headers={"Accept": ask.accept, **settings.headers, **secrets.headers, **stamps},
            query=secrets.query,
            body=ask.body,
            context=await asyncio.to_thread(trust, settings.ca_file),
        )

    def _delay_s(self, answer: Answer) -> float:
        """What we do wrong is not repeated sooner than what we do right."""
        least_s = self._settings.poll_s if 300 <= answer.status < 500 else 0.0
        return max(least_s, retry_after_s(answer))


def key_of(ask: Ask) -> str:
    """Asks of one address differ by their name, or else by what is sent."""
    if ask.name:
        return f"{ask.url}#{ask.name}"
    return ask.url if ask.body is None else f"{ask.url}#{digest(ask.body)}"


def source_of(settings: PolledSettings) -> str:
    """Whom the answers are of: an address says something else to another header."""
    sent = (settings.headers.items(), settings.header_files, settings.secret_query)
    asked = [settings.addresses, *(sorted(one) for one in sent)]
    return hashlib.sha256(repr(asked).encode()).hexdigest()


def _stamps(kept: LastAnswer | None) -> dict[str, str]:
    if kept is None:
        return {}
    stamps = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
    return {name: value for name, value in stamps.items() if value}


def _kept(ask: Ask, answer: Answer, now: datetime) -> LastAnswer:
    modified_at = stamp(answer.headers.get("last-modified", ""))
    return LastAnswer(
        key=key_of(ask),
        url=ask.url,
        fetched_at=now,
        published_at=min(ask.published_at or modified_at or now, now),
        body=answer.body,
        digest=digest(answer.body),
        sent=ask.body,
        lasting=ask.lasting,
        part=ask.part,
        content_type=answer.headers.get("content-type", "")[:LONGEST_STAMP],
        etag=_plain(answer.headers.get("etag", "")),
        last_modified=_plain(answer.headers.get("last-modified", "")),
    )


def _plain(value: str) -> str:
    """A stamp that is fit to be sent back."""
    fit = len(value) <= LONGEST_STAMP and value.isascii() and value.isprintable()
    return value if fit else ""
