"""The process in which pyasic-rs runs, under a limit of its memory: it reads without bound.

It lives as long as the socket that is its standard input, and logs nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import sys
from functools import partial

import msgspec
from pyasic_rs import Miner, MinerFactory
from pyasic_rs.data import DataField, HashRateUnit, MinerData

from controller.fleet.asic_rs.said import LONGEST_LINE, READY, Ask, Said, to_line

_WANTED = ("Mac", "IsMining", "Wattage", "Hashrate", "Pools")
_FIELDS = {name: field for name, field in vars(DataField).items() if name[0].isupper()}
_REST = [field for name, field in _FIELDS.items() if name not in _WANTED]
_MOST_KEPT = 512
"""Miners that are remembered as identified. A stock Antminer holds about five connections until it
closes them itself, within seconds."""


class Reader:
    """Reads miners, each identified once."""

    def __init__(self) -> None:
        self._miners: dict[Ask, Miner] = {}

    async def read(self, ask: Ask) -> Said:
        who = msgspec.structs.replace(ask, number=0)
        miner = self._miners.pop(who, None) or await _identified(ask)
        if miner is None:
            return Said(number=ask.number)
        data = await miner.get_data(exclude=_REST)
        if data.mac is not None:  # else it is identified anew
            self._keep(who, miner)
        return _as_said(ask.number, miner, data)

    def _keep(self, who: Ask, miner: Miner) -> None:
        self._miners[who] = miner
        if len(self._miners) > _MOST_KEPT:
            del self._miners[next(iter(self._miners))]


async def _identified(ask: Ask) -> Miner | None:
    factory = MinerFactory().with_port_check(enabled=False)
    if ask.login is not None:
        factory = factory.with_firmware_discovery_auth(ask.firmware, *ask.login)
    miner = await factory.get_miner(ask.address)
    if miner is not None and ask.login is not None:
        miner.set_auth(*ask.login)
    return miner


def _as_said(number: int, miner: Miner, data: MinerData) -> Said:
    rate = data.hashrate and data.hashrate.as_unit(HashRateUnit.TeraHash).value
    counts = [pool.accepted_shares for group in data.pools for pool in group.pools]
    known = [count for count in counts if count is not None]
    return Said(
        number=number,
        firmware=miner.firmware,
        mac=data.mac,
        power_w=data.wattage,
        hashrate_ths=rate,
        accepted=sum(known) if known else None,
        is_mining=data.is_mining,
    )


async def _serve(place: socket.socket) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=place, limit=LONGEST_LINE)
    writer.write(to_line(READY))
    asked: dict[int, asyncio.Task[None]] = {}
    miners = Reader()
    while line := await reader.readline():
        ask = msgspec.json.decode(line, type=Ask)
        if not ask.address:
            if ask.number in asked:
                asked[ask.number].cancel()
            continue
        task = asyncio.create_task(_answer(miners, ask, writer))
        asked[ask.number] = task
        task.add_done_callback(partial(_forget, asked, ask.number))


def _forget(asked: dict[int, asyncio.Task[None]], number: int, _: asyncio.Task[None]) -> None:
    del asked[number]


async def _answer(miners: Reader, ask: Ask, writer: asyncio.StreamWriter) -> None:
    said = Said(number=ask.number)
    with contextlib.suppress(RuntimeError):  # which is all that it raises: it read nothing
        said = await miners.read(ask)
    writer.write(to_line(said))


def _limit(memory_mib: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mib << 20, memory_mib << 20))


if __name__ == "__main__":
    _limit(int(sys.argv[1]))
    with contextlib.suppress(ConnectionError):  # the daemon is gone, and so is this
        asyncio.run(_serve(socket.socket(fileno=sys.stdin.fileno())))
