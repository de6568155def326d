"""One password on trial: until a miner accepts it, it is shown to one at a time, and to few."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from controller.fleet.faults import FaultKind, MinerError

MOST_REFUSALS = 3
"""So many miners in a row, and none that accepted it: then the password is taken to be wrong, and
the rest of the group is not asked. One wrong file must not lock us out of ten thousand miners."""


class Trial:
    """Shared by the miners of a group that are asked with the same password."""

    def __init__(self, password: str, where: str) -> None:
        """`where`: what to correct, for messages."""
        self.password = password
        self._where = where
        self._refusals = 0
        self._proven = False
        self._one_at_a_time = asyncio.Lock()

    def is_proven(self) -> bool:
        """Whether a miner has accepted it: then each of the others is asked, once."""
        return self._proven

    def check(self, miner: str) -> None:
        """
        Raises:
            MinerError: it has been refused too often to be tried at this one.
        """
        if not self.is_proven() and self._refusals >= MOST_REFUSALS:
            raise MinerError(
                FaultKind.UNAUTHORISED,
                f"{miner}: not asked: {self._refusals} miners of its group refused the name and "
                f"password, and none accepted them: correct {self._where}",
            )

    @asynccontextmanager
    async def turn(self, miner: str) -> AsyncIterator[None]:
        """Within it the password may be shown to this miner.

        Raises:
            MinerError: it has been refused too often meanwhile.
        """
        if self.is_proven():
            yield
            return
        async with self._one_at_a_time:
            self.check(miner)
            if not self.is_proven():
                yield
                return
        yield

    def accepted(self) -> None:
        self._proven = True

    def refused(self) -> None:
        self._refusals += 1
