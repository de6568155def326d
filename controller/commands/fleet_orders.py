"""`curtaild fleet stop`, `level`, `limit`, `floor` and `hold`: orders of people."""

from __future__ import annotations

from argparse import Namespace
from decimal import Decimal, InvalidOperation
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from controller.commands.console import Exit, UsageError, complain, say, say_json, settings_of
from controller.commands.fleet_low import at_or_below
from controller.commands.fleet_waiting import off, until_enough, with_wait
from controller.commands.person import expiry, send, with_expiry, with_person
from controller.commands.status import order_text
from controller.model.fleet import OFF
from controller.model.grid import SITE

if TYPE_CHECKING:
    from controller.config.compose import Settings

_SCOPE = "`site`, a group or a miner"
_WIDE = "`site` or a group"
_WHAT = ("limit_kw", "level", "floor_kw", "hold", "emergency")
"""What an order may say, by the names of the HTTP API."""


def add(actions: Any) -> None:
    """To the actions of `fleet`."""
    stop = actions.add_parser("stop", help="turn a scope off for a time")
    stop.add_argument("scope", help=_SCOPE)
    stop.set_defaults(level=OFF)
    with_wait(stop, "until all there are off")
    level = actions.add_parser("level", help="allow a scope no higher level for a time")
    level.add_argument("scope", help=_SCOPE)
    level.add_argument("level", help="the highest that may run there")
    with_wait(level, "until all there are at or below it")
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
    if vars(args).get("wait_s") is not None:
        return _waited(args, settings, order)
    if args.json:
        say_json(order)
    return Exit.OK


def _waited(args: Namespace, settings: Settings, order: dict[str, Any]) -> int:
    """Until all are as low as was ordered."""
    if args.level == OFF:
        what, look = OFF, partial(off, settings, args.scope)
    else:
        what = f"at or below {args.level}"
        look = partial(at_or_below, settings, args.scope, args.level)
    found = until_enough(what, look, args.wait_s)
    if args.json:
        key = OFF if args.level == OFF else "at_or_below"
        say_json({**order, key: found.there, "miners": found.miners})
    if found.enough:
        return Exit.OK
    complain(f"{found.there} of {found.miners} are {what} so far; the order stands")
    return Exit.FAILED
