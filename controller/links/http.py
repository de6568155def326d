"""One HTTP request that ends: in time, at a size, at the address that was asked."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import aiohttp

from controller.errors import TemporaryError
from controller.links.deadline import within

CLOSED_WITHIN_S = 1.0
GZIP = "gzip"
"""Asked for, and undone here: a library that inflates for us decides itself how far."""

_GZIP_BITS = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Request:
    """What to ask for, and how much of it in what time."""

    url: str
    timeout_s: float
    """Real seconds for all of it: finding the host, connecting, the last byte."""
    limit_bytes: int
    """Counted as received and once more after decompression."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Added to that of the address."""
    body: bytes | None = field(default=None, repr=False)
    """Sent by POST, as JSON; None: a GET."""
    context: ssl.SSLContext | None = None
    """None: the system's authorities."""

    @property
    def place(self) -> str:
        return place_of(self.url)


@dataclass(frozen=True)
class Answer:
    """What a server said. Its headers by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def place_of(url: str) -> str:
    """The address for messages: without a query, which may hold a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


async def fetch(request: Request) -> Answer:
    """The answer of any status. Redirects are answers: they are never followed, so what the headers
    hold goes nowhere else. Proxies of the environment are not used; certificates are verified.

    Raises:
        TemporaryError: no whole answer, a larger one, or one that cannot be unpacked.
    """
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True, ssl=request.context or True),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
        auto_decompress=False,
        trust_env=False,
    )
    try:
        return await within(request.timeout_s, _answer(session, request))
    except TimeoutError as error:
        why = "check the address and the network, or raise timeout_s"
        message = f"no whole answer within {request.timeout_s:g} s: {why}"
        raise TemporaryError(f"{request.place}: {message}") from error
    except (aiohttp.ClientError, OSError) as error:
        raise TemporaryError(f"{request.place}: {_why(error)}") from error
    finally:
        with contextlib.suppress(TimeoutError):
            await within(CLOSED_WITHIN_S, session.close())


async def _answer(session: aiohttp.ClientSession, request: Request) -> Answer:
    headers = {**request.headers, "Accept-Encoding": GZIP}
    method = "GET"
    if request.body is not None:
        method, headers["Content-Type"] = "POST", "application/json"
    url = _with_query(request.url, request.query)
    asked = session.request(method, url, headers=headers, data=request.body, allow_redirects=False)
    async with asked as response:
        said = {name.lower(): value for name, value in response.headers.items()}
        unpack = _Unpacked(request, said.get("content-encoding", "").strip().lower())
        async for chunk in response.content.iter_any():
            unpack.add(chunk)
            # a server on the same machine can send faster than the loop gets a turn
            await asyncio.sleep(0)
        return Answer(response.status, said, unpack.whole())


def _with_query(url: str, more: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(more, quote_via=quote)) if part)
    return urlunsplit(parts._replace(query=query))


class _Unpacked:
    """A body as it grows, never beyond the limit: not even for a moment."""

    def __init__(self, request: Request, encoding: str) -> None:
        self._request = request
        self._received = 0
        self._parts: list[bytes] = []
        self._size = 0
        self._inflate = None
        if encoding in {GZIP, "x-gzip"}:
            self._inflate = zlib.decompressobj(_GZIP_BITS)
        elif encoding not in {"", "identity"}:
            raise self._problem("its answer is packed in a way that was not asked for")

    def add(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._inflate is not None:
            chunk = self._inflated(chunk)
        self._size += len(chunk)
        if max(self._received, self._size) > self._request.limit_bytes:
            limit = f"more than {self._request.limit_bytes} bytes"
            raise self._problem(f"its answer has {limit}: ask for less, or raise reply_limit_bytes")
        self._parts.append(chunk)

    def whole(self) -> bytes:
        if self._inflate is not None and self._received and not self._inflate.eof:
            raise self._problem("its compressed answer breaks off")
        return b"".join(self._parts)

    def _inflated(self, chunk: bytes) -> bytes:
        assert self._inflate is not None
        if self._inflate.eof:
            raise self._problem("its compressed answer goes on after its end")
        try:
            return self._inflate.decompress(chunk, self._request.limit_bytes + 1 - self._size)
        except zlib.error as error:
            raise self._problem("its compressed answer is corrupt") from error

    def _problem(self, why: str) -> TemporaryError:
        return TemporaryError(f"{self._request.place}: {why}")


_WHY: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "its host was not found: check url and the name server"),
    (aiohttp.ClientConnectorError, "no connection: check url and the network"),
    (aiohttp.ClientPayloadError, "its answer breaks off"),
    (aiohttp.ServerDisconnectedError, "it hung up without an answer"),
    (aiohttp.InvalidURL, "is no address: correct url"),
    (aiohttp.ClientResponseError, "its answer is not HTTP: check url and its port"),
    (aiohttp.ClientError, "the exchange failed"),
    (OSError, "the connection was lost"),
)
"""In words of ours: those of the library may repeat the query or what the server said."""


def _why(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        told = getattr(error.certificate_error, "verify_message", "") or "it does not fit the host"
        return f"its certificate is not trusted ({told}): check url, or name its ca_file"
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return "no TLS could be agreed: check that the port speaks https"
    return next(text for kind, text in _WHY if isinstance(error, kind))
