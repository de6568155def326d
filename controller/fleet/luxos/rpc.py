"""pyasic's LuxOS commands over our own transport, with sessions of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import structlog

from controller.errors import CurtaildError
from controller.fleet.faults import FaultKind, MinerError
from controller.fleet.luxos.replies import RefusedError, Session, parse, shaped
from controller.fleet.pyasic_quiet import BaseMinerRPCAPI, LUXMinerRPCAPI
from controller.fleet.transport import Link

_log = structlog.get_logger(__name__)


class LuxOsRpc(LUXMinerRPCAPI):  # type: ignore[misc]  # pyasic is not typed for us
    """Shared by nobody: one read or one command of one miner."""

    def __init__(self, link: Link) -> None:
        super().__init__(link.address, link.port)
        self.link = link
        self.session_token: str | None = None

    async def _send_bytes(self, data: bytes, **_: Any) -> bytes:
        """In place of pyasic's, which has no connect timeout and reads without bound."""
        return await self.link.exchange(data)

    def _load_api_data(self, data: bytes) -> dict[str, Any]:
        """In place of pyasic's, which mends what is not JSON until it parses."""
        return parse(self.link.miner, data)

    def get_commands(self) -> list[str]:
        """In place of pyasic's, which searches the class anew for every request."""
        return list(_commands())

    async def auth(self) -> str:
        """In place of pyasic's, which adopts whatever session somebody else has open.

        Raises:
            MinerError: contested, where the miner grants no session.
        """
        miner = self.link.miner
        try:
            reply = shaped(miner, "session", await self.logon(), Session)
        except RefusedError as refused:
            if not refused.about_session:
                raise
            raise MinerError(
                FaultKind.CONTESTED, f"{miner}: contested: somebody else holds its session"
            ) from refused
        token = reply.SESSION[0].SessionID
        self.session_token = token
        return token

    async def order(self, command: Callable[[], Awaitable[object]]) -> object:
        """The reply to a command within the session, which is renewed once if it is over."""
        try:
            return await command()
        except RefusedError as refused:
            if not refused.about_session:
                raise
        self.session_token = None
        await self.auth()
        return await command()


@cache
def _commands() -> tuple[str, ...]:
    inherited = set(dir(BaseMinerRPCAPI))
    return tuple(n for n in dir(LUXMinerRPCAPI) if not n.startswith("_") and n not in inherited)


@asynccontextmanager
async def session(rpc: LuxOsRpc) -> AsyncIterator[None]:
    """A session of our own, given up at the end so that others can work.

    After a cancellation it is left to expire, which takes a minute: cancelling must be prompt.
    """
    await rpc.auth()
    try:
        yield
    except CurtaildError as error:
        if not (isinstance(error, MinerError) and error.silent):
            await _log_off(rpc)
        raise
    await _log_off(rpc)


async def _log_off(rpc: LuxOsRpc) -> None:
    try:
        await rpc.logoff()
    except MinerError as fault:
        # The command was answered; the session expires by itself.
        rpc.link.tally.failed("logoff")
        _log.info("session_not_closed", miner=rpc.link.miner, why=str(fault))
