"""What LuxOS answers, and what of it has to be there. Nothing is believed that does not fit.

Shapes: replies recorded from LuxOS 2025.4 and Luxor's public API documentation.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from controller.fleet.faults import FaultKind, MinerError

T = TypeVar("T")

# A comma would end the parameter that a name is sent in.
Name = Annotated[str, Meta(pattern=r"^[^,\x00-\x1f]{1,64}$")]
Watts = Annotated[float, Meta(ge=0, le=30_000)]
TerahashPerSecond = Annotated[float, Meta(ge=0, le=10_000)]
GigahashPerSecond = Annotated[float, Meta(ge=0, le=10_000_000)]

_VERSION = re.compile(r"^LUXminer ([\w.+-]{1,64})$")


class RefusedError(MinerError):
    """The miner understood a command and answered with an error."""

    def __init__(self, miner: str, said: str) -> None:
        super().__init__(FaultKind.REFUSED, f"{miner}: refused: {said[:200]!r}")
        # No code for it is documented; the words of a lost or foreign session name it.
        self.about_session = "session" in said.lower()


class Status(Struct):
    """The head of every reply; `S` and `I` are good news."""

    STATUS: str
    Msg: str = ""
    Description: str = ""


class Head(Struct):
    STATUS: Annotated[list[Status], Meta(min_length=1)]

    @property
    def refusal(self) -> str | None:
        status = self.STATUS[0]
        return None if status.STATUS in ("S", "I") else status.Msg

    @property
    def version(self) -> str | None:
        """Of the firmware; None where it is no LuxOS that speaks."""
        match = _VERSION.match(self.STATUS[0].Description)
        return match and match.group(1)


class PowerRow(Struct):
    Watts: Watts


class Power(Head):
    POWER: Annotated[list[PowerRow], Meta(min_length=1, max_length=1)]


class SummaryRow(Struct):
    ghs: GigahashPerSecond = msgspec.field(name="GHS 5s")
    accepted: Annotated[int, Meta(ge=0)] | None = msgspec.field(name="Accepted", default=None)
    difficulty: Annotated[float, Meta(ge=0, le=1e18)] | None = msgspec.field(
        name="Difficulty Accepted", default=None
    )

    @property
    def accepted_difficulty(self) -> int | None:
        """What the difficulties of accepted shares add up to."""
        return None if self.difficulty is None else int(self.difficulty)


class Summary(Head):
    SUMMARY: Annotated[list[SummaryRow], Meta(min_length=1, max_length=1)]


class ConfigRow(Struct):
    Model: Name
    MACAddr: Name
    Profile: Name
    CurtailMode: str
    """`None`, or `Sleep`."""


class Config(Head):
    CONFIG: Annotated[list[ConfigRow], Meta(min_length=1, max_length=1)]


class ProfileRow(Struct):
    name: Name = msgspec.field(name="Profile Name")
    watts: Watts = msgspec.field(name="Watts")
    hashrate_ths: TerahashPerSecond = msgspec.field(name="Hashrate")


class Profiles(Head):
    PROFILES: Annotated[list[ProfileRow], Meta(min_length=1, max_length=500)]


class PoolRow(Struct):
    URL: Annotated[str, Meta(max_length=1000)]
    User: Annotated[str, Meta(max_length=1000)]


class Pools(Head):
    POOLS: Annotated[list[PoolRow], Meta(max_length=100)]


class SessionRow(Struct):
    SessionID: Name


class Session(Head):
    SESSION: Annotated[list[SessionRow], Meta(min_length=1, max_length=1)]


class AtmRow(Struct):
    Enabled: bool


class Atm(Head):
    ATM: Annotated[list[AtmRow], Meta(min_length=1, max_length=1)]


class ProfileSetRow(Struct):
    Profile: str


class ProfileSet(Head):
    PROFILE: Annotated[list[ProfileSetRow], Meta(min_length=1)]


def parse(miner: str, received: bytes) -> dict[str, Any]:
    """A reply as JSON whose heads are whole and say yes.

    Raises:
        RefusedError: it says no. MinerError: it is no reply of LuxOS.
    """
    try:
        reply = msgspec.json.decode(received, type=dict[str, Any])
        parts = [reply] if "STATUS" in reply else _parts(reply)
        heads = msgspec.convert(parts, list[Head])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise garbage(miner, "the reply", error) from None
    for head in heads:
        if head.refusal is not None:
            raise RefusedError(miner, head.refusal)
    return reply


def _parts(reply: dict[str, Any]) -> list[Any]:
    """Of the reply to several commands at once, the replies to each."""
    answers = {command: part for command, part in reply.items() if command != "id"}
    by_command = Annotated[
        dict[str, Annotated[list[Any], Meta(min_length=1)]],
        Meta(min_length=1),
    ]
    return [part[0] for part in msgspec.convert(answers, by_command).values()]


def shaped(miner: str, what: str, reply: object, kind: type[T]) -> T:
    """A parsed reply as what it has to be.

    Raises:
        MinerError: something is missing, of another type or beyond its range.
    """
    try:
        return msgspec.convert(reply, kind)
    except msgspec.ValidationError as error:
        raise garbage(miner, f"its {what}", error) from None


def garbage(miner: str, what: str, why: object) -> MinerError:
    return MinerError(FaultKind.GARBAGE, f"{miner}: {what} cannot be used: {str(why)[:300]}")
