"""A simulated miner on the network: at its address and port, with its faults."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog

from controller.clock import SiteClock
from controller.errors import PermanentError
from controller.simulator.faults import HEALTHY, MinerFault
from controller.simulator.listener import Listener
from controller.simulator.miner import RebootingError, SimulatedMiner

_log = structlog.get_logger(__name__)


class Conversation(Protocol):
    """How a make talks on its connections."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until it is over."""

    def end(self) -> None:
        """Give up what is still under way beside the connections."""


class MinerServer:
    """Serves one miner of any make; it goes away and comes back as its faults say."""

    def __init__(self, miner: SimulatedMiner, conversation: Conversation, clock: SiteClock) -> None:
        self.miner = miner
        self._clock = clock
        self._conversation = conversation
        what = f"miner of {miner.group}"
        self._listener = Listener(what, miner.address, miner.port, self._talk)
        self._reboot: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._listener.open()

    def stop(self) -> None:
        self._forget_reboot()
        self._conversation.end()
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

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._conversation.talk(reader, writer)
        except RebootingError:
            await self.inject(MinerFault(kind="reboot", seconds=self.miner.fault.seconds))

    def _forget_reboot(self) -> None:
        if self._reboot is not None:
            self._reboot.cancel()
            self._reboot = None

    async def _come_back(self, away_s: float) -> None:
        await self._clock.sleep(away_s)
        try:
            await self._listener.open()
        except PermanentError as error:
            _log.exception("simulated_miner_lost", miner=self.miner.name, error=str(error))
            return
        self.miner.set_fault(HEALTHY, self._clock.now())
