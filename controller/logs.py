"""Structured logs on standard error, those of libraries included, with secrets masked."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Collection, Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "***"

_QUIET = ("asyncio", "aiohttp.access")
"""Say at INFO what nobody asked for."""


def set_up(
    *,
    level: str = "info",
    form: str = "json",
    secrets: Collection[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Log from `level` on, as JSON or text. Wherever one of `secrets` occurs, `***` stands."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(form, shared, secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _formatter(form: str, shared: list[Processor], secrets: Collection[str]) -> logging.Formatter:
    ending: list[Processor] = [structlog.processors.JSONRenderer(sort_keys=True)]
    if form == "text":
        ending = [
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            )
        ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            masking(secrets),
            *ending,
        ],
    )


def masking(secrets: Collection[str]) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    """A processor that puts `***` for every secret in keys and values, however deep."""
    longest_first = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        masked: MutableMapping[str, Any] = _masked(event, longest_first)
        return masked

    return mask


def _masked(value: Any, secrets: Collection[str]) -> Any:
    if isinstance(value, Mapping):
        return {_masked(k, secrets): _masked(v, secrets) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item, secrets) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text
