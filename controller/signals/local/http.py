"""A signal, or what the grid says of itself, from a JSON document on the web."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from controller.model.samples import ConditionSample, SignalSample
from controller.signals.local.http_settings import SignalHttpSettings
from controller.signals.polled.source import OneDocument, Page
from controller.signals.reading.json_paths import find
from controller.signals.reading.json_text import parsed
from controller.signals.reading.numbers import scaled
from controller.signals.reading.times import time_reader


class SignalHttpSource(OneDocument):
    """A document at one address that holds a number or a word."""

    def __init__(self, settings: SignalHttpSettings) -> None:
        super().__init__(settings.url)
        self._settings = settings

    def read(self, page: Page, /) -> Sequence[SignalSample | ConditionSample]:
        settings = self._settings
        document = parsed(page.body, settings.expect)
        at = self._time(document) if settings.at else page.asked_at
        value = find(settings.value, document, document)
        if value is None:
            raise ValueError(f"path {settings.value}: is null: there is no value now")
        if not settings.condition:
            text = scaled(value, settings.factor)
            return (SignalSample(name=settings.signal, at=at, value=text),)
        if not isinstance(value, str) or not value:
            raise ValueError(f"path {settings.value}: there is no word")
        return (ConditionSample(name=settings.signal, at=at, text=value),)

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
