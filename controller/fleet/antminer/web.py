"""pyasic's CGI commands over our own transport."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from yarl import URL

from controller.fleet.antminer.conf import Conf, read_conf
from controller.fleet.antminer.doors import Doors
from controller.fleet.antminer.http import Visit
from controller.fleet.antminer.replies import (
    PoolCounts,
    Summary,
    SystemInfo,
    Written,
    shaped,
)
from controller.fleet.antminer.settings import StockMiners
from controller.fleet.driver import Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.fleet.pyasic_quiet import AntminerModernWebAPI

STOCK_PASSWORD: str = AntminerModernWebAPI("").pwd
"""What the firmware comes with, and what pyasic would use."""


class AntminerWeb(AntminerModernWebAPI):  # type: ignore[misc]  # pyasic is not typed for us
    """Shared by nobody: one read or one command of one miner."""

    def __init__(self, miner: str, address: str, visit: Visit, write_s: float) -> None:
        super().__init__(address)
        self.miner = miner
        self._visit = visit
        self._write_s = write_s

    async def send_command(self, command: str, **parameters: Any) -> bytes:
        """In place of pyasic's, which turns every failure into an empty answer.

        Raises:
            TypeError: with parameters; pyasic's way of writing has no place here.
        """
        if parameters:
            raise TypeError(f"{command}: writes go through `write`")
        return await self._visit.get(f"/cgi-bin/{command}.cgi")

    async def info(self) -> SystemInfo:
        return shaped(self.miner, "system information", await self.get_system_info(), SystemInfo)

    async def conf(self) -> Conf:
        return read_conf(self.miner, await self.get_miner_conf())

    async def rates(self) -> Summary:
        return shaped(self.miner, "summary", await self.summary(), Summary)

    async def pools(self) -> PoolCounts:
        return shaped(self.miner, "pools", await self.send_command("pools"), PoolCounts)

    async def write(self, body: bytes) -> None:
        """Write a configuration, which takes a miner up to 20 s.

        Raises:
            MinerError: refused, or anything that may happen on the way.
        """
        path = "/cgi-bin/set_miner_conf.cgi"
        received = await self._visit.post(path, body, self._write_s)
        said = shaped(self.miner, "answer to the write", received, Written)
        if said.code != "M000":
            raise MinerError(
                FaultKind.REFUSED, f"{self.miner}: refused: {said.code[:20]} {said.msg[:200]!r}"
            )


class Ways:
    """The ways to the miners of a group."""

    def __init__(self, tools: Toolbox, doors: Doors) -> None:
        self._tools = tools
        self._doors = doors

    @classmethod
    def of(cls, group: StockMiners, tools: Toolbox) -> Ways:
        return cls(tools, Doors(group.username, STOCK_PASSWORD, group.password_file))

    @asynccontextmanager
    async def to(self, miner: str, address: str, port: int) -> AsyncIterator[AntminerWeb]:
        """
        Raises:
            MinerError: it does not accept us, or did not before.
        """
        settings = self._tools.settings
        url = URL.build(scheme="http", host=address, port=port)
        auth = self._doors.open(miner, url)
        visit = Visit(url, miner=miner, auth=auth, settings=settings, tally=self._tools.tally)
        async with visit:
            yield AntminerWeb(miner, address, visit, settings.command_timeout_s)
