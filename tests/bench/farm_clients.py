"""Bare clients of simulated miners, for what the farm's side of a poll costs."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import Protocol

_SCRIPTS = ("summary", "get_miner_conf", "stats", "pools")
_REALM = "antMiner Configuration"


class Place(Protocol):
    """Where a miner is."""

    @property
    def address(self) -> str: ...
    @property
    def port(self) -> int: ...


async def ask_luxos(place: Place) -> None:
    reader, writer = await asyncio.open_connection(place.address, place.port)
    writer.write(b'{"command":"power+summary+config"}')
    reply = await reader.read()
    writer.close()
    assert b'"Watts"' in reply


async def ask_antminer(place: Place) -> None:
    """A challenge, and then every script on the same connection and nonce."""
    reader, writer = await asyncio.open_connection(place.address, place.port)
    refused = await _get(reader, writer, f"/cgi-bin/{_SCRIPTS[0]}.cgi", "")
    nonce = re.findall(r'nonce="([^"]+)', refused)[0]
    for count, script in enumerate(_SCRIPTS, 1):
        path = f"/cgi-bin/{script}.cgi"
        answer = await _get(reader, writer, path, _signed(path, nonce, f"{count:08x}"))
        assert answer.startswith("HTTP/1.1 200 ")
    writer.close()


async def _get(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, header: str
) -> str:
    writer.write(f"GET {path} HTTP/1.1\r\nHost: miner\r\n{header}\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    await reader.readexactly(int(re.findall(r"Content-Length: (\d+)", head)[0]))
    return head


def _signed(path: str, nonce: str, count: str) -> str:
    secret, asked = _md5(f"root:{_REALM}:root"), _md5(f"GET:{path}")
    response = _md5(f"{secret}:{nonce}:{count}:ab:auth:{asked}")
    return (
        f'Authorization: Digest username="root", realm="{_REALM}", nonce="{nonce}", uri="{path}", '
        f'nc={count}, cnonce="ab", qop=auth, response="{response}"\r\n'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
