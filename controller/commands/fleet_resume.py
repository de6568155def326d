"""`curtaild fleet resume`: orders of people end before their time."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from controller.commands.asking import RefusedError, ask
from controller.commands.console import Exit, complain, say, say_json, settings_of
from controller.commands.fleet_running import running
from controller.commands.fleet_waiting import Count, until_enough, with_wait
from controller.commands.held import Held, held_by, lines
from controller.commands.person import send, with_person

if TYPE_CHECKING:
    from controller.config.compose import Settings

_DECIDES_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.1


def add(actions: Any) -> None:
    """To the actions of `fleet`."""
    resume = actions.add_parser("resume", help="end the orders on a scope before their time")
    resume.add_argument("scope", help="`site`, a group or a miner")
    resume.add_argument("--order", metavar="ID", help="only this one of them")
    with_wait(resume, "until all that are to run there do")
    with_person(resume, why="for what reason")
    resume.set_defaults(act=_resume)


def _resume(args: Namespace) -> int:
    settings = settings_of(args)
    wanted = _standing(args, ask(settings.http, "/api/v1/orders")["orders"])
    body = {"person": args.who, "why": args.why}
    paths = [f"/api/v1/orders/{quote(order['id'], safe='')}" for order in wanted]
    ended = [send(args, settings.http, "DELETE", path, body) for path in paths]
    if not args.json:
        say(*(f"ended: {order['id']} on {args.scope}" for order in ended))
    names = {order["id"] for order in ended}
    state = _decided(settings, names)
    found = None
    if args.wait_s is not None:
        found = _running(args, settings, names)
        state = ask(settings.http, "/api/v1/state")
    return _told(args, ended, held_by(state, args.scope, settings), found)


def _told(args: Namespace, ended: list[Any], held: Held, found: Count | None) -> int:
    if args.json:
        say_json({"ended": ended, "held_by": held, **_counted(found)})
    else:
        say(*lines(args.scope, held))
    if found is None:
        return Exit.OK
    text = f"{found.there} of {found.miners} run"
    if found.enough:
        complain(f"{text}, as many as are to")
        return Exit.OK
    complain(f"{text} so far; {found.wanted} are to")
    return Exit.FAILED


def _counted(found: Count | None) -> dict[str, int]:
    if found is None:
        return {}
    return {"running": found.there, "wanted": found.wanted, "miners": found.miners}


def _running(args: Namespace, settings: Settings, ended: set[str]) -> Count:
    def look() -> Count:
        return running(settings, ask(settings.http, "/api/v1/state"), args.scope, ended)

    return until_enough("running", look, args.wait_s)


def _standing(args: Namespace, orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    on_scope = [order for order in orders if order["scope"] == args.scope]
    wanted = [order for order in on_scope if args.order in (None, order["id"])]
    if not wanted:
        which = f"no order {args.order}" if args.order else "no order"
        there = ", ".join(f"{one['id']} on {one['scope']}" for one in orders) or "none"
        raise RefusedError(f"{which} is on {args.scope}; in force: {there}")
    return wanted


def _decided(settings: Settings, ended: set[str]) -> Any:
    """The state once the daemon has decided without these orders, or as it is after a while."""
    deadline = time.monotonic() + _DECIDES_WITHIN_S
    while True:
        state = ask(settings.http, "/api/v1/state")
        stale = ended & {order["id"] for order in state["orders"]}
        if not stale or time.monotonic() > deadline:
            return state
        time.sleep(_LOOK_EVERY_S)
