"""A feed that asks a source again and again, and says what is new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Hashable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import structlog

from controller.errors import TemporaryError
from controller.model.samples import (
    ConditionSample,
    MeterSample,
    PriceSample,
    Sample,
    SignalSample,
)
from controller.ports import Clock
from controller.signals.polled.asking import NONE, Secrets
from controller.signals.polled.polling import Polling
from controller.signals.polled.rounds import Read, Rounds
from controller.signals.polled.secrets import basic_of, secrets_of
from controller.signals.polled.settings import PolledSettings
from controller.signals.polled.source import Source
from controller.signals.polled.words import without

_log = structlog.get_logger(__name__)


class PolledFeed:
    """One discipline for every source that is fetched: see docs/feeds.md."""

    def __init__(
        self,
        name: str,
        settings: PolledSettings,
        clock: Clock,
        state_dir: Path,
        source: Source,
        *,
        allowed: Collection[str] | None = None,
    ) -> None:
        """`allowed` are the hosts that may be asked; None: those of the settings."""
        self.name = name
        self._settings = settings
        self._clock = clock
        self._source = source
        file = state_dir / "feeds" / f"{name}.json"
        hosts = hosts_of(settings.addresses) if allowed is None else allowed
        self._rounds = Rounds(settings, source, clock, file, hosts)
        self._polling = Polling(name, settings.poll_s)
        self._carried: dict[Hashable, Sample] = {}
        """Said before the failure after which the supervisor starts again."""

    async def samples(self) -> AsyncGenerator[Sample, None]:
        """What the last good answers say at once, then what each round has that is new.

        Raises:
            TemporaryError: there is no answer, or it is not to be believed. What was said before
                holds to its own end.
        """
        said, self._carried = self._carried, {}
        if self._settings.unverified and not said:
            _log.warning("format_unverified", feed=self.name, what=self._settings.unverified)
        await self._rounds.remember()
        for sample in self._news(self._rounds.known, said):
            yield sample
        while True:
            read = await self._read()
            for sample in self._news(read.samples, said):
                yield sample
                # thousands of prices at once are not to hold up the loop
                await self._clock.sleep(0)
            if read.problem:
                self._carried = said
                delay_s = self._polling.retry_s(read.delay_s)
                raise TemporaryError(read.problem, delay_s=delay_s)
            await self._clock.sleep(self._polling.pause_s())

    async def _read(self) -> Read:
        """What a round says; a failure is a problem without samples."""
        secrets = NONE
        try:
            secrets = await asyncio.to_thread(self._secrets)
            read = await self._rounds.ask(secrets)
        except TemporaryError as error:
            read = Read(problem=str(error), delay_s=error.delay_s)
        every = secrets.every
        shown = [_shown(sample, every) for sample in read.samples]
        return replace(read, samples=shown, problem=without(every, read.problem))

    def _secrets(self) -> Secrets:
        place = f"feeds.{self.name}"
        headers = secrets_of(f"{place}.header_files", self._settings.header_files)
        if self._settings.basic_file is not None:
            headers["Authorization"] = basic_of(f"{place}.basic_file", self._settings.basic_file)
        query = secrets_of(f"{place}.query_files", self._settings.secret_query)
        return Secrets(headers=headers, query=query)

    def _news(self, samples: Iterable[Sample], said: dict[Hashable, Sample]) -> Iterator[Sample]:
        """Those that are not over and were not said before."""
        now = self._clock.now()
        for sample in samples:
            key = _subject(sample)
            if not self._over(sample, now) and not _same(said.get(key), sample):
                said[key] = sample
                yield sample
        for key in [key for key, sample in said.items() if self._over(sample, now)]:
            del said[key]

    def _over(self, sample: Sample, now: datetime) -> bool:
        end = self._source.over_at(sample)
        return end is not None and end <= now


def hosts_of(addresses: Iterable[str]) -> frozenset[str]:
    """The hosts of these addresses."""
    return frozenset(urlsplit(address).hostname or "" for address in addresses)


def _subject(sample: Sample) -> Hashable:
    """What a sample is about: another one about the same is news where it says something else."""
    match sample:
        case PriceSample():
            return sample.day_ahead, sample.start, sample.end
        case MeterSample():
            return "meter", sample.scope
        case SignalSample() | ConditionSample():
            return "word", sample.name
        case _:
            return type(sample).__name__


def _same(before: Sample | None, sample: Sample) -> bool:
    if isinstance(before, PriceSample) and isinstance(sample, PriceSample):
        return before.price_per_mwh == sample.price_per_mwh
    return before == sample


def _shown(sample: Sample, secrets: Collection[str]) -> Sample:
    """A server may say our own key back, and a condition is shown to everybody."""
    if isinstance(sample, ConditionSample):
        return msgspec.structs.replace(sample, text=without(secrets, sample.text))
    return sample
