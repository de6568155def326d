"""As much of HTTP/1.1 as a miner's web server speaks. Own code on purpose: two minds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

_LONGEST_HEAD = 8192
_LONGEST_BODY = 65536
_IDLE_S = 5.0  # lighttpd's keep-alive: a client that waits longer finds the connection closed
_REQUEST_S = 10.0
_END = b"\r\n\r\n"


class BadRequestError(Exception):
    """What came is no request; the connection is answered with `status` and closed."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """One request, whole."""

    method: str
    target: str
    headers: dict[str, str]
    """By name in lower case."""
    body: bytes
    keep_alive: bool

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection; None when the client is done or says nothing for long.

    Raises:
        BadRequestError: it is none, or too long.
        asyncio.IncompleteReadError, TimeoutError: it broke off.
    """
    first = await _first_byte(reader)
    if not first:
        return None
    async with asyncio.timeout(_REQUEST_S):
        head = first + await _head(reader)
        method, target, version, headers = _parsed(head)
        body = await reader.readexactly(_length(headers))
    wish = headers.get("connection", "").lower()
    keep_alive = wish != "close" if version == "HTTP/1.1" else wish == "keep-alive"
    return Request(method, target, headers, body, keep_alive)


async def _first_byte(reader: asyncio.StreamReader) -> bytes:
    try:
        async with asyncio.timeout(_IDLE_S):
            return await reader.read(1)
    except TimeoutError:
        return b""


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        head = await reader.readuntil(_END)
    except asyncio.LimitOverrunError:
        raise BadRequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) from None
    if len(head) > _LONGEST_HEAD:
        raise BadRequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    return head


def _parsed(head: bytes) -> tuple[str, str, str, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequestError(HTTPStatus.BAD_REQUEST)
    headers: dict[str, str] = {}
    for line in filter(None, lines):
        name, colon, value = line.partition(":")
        if not colon:
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        headers[name.lower()] = value.strip()
    return parts[0], parts[1], parts[2], headers


def _length(headers: dict[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise BadRequestError(HTTPStatus.LENGTH_REQUIRED)
    text = headers.get("content-length", "0")
    if not (text.isascii() and text.isdigit()):
        raise BadRequestError(HTTPStatus.BAD_REQUEST)
    if int(text) > _LONGEST_BODY:
        raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(text)


def response(
    status: HTTPStatus, body: bytes, *, keep_alive: bool, challenge: str | None = None
) -> bytes:
    """The bytes of a response. The type is text/html even for JSON: the CGI scripts say so."""
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Server: lighttpd/1.4.32",
        "Content-Type: text/html",
        f"Content-Length: {len(body)}",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
    ]
    if challenge is not None:
        lines.append(f"WWW-Authenticate: {challenge}")
    return "\r\n".join(lines).encode() + _END + body


ENDLESS_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close" + _END
"""Of a response that ends when the connection does."""
