"""`curtaild dispatches`: what the grid asks of the site, and the end of it by voice."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any
from urllib.parse import quote

from controller.commands import opting_out
from controller.commands.asking import ask
from controller.commands.console import (
    Exit,
    say,
    say_json,
    settings_of,
    table,
    with_config,
    with_json,
)
from controller.commands.person import send, with_token
from controller.commands.status import when

NAME = "dispatches"
HELP = "the dispatches in force and to come; end one by voice, or opt out of one"


def add(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    known = actions.add_parser("list", help="ask the running daemon")
    with_config(known)
    with_json(known)
    known.set_defaults(act=_list)
    recall = actions.add_parser("recall", help="end a dispatch on somebody's spoken word")
    recall.add_argument("dispatch", help="its id")
    with_config(recall)
    with_json(recall)
    recall.add_argument("--who", required=True, metavar="NAME", help="who took the word")
    recall.add_argument(
        "--authority", required=True, metavar="NAME", help="who gave it, by name or office"
    )
    recall.add_argument(
        "--reference", required=True, metavar="TEXT", help="the number of the call, log or ticket"
    )
    with_token(recall)
    recall.set_defaults(act=_recall)
    opting_out.add(actions)


def run(args: Namespace) -> int:
    return int(args.act(args))


def _list(args: Namespace) -> int:
    known = ask(settings_of(args).http, "/api/v1/dispatches")
    if args.json:
        say_json(known)
        return Exit.OK
    rows = [_row(one) for one in (*known["dispatches"], *known["recalled"])]
    say(*table(("dispatch", "version", "program", "kW", "from", "until", ""), rows))
    return Exit.OK


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
    standing = when(one)
    if one["recall"] is not None:
        recall = one["recall"]
        standing = f"ended by recall at {recall['at']}, {recall['authority']}"
    until = one["end"] or "open"
    return one["id"], one["version"], one["program"], one["limit_kw"], one["start"], until, standing


def _recall(args: Namespace) -> int:
    path = f"/api/v1/dispatches/{quote(args.dispatch, safe='')}/recall"
    body = {"person": args.who, "authority": args.authority, "reference": args.reference}
    ended = send(args, settings_of(args).http, "POST", path, body)
    if args.json:
        say_json(ended)
    else:
        word = f"on the word of {args.authority}, {args.reference}"
        say(f"{ended['id']} is ended {word}. A newer version from its sender counts again.")
    return Exit.OK
