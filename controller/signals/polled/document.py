"""A JSON document on the web, fetched when it has changed, with its last good answer on disk."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from msgspec.structs import replace

from controller.errors import TemporaryError
from controller.links.http import Answer, Request, get, place_of
from controller.model.base import encode
from controller.model.samples import PriceSample
from controller.ports import Clock
from controller.signals.polled.last_answer import LastAnswer, digest, load, save
from controller.signals.polled.settings import trust
from controller.signals.polled.words import content_problem, retry_after_s, stamp, status_problem
from controller.signals.prices.http_settings import PriceHttpSettings
from controller.signals.prices.json_rows import over_at, read_prices
from controller.signals.prices.zeros import doubtful, last_other

_log = structlog.get_logger(__name__)
OK, NOT_MODIFIED = 200, 304
LONGEST_STAMP = 256


@dataclass(frozen=True)
class Read:
    """What an answer comes to: the prices that are believed, and what is wrong with the rest."""

    prices: Sequence[PriceSample] = ()
    problem: str = ""
    delay_s: float = 0.0
    """The least pause that the problem asks for."""


class PriceDocument:
    """Knows the last good answer and asks only for what has changed since."""

    def __init__(self, settings: PriceHttpSettings, clock: Clock, file: Path) -> None:
        self._settings = settings
        self._clock = clock
        self._file = file
        self._source = _source(settings)
        self._kept: LastAnswer | None = None
        self.known: Sequence[PriceSample] = ()
        """The prices of the last good answer."""

    async def remember(self) -> None:
        """Take up what an earlier process kept, where it can still be read."""
        if self._kept is not None:
            return
        limit, now = self._settings.reply_limit_bytes, self._clock.now()
        kept = await asyncio.to_thread(load, self._file, self._source, now, limit)
        if kept is None:
            return
        try:
            self.known = await asyncio.to_thread(self._prices, kept)
        except ValueError as error:
            _log.warning("last_answer_unusable", file=str(self._file), why=str(error))
        else:
            self._kept = kept

    async def fetch(self, secrets: Mapping[str, str]) -> Read:
        """What the document says now.

        Raises:
            TemporaryError: it could not be had, or is none.
        """
        asked_at = self._clock.now()
        stamps = self._stamps(asked_at)
        request = Request(
            url=self._settings.url,
            timeout_s=self._settings.timeout_s,
            limit_bytes=self._settings.reply_limit_bytes,
            headers={"Accept": "application/json", **self._settings.headers, **secrets, **stamps},
            context=await asyncio.to_thread(trust, self._settings.ca_file),
        )
        answer = await get(request)
        if answer.status == NOT_MODIFIED and stamps:
            return self._current(self.known, asked_at)
        if answer.status != OK:
            why = f"{request.place}: {status_problem(answer, request.url)}"
            raise TemporaryError(why, delay_s=self._delay_s(answer))
        return await self._judged(answer, asked_at, request.place)

    def _delay_s(self, answer: Answer) -> float:
        """What we do wrong is not repeated sooner than what we do right."""
        least_s = self._settings.poll_s if 300 <= answer.status < 500 else 0.0
        return max(least_s, retry_after_s(answer))

    def _stamps(self, now: datetime) -> dict[str, str]:
        """Of the kept answer, as long as it says something of now: else it is asked for anew."""
        if self._kept is None or all(self._over(price, now) for price in self.known):
            return {}
        stamps = {
            "If-None-Match": self._kept.etag,
            "If-Modified-Since": self._kept.last_modified,
        }
        return {name: value for name, value in stamps.items() if value}

    async def _judged(self, answer: Answer, asked_at: datetime, place: str) -> Read:
        kept = LastAnswer(
            source=self._source,
            fetched_at=asked_at,
            body=answer.body,
            digest=digest(answer.body),
            etag=_plain(answer.headers.get("etag", "")),
            last_modified=_plain(answer.headers.get("last-modified", "")),
        )
        try:
            prices = await asyncio.to_thread(self._prices, kept)
        except ValueError as error:
            raise TemporaryError(f"{place}: {content_problem(answer, str(error))}") from error
        before = last_other(self._earlier(), until=prices[0])
        strange = doubtful(prices, before, self._settings)
        if strange:
            believed = [price for price in prices if price not in strange]
            return Read(believed, f"{place}: {_zeros(strange)}")
        read = self._current(prices, asked_at)
        if not read.problem:
            await self._keep(kept, prices, before)
        return read

    def _earlier(self) -> list[PriceSample]:
        before = self._kept.before if self._kept else None
        return [*([before] if before else []), *self.known]

    def _current(self, prices: Sequence[PriceSample], now: datetime) -> Read:
        if not all(self._over(price, now) for price in prices):
            return Read(prices)
        newest = max(price.end for price in prices)
        over = f"all its {len(prices)} prices are over, the last at {newest:%Y-%m-%dT%H:%MZ}"
        place = place_of(self._settings.url)
        return Read(problem=f"{place}: {over}: does the source still publish?")

    def _over(self, price: PriceSample, now: datetime) -> bool:
        return over_at(price, self._settings) <= now

    async def _keep(
        self, kept: LastAnswer, prices: Sequence[PriceSample], before: PriceSample | None
    ) -> None:
        kept = replace(kept, before=before)
        self._kept, self.known = kept, prices
        try:
            await asyncio.to_thread(save, self._file, kept)
        except OSError as error:
            _log.warning("last_answer_not_kept", file=str(self._file), why=error.strerror)

    def _prices(self, kept: LastAnswer) -> list[PriceSample]:
        """Prices that do not say when they were published bear Last-Modified, or the fetch."""
        modified_at = stamp(kept.last_modified)
        published_at = min(modified_at or kept.fetched_at, kept.fetched_at)
        return read_prices(kept.body, self._settings, published_at)


def _source(settings: PriceHttpSettings) -> str:
    asked = [settings.url, settings.headers, sorted(settings.header_files)]
    return hashlib.sha256(encode(asked)).hexdigest()


def _plain(value: str) -> str:
    """A stamp that is fit to be sent back."""
    fit = len(value) <= LONGEST_STAMP and value.isascii() and value.isprintable()
    return value if fit else ""


def _zeros(prices: Sequence[PriceSample]) -> str:
    first = prices[0].start
    which = f"{len(prices)} prices of exactly 0" if len(prices) > 1 else "a price of exactly 0"
    told = f"{which} from {first:%Y-%m-%dT%H:%MZ} on, as of a source that is down, not believed"
    return f"{told}: set zero: accept if the market really is at 0"
