"""The grid operator's side: posts dispatches to the daemon and repeats until it says received."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog

from controller.clock import SiteClock
from controller.simulator.settings import DispatchSettings, OperatorSettings

_log = structlog.get_logger(__name__)
_PATIENCE = aiohttp.ClientTimeout(total=10)


def body(dispatch: DispatchSettings, epoch: datetime) -> dict[str, Any]:
    """The dispatch as it is sent; its offsets become times after `epoch`."""
    start = epoch + timedelta(seconds=dispatch.start_after_s)
    sent: dict[str, Any] = {
        "id": dispatch.id,
        "version": dispatch.version,
        "program": dispatch.program,
        "issued_at": _zulu(epoch + timedelta(seconds=dispatch.issue_after_s)),
        "target": dispatch.target.model_dump(exclude_none=True),
        "start": _zulu(start),
    }
    if dispatch.duration_s is not None:
        sent["end"] = _zulu(start + timedelta(seconds=dispatch.duration_s))
    return sent


def _zulu(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class GridOperator:
    """Sends each dispatch at its time, through one HTTP session."""

    def __init__(self, settings: OperatorSettings, clock: SiteClock, epoch: datetime) -> None:
        self._settings = settings
        self._clock = clock
        self._epoch = epoch

    async def send(self, dispatch: DispatchSettings) -> None:
        """Wait until it is due, then post it until the daemon says that it is received."""
        due = self._epoch + timedelta(seconds=dispatch.issue_after_s)
        await self._clock.sleep((due - self._clock.now()).total_seconds())
        sent = body(dispatch, self._epoch)
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            while True:
                if await self._post(session, sent):
                    return
                await asyncio.sleep(self._settings.retry_s)

    async def _post(self, session: aiohttp.ClientSession, sent: dict[str, Any]) -> bool:
        log = _log.bind(dispatch=sent["id"], version=sent["version"])
        try:
            token = self._settings.token_file.read_text().strip()
            headers = {"Authorization": f"Bearer {token}"}
            async with session.post(self._settings.url, json=sent, headers=headers) as response:
                answer = await response.text(errors="replace")
                log.info("dispatch_answered", status=response.status, answer=answer)
                return _says_received(response.status, answer)
        except (OSError, TimeoutError, aiohttp.ClientError) as error:
            log.warning("dispatch_not_delivered", error=str(error) or type(error).__name__)
            return False


def _says_received(status: int, answer: str) -> bool:
    if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
        return False
    try:
        said = json.loads(answer)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("received") is True
