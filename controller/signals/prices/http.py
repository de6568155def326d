"""Prices from a JSON document on the web."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from controller.errors import TemporaryError
from controller.model.samples import PriceSample
from controller.ports import Clock
from controller.signals.polled.document import PriceDocument, Read
from controller.signals.polled.polling import Polling
from controller.signals.polled.settings import secrets_of
from controller.signals.polled.words import without
from controller.signals.prices.http_settings import PriceHttpSettings
from controller.signals.prices.json_rows import over_at

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
        self._polling = Polling(name, settings.poll_s)
        self._carried: Said = {}
        """Said before the failure after which the supervisor starts again."""

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
            await self._clock.sleep(self._polling.pause_s())

    async def _fetch(self) -> Read:
        """What the document says now; a failure is a problem without prices."""
        secrets: Mapping[str, str] = {}
        try:
            files = self._settings.header_files
            secrets = await asyncio.to_thread(secrets_of, self.name, files)
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
            if over_at(price, self._settings) > now and not told:
                said[price.start, price.end] = price
                yield price
        over = [key for key, price in said.items() if over_at(price, self._settings) <= now]
        for interval in over:
            del said[interval]

    def _failed(self, read: Read) -> TemporaryError:
        return TemporaryError(read.problem, delay_s=self._polling.retry_s(read.delay_s))
