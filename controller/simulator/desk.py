"""What the control port tells and does, whether the farm is one process or several."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

Row = dict[str, Any]


class Answer(NamedTuple):
    """To a wish for a fault: an HTTP status and what to say."""

    status: int
    body: Row


class Desk(Protocol):
    """What the control port needs, of one process or of several."""

    async def miners(self) -> list[Row]:
        """What each miner is."""

    async def load(self) -> Row:
        """True power of groups and site."""

    async def power(self) -> Row:
        """The same, and that of each miner."""

    async def set_fault(self, wanted: Row) -> Answer:
        """Make something faulty, or heal it."""


def nowhere(target: str, groups: Iterable[str]) -> Answer:
    """No such target."""
    known = "a miner's address or one of " + ", ".join((*groups, "site"))
    return refused(HTTPStatus.NOT_FOUND, f"target {target!r} is not {known}")


def refused(status: HTTPStatus, problem: str) -> Answer:
    return Answer(status, {"problem": problem})
