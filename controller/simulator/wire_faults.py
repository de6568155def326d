"""How a faulty miner behaves on a connection. Times here are real: they try a client's patience."""

from __future__ import annotations

import asyncio
from itertools import chain, cycle

from controller.simulator.faults import MinerFault
from controller.simulator.miner import SimulatedMiner

GARBAGE = b"\x00\xff\xfe<html>\x80 502 {{[ not json \xc3\x28\r\n"
_ENDLESS = b'{"STATUS":"S","Msg":"and on and on"},' * 512
_HOLD_S = 600.0
_DRIP_S = 0.25  # a byte each: never silent for long, and never done
_BREATH_S = 0.01  # bounds an endless miner to a few MB/s, so that it does not starve the farm


async def misbehave(
    miner: SimulatedMiner,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    preface: bytes = b"",
) -> bool:
    """Do to this connection what the fault says; False: it is to be answered as usual.

    `preface` opens a reply of the protocol, so that an endless one is read as a reply.
    """
    fault = miner.fault
    if miner.reply_delay_s:
        await asyncio.sleep(miner.reply_delay_s)
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds or 0)
    elif fault.kind == "garbage":
        writer.write(GARBAGE)
        return True
    elif fault.kind == "hang":
        await _say_nothing(reader)
        return True
    elif fault.kind == "endless":
        await _never_end(writer, preface)
    elif fault.kind == "drip":
        await _drip(writer, preface)
    return False


def spoiled(fault: MinerFault, reply: bytes) -> bytes:
    """The reply as the fault leaves it."""
    return reply[: len(reply) // 2] if fault.kind == "truncate" else reply


async def _say_nothing(reader: asyncio.StreamReader) -> None:
    """Until the client gives up, at the latest after ten minutes."""
    async with asyncio.timeout(_HOLD_S):
        while await reader.read(1024):
            pass


async def _never_end(writer: asyncio.StreamWriter, preface: bytes) -> None:
    """Until the client closes, which ends this by a ConnectionError."""
    writer.write(preface + b'{"STATUS":[')
    while True:
        writer.write(_ENDLESS)
        await writer.drain()
        await asyncio.sleep(_BREATH_S)


async def _drip(writer: asyncio.StreamWriter, preface: bytes) -> None:
    """A byte at a time until the client closes, which ends this by a ConnectionError."""
    for byte in chain(preface, cycle(_ENDLESS)):
        writer.write(bytes((byte,)))
        await writer.drain()
        await asyncio.sleep(_DRIP_S)
