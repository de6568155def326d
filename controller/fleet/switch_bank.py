"""What the fleet needs of switched outlets: the port that every kind of switch implements."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Bank(Protocol):
    """The switches of a group, one for each of its miners and in their order, from 0.

    Every call is bounded in time, ends at once when cancelled, and may raise TemporaryError.
    """

    poll_s: float
    """Site seconds between two reads of all of them."""

    def connected(self) -> AbstractAsyncContextManager[object]:
        """For as long as the bank is used."""

    def place(self, number: int) -> str:
        """Where a switch is, for messages."""

    async def read(self, first: int, count: int) -> Sequence[bool]:
        """Of so many switches, whether each is closed: its miner has power."""

    async def write(self, number: int, *, closed: bool) -> None:
        """Close or open one. Returns when the bank answered, which proves nothing."""


class SwitchSettings(Protocol):
    """What the settings of a kind of switch can say of themselves."""

    @property
    def adapter(self) -> str: ...

    def outlets(self, count: int) -> Sequence[str]:
        """Where the switches of so many miners are, each by a name that no other switch has.

        Raises:
            ValueError: there cannot be so many.
        """
