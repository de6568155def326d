"""A miner's configuration as it was read, and the only changes to it that are ever written.

A write replaces the whole configuration, pools and all. So it is the document that was just read,
every value as its own bytes, with another mode; and a document without pools is not written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

from controller.errors import PermanentError
from controller.fleet.antminer.replies import garbage
from controller.fleet.antminer.setting import (
    FREQUENCY_KEY,
    FREQUENCY_KEYS,
    FREQUENCY_READ_KEY,
    MODE_KEY,
    MODE_READ_KEY,
    Setting,
)

OURS = frozenset((MODE_KEY, MODE_READ_KEY, *FREQUENCY_KEYS))
"""The keys that a write may change; every other one is as it was read."""

# The firmware's own script hands the document to jq through an unquoted shell variable.
_MANGLED = re.compile(r'[\s"\\\x00-\x1f\x7f]')
_PoolFields = Annotated[str, Meta(max_length=1000)]


class Pool(Struct, frozen=True):
    url: _PoolFields
    user: _PoolFields
    password: _PoolFields = msgspec.field(name="pass")


_Pools = Annotated[list[Pool], Meta(min_length=1, max_length=20)]
_Frequency = Annotated[str, Meta(max_length=32)] | int | float | None
_Mode = Annotated[int, Meta(ge=0, le=99)]


@dataclass(frozen=True)
class Conf:
    """One whole read of a configuration."""

    document: Mapping[str, Raw]
    pools: tuple[Pool, ...]
    setting: Setting

    @property
    def has_pools(self) -> bool:
        return any(pool.url.strip() for pool in self.pools)


def read_conf(miner: str, received: bytes) -> Conf:
    """
    Raises:
        MinerError: it is not whole, or not the configuration of an Antminer.
    """
    try:
        document = msgspec.json.decode(received, type=dict[str, Raw])
        pools = msgspec.json.decode(document.get("pools", Raw(b"null")), type=_Pools)
        mode, frequencies = _mode(document), _frequencies(document)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise garbage(miner, "its configuration", error) from None
    if mode is None:
        raise PermanentError(
            f"{miner}: its firmware has no mode that could be set ({MODE_READ_KEY}): it cannot be "
            "stopped this way. Take it out of the group, or give it a switched outlet."
        )
    setting = Setting(mode=mode, frequencies=frequencies)
    return Conf(document, tuple(pools), setting)


def _mode(document: Mapping[str, Raw]) -> int | None:
    for key in (MODE_READ_KEY, MODE_KEY):
        if key in document:
            said = msgspec.json.decode(document[key])
            return 0 if said == "" else msgspec.convert(said, _Mode, strict=False)
    return None


def _frequencies(document: Mapping[str, Raw]) -> dict[str, str]:
    there = {key: document[key] for key in FREQUENCY_KEYS if key in document}
    for raw in there.values():
        msgspec.json.decode(raw, type=_Frequency)
    return {key: bytes(raw).decode() for key, raw in there.items()}


def writable(miner: str, conf: Conf) -> None:
    """
    Raises:
        PermanentError: written back, this configuration could lose pools.
    """
    if not conf.has_pools:
        raise PermanentError(
            f"{miner}: not told: its configuration has no pools, and a write would make that "
            "last. Enter its pools in its web page."
        )
    for place, pool in enumerate(conf.pools, 1):
        if any(_MANGLED.search(text) for text in (pool.url, pool.user, pool.password)):
            raise PermanentError(
                f"{miner}: not told: pool {place} has a blank, a quote or a backslash in its URL, "
                "user or password, which its firmware may lose in a write. Change that pool."
            )


def rewritten(miner: str, conf: Conf, wanted: Setting) -> bytes:
    """The document to write: what was read, set to `wanted`.

    Raises:
        PermanentError: it must not be written, see `writable`.
    """
    writable(miner, conf)
    document = dict(conf.document)
    for key in (MODE_READ_KEY, MODE_KEY):
        quoted = key in document and bytes(document[key]).startswith(b'"')
        if key in document or key == MODE_KEY:
            document[key] = Raw(msgspec.json.encode(str(wanted.mode) if quoted else wanted.mode))
    for key, text in wanted.frequencies.items():
        if key in document:
            document[key] = Raw(text.encode())
    if FREQUENCY_READ_KEY in document:
        # A read calls it one thing and a write another; left out, some firmware sets it to 100.
        document[FREQUENCY_KEY] = document[FREQUENCY_READ_KEY]
    # In one line: the firmware's script reads no further.
    body = msgspec.json.format(msgspec.json.encode(document), indent=-1)
    _check(miner, conf, body)
    return body


def _check(miner: str, conf: Conf, body: bytes) -> None:
    """Once more, from the very bytes that go out."""
    before = _compact(conf.document)
    after = _compact(msgspec.json.decode(body, type=dict[str, Raw]))
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    if changed <= OURS and read_conf(miner, body).has_pools:
        return
    names = ", ".join(sorted(changed - OURS)) or "pools"
    raise PermanentError(f"{miner}: not told: the write would have changed {names}")


def _compact(document: Mapping[str, Raw]) -> dict[str, bytes]:
    return {key: msgspec.json.format(bytes(raw), indent=-1) for key, raw in document.items()}
