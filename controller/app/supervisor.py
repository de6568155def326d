"""Each adapter lives and fails by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from msgspec.structs import replace

from controller.errors import PermanentError, TemporaryError
from controller.model.view import AdapterHealth
from controller.ports import Clock

_log = structlog.get_logger(__name__)
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0


class Supervisor:
    """Runs adapters again when they fail, with growing pauses, and keeps their health."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._health: dict[str, AdapterHealth] = {}

    def health(self) -> Mapping[str, AdapterHealth]:
        return dict(self._health)

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
                self._failed(name, f"{type(error).__name__}: {error}")
                least_s = 0.0
            else:
                self._health[name] = replace(self._health[name], running=False)
                return
            lived_s = (self._clock.now() - began).total_seconds()
            pause_s = FIRST_PAUSE_S if lived_s > LONGEST_PAUSE_S else pause_s
            await self._clock.sleep(max(pause_s, least_s))
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

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
    """A cancellation that nobody asked for comes out of a library: it is a failure like others."""
    try:
        await work()
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise RuntimeError("it was cancelled from within") from error
