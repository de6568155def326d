"""The switches of miners: opened, closed, and read back, because a written one proves nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog

from controller.errors import CurtaildError, PermanentError
from controller.fleet.faults import FaultKind, MinerError, kind_of
from controller.fleet.roster import Member
from controller.fleet.switch_bank import Bank
from controller.fleet.tally import Tally
from controller.links.deadline import abandon
from controller.ports import Clock

_log = structlog.get_logger(__name__)


class _Outlet(NamedTuple):
    bank: Bank
    number: int

    def __str__(self) -> str:
        return self.bank.place(self.number)


@dataclass
class _Row:
    """A group with its bank."""

    group: str
    bank: Bank
    members: list[Member] = field(default_factory=list)
    """In the order of their switches."""
    failures: int = 0
    """Failed reads in a row."""
    problem: str = ""


class Switches:
    """Those of the whole fleet. Members are told what theirs read as."""

    def __init__(
        self,
        banks: Mapping[str, Bank],
        members: Iterable[Member],
        clock: Clock,
        tally: Tally,
        unreachable_after: int,
    ) -> None:
        """`banks` are those of groups, by name."""
        self._clock = clock
        self._tally = tally
        self._unreachable_after = unreachable_after
        self._rows = {group: _Row(group, bank) for group, bank in banks.items()}
        self._outlets: dict[str, _Outlet] = {}
        for member in members:
            row = self._rows.get(member.group)
            if row is not None:
                self._outlets[member.miner] = _Outlet(row.bank, len(row.members))
                row.members.append(member)
        self._watching: list[asyncio.Task[None]] = []
        self._shown: Callable[[Member], None] = _nobody_asks

    def __contains__(self, miner: str) -> bool:
        return miner in self._outlets

    def start(self, shown: Callable[[Member], None]) -> None:
        """Read all of them, and again and again. `shown` is called with each member whose reading
        is another one for that."""
        self._shown = shown
        self._watching = [asyncio.create_task(self._watch(row)) for row in self._rows.values()]

    def stop(self) -> None:
        for task in self._watching:
            abandon(task)
        self._watching = []

    def problems(self) -> tuple[str, ...]:
        """Of banks that cannot be read: what is the matter, for the operator."""
        return tuple(row.problem for row in self._rows.values() if row.problem)

    async def open(self, member: Member) -> None:
        """Cut its power; returns when its switch reads open.

        Raises:
            PermanentError: it has no switch.
            MinerError: the switch is out of reach, or does not read open.
        """
        await self._put(member, closed=False)

    async def close(self, member: Member) -> None:
        """Give its power back; returns when its switch reads closed. Raises as `open` does."""
        await self._put(member, closed=True)

    async def _put(self, member: Member, *, closed: bool) -> None:
        outlet = self._outlets.get(member.miner)
        if outlet is None:
            raise PermanentError(
                f"{member.miner}: no switch is known that could cut its power: "
                f"declare groups.{member.group}.switches"
            )
        goal = "close" if closed else "open"
        try:
            await outlet.bank.write(outlet.number, closed=closed)
            at = self._clock.now()
            (is_closed,) = await outlet.bank.read(outlet.number, 1)
        except CurtaildError as error:
            what = f"{member.miner}: its switch may not have obeyed: told to {goal}, {error}"
            raise MinerError(FaultKind.SWITCH, what) from error
        if member.switch_read(at, closed=is_closed):
            self._shown(member)
        if is_closed is not closed:
            raise MinerError(
                FaultKind.SWITCH,
                f"{member.miner}: its switch did not obey: told to {goal}, it still reads "
                f"{'closed' if is_closed else 'open'} ({outlet}): is it in manual mode?",
            )

    async def _watch(self, row: _Row) -> None:
        async with row.bank.connected():
            while True:
                await self._look(row)
                await self._clock.sleep(row.bank.poll_s)

    async def _look(self, row: _Row) -> None:
        at = self._clock.now()
        try:
            read = await row.bank.read(0, len(row.members))
        except Exception as error:  # noqa: BLE001 - one broken bank must not end the fleet
            self._failed(row, error)
            return
        if row.problem:
            _log.info("switches_back", group=row.group)
        row.failures, row.problem = 0, ""
        for member, closed in zip(row.members, read, strict=True):
            if member.switch_read(at, closed=closed):
                self._shown(member)

    def _failed(self, row: _Row, error: Exception) -> None:
        self._tally.failed(FaultKind.SWITCH if isinstance(error, CurtaildError) else kind_of(error))
        if not isinstance(error, CurtaildError):
            _log.error("switches_failed", group=row.group, exc_info=error)
        row.failures += 1
        if row.failures < self._unreachable_after:
            return
        if not row.problem:
            _log.warning("switches_unreachable", group=row.group, why=str(error))
        row.problem = f"the switches of {row.group} cannot be read: {error}"
        for member in row.members:
            if member.switch_unread(row.problem):
                self._shown(member)


def _nobody_asks(_: Member) -> None:
    """Before the start nobody waits for readings."""
