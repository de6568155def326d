"""A simulated miner on the network: the LuxOS API on its own address, with its faults."""

from __future__ import annotations

import asyncio

import structlog

from controller.clock import SiteClock
from controller.errors import PermanentError
from controller.simulator import luxos
from controller.simulator.faults import MinerFault
from controller.simulator.listener import Listener
from controller.simulator.miner import HEALTHY, SimulatedMiner
from controller.simulator.wire_faults import misbehave

_log = structlog.get_logger(__name__)
_LONGEST_REQUEST = 4096
_REQUEST_S = 5.0


class LuxOsServer:
    """Serves one miner; a request is bounded in size and time."""

    def __init__(self, miner: SimulatedMiner, port: int, clock: SiteClock) -> None:
        self.miner = miner
        self._clock = clock
        self._listener = Listener(f"miner of {miner.group}", miner.address, port, self._converse)
        self._reboot: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._listener.open()

    def stop(self) -> None:
        self._forget_reboot()
        self._listener.close()

    async def inject(self, fault: MinerFault) -> None:
        """Make the miner faulty from now on, or heal it.

        Raises:
            PermanentError: it was gone and its address is taken meanwhile.
        """
        self._forget_reboot()
        if not fault.cuts_power:
            await self._listener.open()
        self.miner.set_fault(fault, self._clock.now())
        if fault.cuts_power:
            self._listener.close()
        if fault.kind == "reboot":
            self._reboot = asyncio.create_task(self._come_back(fault.seconds or 0))

    def _forget_reboot(self) -> None:
        if self._reboot is not None:
            self._reboot.cancel()
            self._reboot = None

    async def _come_back(self, away_s: float) -> None:
        await self._clock.sleep(away_s)
        try:
            await self._listener.open()
        except PermanentError as error:
            _log.exception("simulated_miner_lost", address=self.miner.address, error=str(error))
            return
        self.miner.set_fault(HEALTHY, self._clock.now())

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received = await _read_request(reader)
        if received and not await misbehave(self.miner.fault, reader, writer):
            writer.write(luxos.answer(self.miner, received, self._clock.now()))


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    """What the client sends until it is a request, too long, or too slow."""
    received = b""
    try:
        async with asyncio.timeout(_REQUEST_S):
            while len(received) < _LONGEST_REQUEST:
                chunk = await reader.read(_LONGEST_REQUEST - len(received))
                received += chunk
                if not chunk or luxos.complete(received):
                    break
    except TimeoutError:
        pass  # what came is answered as it is: with "Invalid JSON"
    return received
