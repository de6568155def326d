"""`curtaild fleet export`: the inventory with the last readings, as CSV or JSON."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from controller.commands.asking import UnreachableError
from controller.commands.console import (
    Exit,
    UsageError,
    complain,
    say_json,
    settings_of,
    with_config,
    with_json,
    write_out,
)
from controller.commands.fleet_pages import miners_of

if TYPE_CHECKING:
    from controller.config.compose import Settings

Miner = dict[str, Any]


def add(actions: Any) -> None:
    """To the actions of `fleet`."""
    export: ArgumentParser = actions.add_parser(
        "export", help="the miners with their last readings, as CSV"
    )
    with_config(export)
    with_json(export)
    export.add_argument("--csv", type=Path, metavar="FILE", help="write there, not to the screen")
    export.add_argument("--group", metavar="NAME", help="of this group only")
    export.set_defaults(act=_export)


def _export(args: Namespace) -> int:
    """What the daemon knows; without one, what it had written down when it last ran."""
    from controller.fleet.miners_csv import as_csv

    settings = settings_of(args)
    if args.group is not None and args.group not in settings.groups:
        raise UsageError(f"there is no group {args.group}: {', '.join(settings.groups)}")
    try:
        known = list(_running(settings))
    except UnreachableError as error:
        complain(f"{error}. This is what it wrote down when it last ran, without readings.")
        known = list(_remembered(settings))
    miners = [one for one in known if args.group in (None, one["group"])]
    if args.json:
        say_json({"miners": miners})
    else:
        write_out(as_csv(miners), args.csv)
    return Exit.OK


def _running(settings: Settings) -> Iterator[Miner]:
    for one in miners_of(settings.http):
        yield {**one, **(one["identity"] or {})}


def _remembered(settings: Settings) -> Iterator[Miner]:
    """
    Raises:
        PermanentError: the inventory is corrupt.
    """
    from controller.fleet.inventory import FILE_NAME, Inventory
    from controller.model.base import to_plain

    inventory = Inventory(settings.state_dir / FILE_NAME)
    for name, group in settings.groups.items():
        for miner, place in group.miners.miners().items():
            known = inventory.get(miner)
            yield {
                "miner": miner,
                "group": name,
                "address": place.address,
                "port": place.port,
                **(to_plain(known[0]) if known else {}),
            }
