"""Questions to one miner's web server: bounded in time and in size, and to nobody else."""

from __future__ import annotations

import os
import traceback
from types import TracebackType
from typing import Self

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientPayloadError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from yarl import URL

from controller.fleet.antminer.knocking import Knock, is_stale
from controller.fleet.faults import FaultKind, MinerError
from controller.fleet.settings import FleetSettings
from controller.fleet.tally import Tally
from controller.links.deadline import within

_BUFFER = 65_536


class Visit:
    """A few exchanges over one connection, which ends with the visit."""

    def __init__(
        self,
        url: URL,
        *,
        miner: str,
        auth: Knock,
        settings: FleetSettings,
        tally: Tally,
    ) -> None:
        """`url`: where the miner is."""
        self._url = url
        self._miner = miner
        self._settings = settings
        self._tally = tally
        self._session = ClientSession(
            connector=TCPConnector(limit=1, use_dns_cache=False),
            cookie_jar=DummyCookieJar(),
            headers={"Accept-Encoding": "identity"},
            # What is encoded all the same is refused: nothing that we read can be inflated.
            auto_decompress=False,
            read_bufsize=_BUFFER,
            timeout=ClientTimeout(total=None, sock_connect=settings.connect_timeout_s),
            trust_env=False,
            middlewares=(auth,),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def get(self, path: str) -> bytes:
        """The whole reply.

        Raises:
            MinerError: no connection, no whole reply in time, too long a reply, or a refusal.
        """
        return await self._bounded(path, None, self._settings.reply_timeout_s)

    async def post(self, path: str, body: bytes, limit_s: float) -> bytes:
        """The whole reply to a document. Nothing is sent twice: a write may have been done."""
        return await self._bounded(path, body, limit_s)

    async def _bounded(self, path: str, body: bytes | None, limit_s: float) -> bytes:
        try:
            return await within(
                self._settings.connect_timeout_s + limit_s, self._exchange(path, body)
            )
        except ConnectionTimeoutError:
            self._tally.abandoned += 1
            connect_s = self._settings.connect_timeout_s
            raise self._fault(
                FaultKind.NO_CONNECTION, f"no connection within {connect_s:g} s"
            ) from None
        except TimeoutError:
            self._tally.abandoned += 1
            raise self._fault(FaultKind.NO_REPLY, f"no whole reply within {limit_s:g} s") from None
        except (ClientError, OSError, ValueError) as error:
            _let_go(error)
            raise self._as_fault(error) from None

    async def _exchange(self, path: str, body: bytes | None) -> bytes:
        method = "GET" if body is None else "POST"
        headers = {} if body is None else {"Content-Type": "application/json"}
        async with self._session.request(
            method, self._url.with_path(path), data=body, headers=headers, allow_redirects=False
        ) as response:
            self._judge(response)
            return await self._body(response)

    def _judge(self, response: ClientResponse) -> None:
        if response.status == 401 and is_stale(response):
            raise self._fault(FaultKind.REFUSED, "it takes the nonce it has just given us for old")
        if response.status == 401:
            raise self._fault(FaultKind.UNAUTHORISED, "it does not accept our name and password")
        if 300 <= response.status < 400:
            raise self._fault(FaultKind.GARBAGE, "it sends us to another place, which is not done")
        if response.status != 200:
            raise self._fault(FaultKind.REFUSED, f"it answered HTTP {response.status}")
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        if encoding != "identity":
            raise self._fault(
                FaultKind.GARBAGE,
                f"the reply cannot be used: nobody asked for it to be encoded ({encoding[:20]!r})",
            )

    async def _body(self, response: ClientResponse) -> bytes:
        received = bytearray()
        limit = self._settings.reply_limit_bytes
        async for chunk in response.content.iter_any():
            received += chunk
            if len(received) > limit:
                raise self._fault(
                    FaultKind.TOO_LONG, f"cut off: a reply of more than {limit} bytes"
                )
        return bytes(received)

    def _as_fault(self, error: Exception) -> MinerError:
        match error:
            case ClientConnectorError():
                number = error.os_error.errno
                why = os.strerror(number) if number else str(error.os_error)
                return self._fault(FaultKind.NO_CONNECTION, f"no connection: {why}")
            case ServerDisconnectedError() | ClientPayloadError() | ClientOSError() | OSError():
                why = "it closed the connection before its reply was whole"
                return self._fault(FaultKind.NO_REPLY, why)
            case _:
                why = f"the reply cannot be used: it is no HTTP: {str(error)[:200]}"
                return self._fault(FaultKind.GARBAGE, why)

    def _fault(self, kind: FaultKind, what: str) -> MinerError:
        return MinerError(kind, f"{self._miner}: {what}")


def _let_go(error: BaseException | None) -> None:
    """Empty the frames that an error came through: aiohttp keeps it in some of them, and so a
    hundred objects for each call to a miner that refuses, until the garbage collector looks."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__
