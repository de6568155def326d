"""The LuxOS API as a miner speaks it: one JSON request in, one JSON reply out.

The pattern is cgminer's (TCP 4028, the miner closes after the reply, which ends in a NUL byte);
commands, codes and sessions are LuxOS's. Luxor publishes them; `recorded/ORIGIN.md` says what was
recorded, what is documented and what had to be chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from controller.simulator.luxos import boards, documented, orders, replies
from controller.simulator.luxos.catalog import Reply
from controller.simulator.luxos.look import Look
from controller.simulator.luxos.miner import LuxOsMiner
from controller.simulator.luxos.orders import RefusedError

INVALID_COMMAND, INVALID_JSON, MISSING_COMMAND, ACCESS_DENIED = 14, 23, 24, 45  # cgminer's
MISSING_PARAMETER, NO_SESSION = 400, 403
_MOST_COMMANDS = 32
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding hostile bytes raises."""

QUESTIONS: dict[str, Callable[[Look], Reply]] = {
    "atm": documented.atm,
    "config": replies.config,
    "devs": boards.devs,
    "events": replies.events,
    "fans": replies.fans,
    "groups": documented.groups,
    "pools": replies.pools,
    "power": replies.power,
    "profiles": replies.profiles,
    "session": documented.session,
    "stats": boards.stats,
    "summary": replies.summary,
    "tempctrl": documented.tempctrl,
    "temps": replies.temps,
    "version": replies.version,
}
PRIVILEGED: dict[str, Callable[[Look, Sequence[str]], Reply]] = {
    "atmset": orders.atmset,
    "curtail": orders.curtail,
    "logoff": orders.logoff,
    "profileset": orders.profileset,
}


class _Request(msgspec.Struct):
    command: str = ""
    parameter: Any = None


_decoder = msgspec.json.Decoder(_Request)
_encoder = msgspec.json.Encoder()


def complete(received: bytes) -> bool:
    """Whether a request is all there: it parses, or its sender marked the end."""
    if received.endswith((b"\n", b"\0")):
        return True
    try:
        msgspec.json.decode(received)
    except UNREADABLE:
        return False
    return True


def answer(miner: LuxOsMiner, received: bytes, at: datetime) -> bytes:
    """The bytes that `miner` sends back for the bytes it received at `at`.

    Raises:
        RebootingError: it reboots instead.
    """
    look = Look(miner, at)
    try:
        request = _decoder.decode(received.rstrip(b"\0\r\n "))
        reply = _respond(look, request)
    except UNREADABLE:
        reply = look.refusal(INVALID_JSON, "Invalid JSON")
    except RefusedError as error:
        reply = look.refusal(error.code, str(error))
    return _encoder.encode(reply) + b"\0"


def _respond(look: Look, request: _Request) -> Reply:
    if not request.command:
        raise RefusedError(MISSING_COMMAND, "Missing JSON 'command'")
    if "+" in request.command:
        return _respond_to_many(look, request)
    text = "" if request.parameter is None else str(request.parameter)
    return _execute(look, request.command, text.split(",") if text else [])


def _respond_to_many(look: Look, request: _Request) -> Reply:
    """`a+b`: the whole reply of each question under its name."""
    if request.parameter is not None:
        raise RefusedError(ACCESS_DENIED, "Several commands take no parameter")
    names = list(dict.fromkeys(request.command.split("+")))[:_MOST_COMMANDS]
    return {**{name: [_part(look, name)] for name in names}, "id": 1}


def _part(look: Look, command: str) -> Reply:
    try:
        return _execute(look, command, None)
    except RefusedError as error:
        return look.refusal(error.code, str(error))


def _execute(look: Look, command: str, parameters: Sequence[str] | None) -> Reply:
    """`parameters` are None for one command of several: those may only ask."""
    if command in QUESTIONS:
        return QUESTIONS[command](look)
    if parameters is None and (command in PRIVILEGED or command == "logon"):
        raise RefusedError(ACCESS_DENIED, f"Access denied to '{command}' command")
    if command == "logon":
        return orders.logon(look)
    if parameters is not None and command in PRIVILEGED:
        _authorise(look, command, parameters)
        return PRIVILEGED[command](look, parameters[1:])
    raise RefusedError(INVALID_COMMAND, "Invalid command")


def _authorise(look: Look, command: str, parameters: Sequence[str]) -> None:
    if not parameters or not parameters[0]:
        raise RefusedError(MISSING_PARAMETER, "Missing parameter: session_id")
    if look.miner.fault.kind == "session_stolen":
        look.miner.session.steal(look.at)
    if not look.miner.session.use(parameters[0], look.at):
        raise RefusedError(NO_SESSION, "Invalid or expired session")
    if look.miner.fault.kind == "refuse":
        raise RefusedError(ACCESS_DENIED, f"Access denied to '{command}' command")
    look.miner.receive_order()
