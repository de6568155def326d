"""A signal, or what the grid says of itself, from a JSON document on the web."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from controller.errors import TemporaryError
from controller.links.http import Answer, Request, get
from controller.model.samples import ConditionSample, SignalSample
from controller.ports import Clock
from controller.signals.local.http_settings import SignalHttpSettings
from controller.signals.polled.polling import Polling
from controller.signals.polled.settings import secrets_of, trust
from controller.signals.polled.words import content_problem, retry_after_s, status_problem, without
from controller.signals.prices.json_rows import parsed, scaled
from controller.signals.reading.json_paths import find
from controller.signals.reading.times import time_reader

OK = 200
Word = SignalSample | ConditionSample


class SignalHttp:
    """Fetches the document again and again, and says what stands there."""

    def __init__(self, name: str, settings: SignalHttpSettings, clock: Clock) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock
        self._polling = Polling(name, settings.poll_s)

    async def samples(self) -> AsyncGenerator[Word, None]:
        """What each answer says; one that bears the same time as the last is no news.

        Raises:
            TemporaryError: there is no answer, or it lacks what is looked for.
        """
        last: Word | None = None
        while True:
            word = await self._read()
            if word != last:
                yield word
            last = word
            await self._clock.sleep(self._polling.pause_s())

    async def _read(self) -> Word:
        secrets: Mapping[str, str] = {}
        try:
            secrets = await asyncio.to_thread(secrets_of, self.name, self._settings.header_files)
            return await self._fetch(secrets)
        except TemporaryError as error:
            why = without(secrets.values(), str(error))
            raise TemporaryError(why, delay_s=self._polling.retry_s(error.delay_s)) from error

    async def _fetch(self, secrets: Mapping[str, str]) -> Word:
        settings, asked_at = self._settings, self._clock.now()
        request = Request(
            url=settings.url,
            timeout_s=settings.timeout_s,
            limit_bytes=settings.reply_limit_bytes,
            headers={"Accept": "application/json", **settings.headers, **secrets},
            context=await asyncio.to_thread(trust, settings.ca_file),
        )
        answer = await get(request)
        if answer.status != OK:
            why = f"{request.place}: {status_problem(answer, request.url)}"
            raise TemporaryError(why, delay_s=self._delay_s(answer))
        try:
            return await asyncio.to_thread(self._word, answer.body, asked_at, secrets)
        except ValueError as error:
            raise TemporaryError(
                f"{request.place}: {content_problem(answer, str(error))}"
            ) from error

    def _delay_s(self, answer: Answer) -> float:
        """What we do wrong is not repeated sooner than what we do right."""
        least_s = self._settings.poll_s if 300 <= answer.status < 500 else 0.0
        return max(least_s, retry_after_s(answer))

    def _word(self, body: bytes, asked_at: datetime, secrets: Mapping[str, str]) -> Word:
        """A server may say our own header back, and a condition is shown to everybody."""
        settings = self._settings
        document = parsed(body, settings.expect)
        at = self._time(document) if settings.at else asked_at
        value = find(settings.value, document, document)
        if value is None:
            raise ValueError(f"path {settings.value}: is null: there is no value now")
        if not settings.condition:
            text = scaled(value, settings.factor)
            return SignalSample(name=settings.signal, at=at, value=text)
        word = value if isinstance(value, str) else ""
        if not word:
            raise ValueError(f"path {settings.value}: there is no word")
        return ConditionSample(name=settings.signal, at=at, text=without(secrets.values(), word))

    def _time(self, document: Any) -> datetime:
        path = self._settings.at or ""
        read: Callable[[Any], datetime] = time_reader(
            self._settings.time_format, self._settings.zone
        )
        written = find(path, document, document)
        try:
            return read(written).astimezone(UTC)
        except ValueError as error:
            raise ValueError(f"path {path}: {str(written)[:40]!r} {error}") from error
