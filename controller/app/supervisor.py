"""Each adapter lives and fails by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping

import structlog
from msgspec.structs import replace

from controller.errors import PermanentError, TemporaryError
from controller.model.view import AdapterHealth, LinkHealth
from controller.ports import Clock

_log = structlog.get_logger(__name__)
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0


class Supervisor:
    """Runs adapters again when they fail, with growing pauses, and keeps their health."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._health: dict[str, AdapterHealth] = {}
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._links: dict[str, Callable[[], LinkHealth]] = {}

    def health(self) -> Mapping[str, AdapterHealth]:
        links = {name: link() for name, link in self._links.items()}
        return {name: replace(one, link=links.get(name)) for name, one in self._health.items()}

    def begin(
        self,
        name: str,
        kind: str,
        work: Callable[[], Awaitable[None]],
        link: Callable[[], LinkHealth] | None = None,
    ) -> None:
        """Keep `work` going beside the others, until `end`; `link` says how its connection is."""
        if link is not None:
            self._links[name] = link
        self._lives[name] = asyncio.create_task(self.keep(name, kind, work), name=name)

    async def end(self, names: Collection[str], *, within_s: float) -> None:
        """End these and forget their health. What does not end in time is left behind."""
        lives = {self._lives.pop(name) for name in names if name in self._lives}
        for life in lives:
            life.cancel()
        if lives:
            await asyncio.wait(lives, timeout=within_s)
        for name in names:
            self._health.pop(name, None)
            self._links.pop(name, None)

    async def end_all(self, *, within_s: float) -> None:
        await self.end(list(self._lives), within_s=within_s)

    async def keep(self, name: str, kind: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` until it returns or fails for good; cancel to end it."""
        self._health[name] = AdapterHealth(name=name, kind=kind)
        pause_s = FIRST_PAUSE_S
        while True:
            began = self._clock.now()
            try:
                await _whole(work)
            except PermanentError as error:
                self._failed(name, str(error), running=False)
                return
            except TemporaryError as error:
                self._failed(name, str(error))
                least_s = error.delay_s
            except Exception as error:  # noqa: BLE001 - one broken parser must not end the site
                _log.exception("adapter_broke", adapter=name)
                self._failed(name, _in_words(error))
                least_s = 0.0
            else:
                self._health[name] = replace(self._health[name], running=False)
                return
            lived_s = (self._clock.now() - began).total_seconds()
            pause_s = FIRST_PAUSE_S if lived_s > LONGEST_PAUSE_S else pause_s
            await self._clock.sleep(max(pause_s, least_s))
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def count(self, name: str, kind: str, error: Exception) -> None:
        """Keep an error of a part that runs without our help, beside those of adapters."""
        self._health.setdefault(name, AdapterHealth(name=name, kind=kind))
        self._failed(name, _in_words(error))

    def _failed(self, name: str, why: str, *, running: bool = True) -> None:
        before = self._health[name]
        _log.warning("adapter_failed", adapter=name, why=why, goes_on=running)
        self._health[name] = replace(
            before,
            running=running,
            errors=before.errors + 1,
            last_error=why,
            last_error_at=self._clock.now(),
        )


async def _whole(work: Callable[[], Awaitable[None]]) -> None:
    """What `work` fails with is an Exception, and who is told to end ends.

    A cancellation that nobody asked for, or an exit, comes out of a library: it is a failure like
    others. An error in answer to a cancellation is an end all the same.
    """
    try:
        await work()
    except (Exception, asyncio.CancelledError, SystemExit, BaseExceptionGroup) as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError from error
        if isinstance(error, Exception):
            raise
        raise RuntimeError(f"it was ended from within: {_in_words(error)}") from error


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
