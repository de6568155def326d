"""`curtaild fleet firmwares`: what each driver can do with its miners."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from controller.commands.console import Exit, say, say_json, with_json
from controller.fleet.capabilities import Declared, as_markdown
from controller.wiring import DRIVERS


def add(actions: Any) -> None:
    """To the actions of `fleet`."""
    firmwares = actions.add_parser(
        "firmwares", help="what each driver can do, how it is verified, what it was tested against"
    )
    with_json(firmwares)
    firmwares.set_defaults(act=_firmwares)


def _firmwares(args: Namespace) -> int:
    declared = [Declared(name, one.capabilities) for name, one in DRIVERS.items()]
    if args.json:
        say_json([asdict(one) for one in declared])
    else:
        say(as_markdown(declared).rstrip())
    return Exit.OK
