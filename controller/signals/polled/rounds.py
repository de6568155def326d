"""A round: everything that a source is asked at one moment, and what of the answers is believed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from controller.errors import TemporaryError
from controller.links.http import place_of
from controller.model.samples import PriceSample, Sample
from controller.ports import Clock
from controller.signals.polled.asking import Asker, Secrets, key_of, source_of
from controller.signals.polled.last_answer import MOST_KEPT, Kept, LastAnswer, load, save
from controller.signals.polled.price_settings import PolledPriceSettings
from controller.signals.polled.settings import PolledSettings
from controller.signals.polled.source import Ask, Page, Source
from controller.signals.polled.words import content_problem
from controller.signals.polled.zeros import doubtful, last_other

_log = structlog.get_logger(__name__)
MOST_ASKS = 32
"""Of one round. A listing that names more documents is none of ours."""


@dataclass(frozen=True)
class Read:
    """What a round comes to: the samples that are believed, and what is wrong with the rest."""

    samples: Sequence[Sample] = ()
    problem: str = ""
    delay_s: float = 0.0
    """The least pause that the problem asks for."""


@dataclass(frozen=True)
class _Understood:
    """An answer, and what it says."""

    answer: LastAnswer
    samples: Sequence[Sample]


def understood(source: Source, page: Page) -> Sequence[Sample]:
    """What a page says.

    Raises:
        TemporaryError: it is none of those that this source knows; saying where.
    """
    try:
        return source.read(page)
    except ValueError as error:
        place = place_of(page.ask.url)
        raise TemporaryError(f"{place}: {content_problem(page.content_type, error)}") from error


class Rounds:
    """Knows the last good answers, and asks only for what has changed since."""

    def __init__(
        self,
        settings: PolledSettings,
        source: Source,
        clock: Clock,
        file: Path,
        allowed: Collection[str],
    ) -> None:
        self._settings = settings
        self._source = source
        self._clock = clock
        self._file = file
        self._of = source_of(settings)
        self._asker = Asker(settings, allowed)
        self._kept: Mapping[str, _Understood] = {}
        self._before: PriceSample | None = None

    @property
    def known(self) -> list[Sample]:
        """What the last good answers say."""
        return [sample for one in self._kept.values() for sample in one.samples]

    async def remember(self) -> None:
        """Take up what an earlier process kept, where it can still be read."""
        if self._kept:
            return
        limit, now = self._settings.reply_limit_bytes, self._clock.now()
        kept = await asyncio.to_thread(load, self._file, self._of, now, limit)
        if kept is None:
            return
        try:
            found = [
                await self._understand(_ask_of(one), one, one.fetched_at) for one in kept.answers
            ]
        except TemporaryError as error:
            _log.warning("last_answer_unusable", file=str(self._file), why=str(error))
        else:
            self._before = kept.before
            self._kept = {one.answer.key: one for one in found}

    async def ask(self, secrets: Secrets) -> Read:
        """What the source says now. Where only a part of it can be had, that and the problem."""
        now = self._clock.now()
        found: list[_Understood] = []
        problem: TemporaryError | None = None
        try:
            await self._gather(found, now, secrets)
        except TemporaryError as error:
            problem = error
        read, good = self._judged(found, now)
        if self._keep(good, now):
            await self._save()
        return read if problem is None else Read(read.samples, str(problem), problem.delay_s)

    async def _gather(self, found: list[_Understood], now: datetime, secrets: Secrets) -> None:
        """Asks one after the other, the documents of a listing right behind it. A source that does
        not answer is asked for nothing more; an answer that cannot be read spoils no other."""
        unreadable: TemporaryError | None = None
        waiting = deque(self._source.asks(now))
        for _ in range(MOST_ASKS):
            if not waiting:
                break
            ask = waiting.popleft()
            answer = await self._answer(ask, now, secrets)
            if answer is None:
                continue
            if ask.listing:
                waiting.extendleft(reversed(await self._listed(ask, answer, now)))
                continue
            try:
                found.append(await self._understand(ask, answer, now))
            except TemporaryError as error:
                unreadable = unreadable or error
        if waiting:
            why = f"more than {MOST_ASKS} documents are to be fetched: ask for fewer"
            raise TemporaryError(why)
        if unreadable is not None:
            raise unreadable

    async def _answer(self, ask: Ask, now: datetime, secrets: Secrets) -> LastAnswer | None:
        kept = self._kept.get(key_of(ask))
        if kept is not None and ask.lasting:
            return kept.answer
        current = kept is not None and self._of_use(kept, now)
        return await self._asker.answer(
            ask, kept.answer if kept and current else None, now, secrets
        )

    async def _listed(self, ask: Ask, answer: LastAnswer, now: datetime) -> Sequence[Ask]:
        page = _page(ask, answer, now)
        try:
            return await asyncio.to_thread(self._source.listed, page, now)
        except ValueError as error:
            why = content_problem(page.content_type, error)
            raise TemporaryError(f"{place_of(ask.url)}: {why}") from error

    async def _understood_again(self, kept: LastAnswer) -> _Understood:
        return await self._understand(_ask_of(kept), kept, kept.fetched_at)

    async def _understand(self, ask: Ask, answer: LastAnswer, now: datetime) -> _Understood:
        page = _page(ask, answer, now)
        return _Understood(answer, await asyncio.to_thread(understood, self._source, page))

    def _judged(
        self, found: Sequence[_Understood], now: datetime
    ) -> tuple[Read, Sequence[_Understood]]:
        """What is believed of what was found, and the answers that are good as a whole."""
        samples = [sample for one in found for sample in one.samples]
        place = place_of(self._settings.addresses[0])
        if not samples:
            delay_s = self._settings.poll_s
            return Read((), f"{place}: says that there is nothing yet", delay_s), ()
        strange = self._doubtful(samples)
        good = [one for one in found if not any(sample in strange for sample in one.samples)]
        if strange:
            believed = [sample for sample in samples if sample not in strange]
            return Read(believed, f"{place}: {_zeros(strange)}"), good
        if self._all_over(samples, now):
            return Read((), f"{place}: {_over(samples)}"), ()
        return Read(samples), good

    def _doubtful(self, samples: Sequence[Sample]) -> Sequence[Sample]:
        prices = sorted(_prices(samples), key=lambda price: price.start)
        if not prices or not isinstance(self._settings, PolledPriceSettings):
            return ()
        return doubtful(prices, self._last_other(until=prices[0]), self._settings)

    def _last_other(self, until: PriceSample) -> PriceSample | None:
        before = [] if self._before is None else [self._before]
        return last_other([*before, *_prices(self.known)], until)

    def _all_over(self, samples: Sequence[Sample], now: datetime) -> bool:
        ends = [self._source.over_at(sample) for sample in samples]
        return all(end is not None and end <= now for end in ends)

    def _of_use(self, one: _Understood, now: datetime) -> bool:
        return one.answer.part or not self._all_over(one.samples, now)

    def _keep(self, good: Sequence[_Understood], now: datetime) -> bool:
        """Keep what is good, and of what was known before what is not over. Whether it is news."""
        kept = {key: one for key, one in self._kept.items() if self._of_use(one, now)}
        fresh = {one.answer.key: one for one in good if self._of_use(one, now)}
        prices = sorted(_prices([s for one in fresh.values() for s in one.samples]), key=_start)
        if prices:
            self._before = self._last_other(until=prices[0]) or self._before
        every = {**kept, **fresh}
        newest = sorted(every, key=lambda key: every[key].answer.fetched_at)[-MOST_KEPT:]
        before, self._kept = self._kept, {key: every[key] for key in every if key in newest}
        return {key: one.answer for key, one in before.items()} != {
            key: one.answer for key, one in self._kept.items()
        }

    async def _save(self) -> None:
        answers = tuple(one.answer for one in self._kept.values())
        kept = Kept(source=self._of, answers=answers, before=self._before)
        try:
            await asyncio.to_thread(save, self._file, kept)
        except OSError as error:
            _log.warning("last_answer_not_kept", file=str(self._file), why=error.strerror)


def _page(ask: Ask, answer: LastAnswer, asked_at: datetime) -> Page:
    return Page(
        ask=ask,
        body=answer.body,
        published_at=answer.published_at,
        asked_at=asked_at,
        content_type=answer.content_type,
    )


def _ask_of(answer: LastAnswer) -> Ask:
    return Ask(
        answer.url,
        body=answer.sent,
        lasting=answer.lasting,
        part=answer.part,
        published_at=answer.published_at,
    )


def _prices(samples: Sequence[Sample]) -> list[PriceSample]:
    return [sample for sample in samples if isinstance(sample, PriceSample)]


def _start(price: PriceSample) -> datetime:
    return price.start


def _over(samples: Sequence[Sample]) -> str:
    prices = _prices(samples)
    if not prices:
        return "all that it says is over: does the source still publish?"
    newest = max(price.end for price in prices)
    over = f"all its {len(prices)} prices are over, the last at {newest:%Y-%m-%dT%H:%MZ}"
    return f"{over}: does the source still publish?"


def _zeros(prices: Sequence[Sample]) -> str:
    first = min(price.start for price in _prices(prices))
    which = f"{len(prices)} prices of exactly 0" if len(prices) > 1 else "a price of exactly 0"
    told = f"{which} from {first:%Y-%m-%dT%H:%MZ} on, as of a source that is down, not believed"
    return f"{told}: set zero: accept if the market really is at 0"
