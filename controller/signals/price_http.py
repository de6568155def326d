"""Prices from a JSON document on the web."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from controller.errors import TemporaryError
from controller.links.backoff import backoff_s, fraction
from controller.links.secret_file import read_secret
from controller.model.samples import PriceSample
from controller.ports import Clock
from controller.signals.http_document import PriceDocument, Read
from controller.signals.http_words import without
from controller.signals.price_http_settings import PriceHttpSettings

FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 300.0
JITTER = 0.1

Said = dict[tuple[datetime, datetime], PriceSample]
"""By interval."""


class PriceHttp:
    """Fetches the document again and again, and says of it what is new."""

    def __init__(
        self, name: str, settings: PriceHttpSettings, clock: Clock, state_dir: Path
    ) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock
        self._document = PriceDocument(settings, clock, state_dir / "feeds" / f"{name}.json")
        # sites that share a source are not to ask for it in the same second
        self._key = f"{socket.gethostname()}/{name}"
        self._carried: Said = {}
        """Said before the failure after which the supervisor starts again."""
        self._failures = 0
        self._requests = 0

    async def samples(self) -> AsyncGenerator[PriceSample, None]:
        """The prices of the last good answer at once, then what each answer has that is new.

        Raises:
            TemporaryError: there is no answer, or it is not to be believed. What was said before
                holds to the end of its interval.
        """
        said, self._carried = self._carried, {}
        await self._document.remember()
        for price in self._news(self._document.known, said):
            yield price
        while True:
            read = await self._fetch()
            for price in self._news(read.prices, said):
                yield price
                # thousands of prices at once are not to hold up the loop
                await self._clock.sleep(0)
            if read.problem:
                self._carried = said
                raise self._failed(read)
            self._failures = 0
            await self._clock.sleep(self._pause_s())

    async def _fetch(self) -> Read:
        """What the document says now; a failure is a problem without prices."""
        secrets: Mapping[str, str] = {}
        try:
            secrets = await asyncio.to_thread(self._secrets)
            read = await self._document.fetch(secrets)
        except TemporaryError as error:
            read = Read(problem=str(error), delay_s=error.delay_s)
        return replace(read, problem=without(secrets.values(), read.problem))

    def _news(self, prices: Iterable[PriceSample], said: Said) -> Iterator[PriceSample]:
        """Those that are not over and were not said before."""
        now = self._clock.now()
        for price in prices:
            last = said.get((price.start, price.end))
            told = last is not None and last.price_per_mwh == price.price_per_mwh
            if price.end > now and not told:
                said[price.start, price.end] = price
                yield price
        for interval in [interval for interval in said if interval[1] <= now]:
            del said[interval]

    def _secrets(self) -> dict[str, str]:
        """Read anew each time, so that a key can be changed while the daemon runs."""
        secrets = {}
        for header, path in self._settings.header_files.items():
            try:
                secrets[header] = read_secret(path)
            except ValueError as error:
                where = f"feeds.{self.name}.header_files.{header}"
                raise TemporaryError(f"{where}: {error}") from error
        return secrets

    def _pause_s(self) -> float:
        """`poll_s`, a little more or less, each time another."""
        self._requests += 1
        share = fraction(f"{self._key}/{self._requests}")
        return self._settings.poll_s * (1 - JITTER + 2 * JITTER * share)

    def _failed(self, read: Read) -> TemporaryError:
        self._failures += 1
        most_s = max(FIRST_PAUSE_S, min(LONGEST_PAUSE_S, self._settings.poll_s))
        pause_s = backoff_s(self._key, self._failures, first_s=FIRST_PAUSE_S, most_s=most_s)
        return TemporaryError(read.problem, delay_s=max(read.delay_s, pause_s))
