"""`curtaild fleet stop`, `level`, `limit`, `floor`, `hold` and `resume`: orders of people."""

from __future__ import annotations

import time
from argparse import Namespace
from decimal import Decimal, InvalidOperation
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from controller.commands.asking import RefusedError, ask
from controller.commands.console import Exit, UsageError, complain, say, say_json, settings_of
from controller.commands.fleet_waiting import until_off
from controller.commands.held import held_by, lines
from controller.commands.person import duration_s, expiry, send, with_expiry, with_person
from controller.commands.status import order_text
from controller.model.fleet import OFF
from controller.model.grid import SITE

if TYPE_CHECKING:
    from controller.config.compose import Settings

_DECIDES_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.1
_SCOPE = "`site`, a group or a miner"
_WIDE = "`site` or a group"
_WHAT = ("limit_kw", "level", "floor_kw", "hold", "emergency")
"""What an order may say, by the names of the HTTP API."""


def add(actions: Any) -> None:
    """To the actions of `fleet`."""
    stop = actions.add_parser("stop", help="turn a scope off for a time")
    stop.add_argument("scope", help=_SCOPE)
    stop.set_defaults(level=OFF)
    stop.add_argument(
        "--wait",
        type=duration_s,
        dest="wait_s",
        metavar="TIME",
        help="until all there are off, at most for so long; 1 if they are not",
    )
    level = actions.add_parser("level", help="allow a scope no higher level for a time")
    level.add_argument("scope", help=_SCOPE)
    level.add_argument("level", help="the highest that may run there")
    limit = actions.add_parser("limit", help="let a scope draw no more than this for a time")
    limit.add_argument("scope", help=_WIDE)
    limit.add_argument("limit_kw", metavar="kW", help="the most that it may draw")
    limit.add_argument("--emergency", action="store_true", help="skip comfort, never safety")
    floor = actions.add_parser(
        "floor", help="keep a scope at this for a time, at a loss if need be"
    )
    floor.add_argument("scope", help=_WIDE)
    floor.add_argument("floor_kw", metavar="kW", help="the least that it should draw")
    hold = actions.add_parser("hold", help="let nothing start or stop for money for a time")
    hold.set_defaults(scope=SITE, hold=True)
    for parser in (stop, level, limit, floor, hold):
        parser.set_defaults(act=_order)
        with_person(parser, why="for what reason")
        with_expiry(parser)
    resume = actions.add_parser("resume", help="end the orders on a scope before their time")
    resume.add_argument("scope", help=_SCOPE)
    resume.add_argument("--order", metavar="ID", help="only this one of them")
    with_person(resume, why="for what reason")
    resume.set_defaults(act=_resume)


def _said(args: Namespace) -> dict[str, Any]:
    """What is ordered; kW as they were written, because the daemon reads decimals.

    Raises:
        UsageError: a power is none.
    """
    said = {key: vars(args)[key] for key in _WHAT if vars(args).get(key)}
    for key in said.keys() & {"limit_kw", "floor_kw"}:
        try:
            usable = Decimal(said[key]).is_finite() and Decimal(said[key]) >= 0
        except InvalidOperation:
            usable = False
        if not usable:
            raise UsageError(f"{said[key]!r} is no power in kW that could be drawn")
    return said


def _order(args: Namespace) -> int:
    """Every order has an id of its own, so that nobody's replaces another's."""
    body = {
        "id": f"{args.action}-{token_hex(3)}",
        "scope": args.scope,
        **_said(args),
        "person": args.who,
        "why": args.why,
        **expiry(args),
    }
    settings = settings_of(args)
    order = send(args, settings.http, "POST", "/api/v1/orders", body)
    if not args.json:
        say(f"{order['id']}: {order_text(order)}")
    stopped = until_off(settings, args.scope, args.wait_s) if vars(args).get("wait_s") else None
    if args.json:
        say_json(order if stopped is None else {**order, **stopped._asdict()})
    if stopped is None or stopped.all:
        return Exit.OK
    complain(f"{stopped.off} of {stopped.miners} are off so far; the order stands")
    return Exit.FAILED


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
