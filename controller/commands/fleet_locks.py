"""`curtaild fleet lock` and `unlock`: a place where people work."""

from __future__ import annotations

from argparse import Namespace
from typing import Any
from urllib.parse import quote

from controller.commands.console import Exit, say, say_json, settings_of
from controller.commands.person import send, with_person


def add(actions: Any) -> None:
    """To the actions of `fleet`."""
    lock = actions.add_parser("lock", help="nothing starts there until a named person unlocks it")
    lock.add_argument("place", help="a group or a miner")
    with_person(lock, why="what is done there")
    lock.set_defaults(act=_lock)
    unlock = actions.add_parser("unlock", help="release a place")
    unlock.add_argument("place", help="as it was locked")
    with_person(unlock, why="what was done there")
    unlock.set_defaults(act=_unlock)


def _lock(args: Namespace) -> int:
    body = {"place": args.place, "person": args.who, "why": args.why}
    lock = send(args, settings_of(args).http, "POST", "/api/v1/locks", body)
    if args.json:
        say_json(lock)
    else:
        say(f"{lock['place']} is locked by {lock['person']}: {lock['why']}. It does not expire.")
    return Exit.OK


def _unlock(args: Namespace) -> int:
    path = f"/api/v1/locks/{quote(args.place, safe='')}"
    body = {"person": args.who, "why": args.why}
    released = send(args, settings_of(args).http, "DELETE", path, body)
    if args.json:
        say_json(released)
    else:
        say(f"{released['place']} is released by {released['released_by']}.")
    return Exit.OK
