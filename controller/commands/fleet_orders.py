"""`curtaild fleet stop`, `level` and `resume`: the highest level at which miners may run."""

from __future__ import annotations

import time
from argparse import Namespace
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from controller.commands.asking import RefusedError, ask
from controller.commands.console import Exit, say, say_json, settings_of
from controller.commands.held import held_by, lines
from controller.commands.person import expiry, send, with_expiry, with_person
from controller.commands.status import order_text
from controller.model.fleet import OFF

if TYPE_CHECKING:
    from controller.config.compose import Settings

_DECIDES_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.1
_SCOPE = "`site`, a group or a miner"


def add(actions: Any) -> None:
    """To the actions of `fleet`."""
    stop = actions.add_parser("stop", help="turn a scope off for a time")
    stop.add_argument("scope", help=_SCOPE)
    stop.set_defaults(act=_order, level=OFF)
    level = actions.add_parser("level", help="allow a scope no higher level for a time")
    level.add_argument("scope", help=_SCOPE)
    level.add_argument("level", help="the highest that may run there")
    level.set_defaults(act=_order)
    for parser in (stop, level):
        with_person(parser, why="for what reason")
        with_expiry(parser)
    resume = actions.add_parser("resume", help="end the orders on a scope before their time")
    resume.add_argument("scope", help=_SCOPE)
    resume.add_argument("--order", metavar="ID", help="only this one of them")
    with_person(resume, why="for what reason")
    resume.set_defaults(act=_resume)


def _order(args: Namespace) -> int:
    """Every order has an id of its own, so that nobody's replaces another's."""
    verb = "stop" if args.level == OFF else "level"
    body = {
        "id": f"{verb}-{token_hex(3)}",
        "scope": args.scope,
        "level": args.level,
        "person": args.who,
        "why": args.why,
        **expiry(args),
    }
    order = send(args, settings_of(args).http, "POST", "/api/v1/orders", body)
    if args.json:
        say_json(order)
    else:
        say(f"{order['id']}: {order_text(order)}")
    return Exit.OK


def _resume(args: Namespace) -> int:
    settings = settings_of(args)
    wanted = _standing(args, ask(settings.http, "/api/v1/orders")["orders"])
    body = {"person": args.who, "why": args.why}
    paths = [f"/api/v1/orders/{quote(order['id'], safe='')}" for order in wanted]
    ended = [send(args, settings.http, "DELETE", path, body) for path in paths]
    held = held_by(_decided(settings, {order["id"] for order in ended}), args.scope, settings)
    if args.json:
        say_json({"ended": ended, "held_by": held})
        return Exit.OK
    say(*(f"ended: {order['id']} on {args.scope}" for order in ended))
    say(*lines(args.scope, held))
    return Exit.OK


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
