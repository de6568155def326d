"""`curtaild fleet scan`: which miners there are at some addresses."""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from controller.commands.console import (
    Exit,
    UsageError,
    say,
    say_json,
    settings_of,
    table,
    with_config,
    with_json,
    write_out,
)
from controller.commands.progress import Progress
from controller.commands.scan_lines import config_lines, row_of

if TYPE_CHECKING:
    from controller.fleet.scan.finding import Finding
    from controller.fleet.scan.questions import Questions

SCANNED = ("luxos", "antminer")
"""The drivers that ask; the others drive the same firmwares."""
_HEAD = ("address", "answered", "firmware", "model", "version", "mac", "why")


def add(actions: Any) -> None:
    """To the actions of `fleet`."""
    scan: ArgumentParser = actions.add_parser("scan", help="find the miners at some addresses")
    scan.add_argument(
        "ranges",
        nargs="*",
        metavar="RANGE",
        help="such as 10.0.0.7, 10.0.0.1-10.0.0.40 or 10.0.0.0/28",
    )
    scan.add_argument(
        "--addresses-file", type=Path, metavar="FILE", help="a CSV file with a column address"
    )
    with_config(scan, required=False)
    with_json(scan)
    scan.add_argument("--csv", type=Path, metavar="FILE", help="write the miners found there")
    scan.add_argument(
        "--driver", choices=SCANNED, action="append", help="look for this one only; may be repeated"
    )
    scan.add_argument(
        "--port",
        type=_port,
        action="append",
        default=[],
        metavar="DRIVER=PORT",
        help="ask there, in place of the usual port",
    )
    scan.add_argument(
        "--password-file", type=Path, metavar="FILE", help="for miners of no configured group"
    )
    scan.add_argument("--width", type=_width, default=256, help="addresses at a time; default: 256")
    scan.set_defaults(act=_scan)


def _port(text: str) -> tuple[str, int]:
    driver, _, port = text.partition("=")
    if driver not in SCANNED or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ArgumentTypeError(f"{text!r} is not one like luxos=4028 or antminer=80")
    return driver, int(port)


def _width(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 4096:
        raise ArgumentTypeError(f"{text!r} is no number from 1 to 4096")
    return int(text)


def _scan(args: Namespace) -> int:
    findings = _findings(args)
    if args.csv is not None:
        from controller.fleet.miners_csv import as_csv

        write_out(as_csv(row_of(one) for one in findings if one.port is not None), args.csv)
    counts = dict(Counter(one.answered.value for one in findings))
    if args.json:
        from controller.model.base import to_plain

        say_json({"counts": counts, "addresses": [to_plain(one) for one in findings]})
        return Exit.OK
    seen = [one for one in findings if one.answered.value != "nothing"]
    say(*table(_HEAD, [[getattr(one, key) for key in _HEAD] for one in seen]))
    say(", ".join(f"{count} {word.replace('_', ' ')}" for word, count in sorted(counts.items())))
    say(*config_lines(findings))
    return Exit.OK


def _findings(args: Namespace) -> list[Finding]:
    """
    Raises:
        UsageError: no address that could be asked is named, or the password file is unusable.
        PermanentError: this process may not open as many files as the width needs.
    """
    from controller.fleet import descriptors
    from controller.fleet.scan.scanning import scan
    from controller.leaving import run_and_leave

    addresses = _addresses(args)
    descriptors.allow(args.width)
    findings: list[Finding] = []

    async def look() -> int:
        with tempfile.TemporaryDirectory() as nowhere:
            questions = _questions(args, Path(nowhere))
            progress = Progress("asked", len(addresses))
            findings.extend(await scan(addresses, questions, args.width, progress))
            progress.end()
        return Exit.OK

    run_and_leave(look())
    return findings


def _addresses(args: Namespace) -> list[str]:
    from controller.fleet.addresses import expand
    from controller.fleet.miners_csv import read_addresses

    try:
        listed = read_addresses(args.addresses_file) if args.addresses_file else []
        addresses = expand([*args.ranges, *listed])
    except ValueError as error:
        raise UsageError(str(error)) from error
    if not addresses:
        raise UsageError("nothing to scan: name a range, or --addresses-file")
    return addresses


def _questions(args: Namespace, nowhere: Path) -> Questions:
    """`nowhere`: a folder in which a scan could remember something, and does not."""
    from controller.fleet.driver import Toolbox
    from controller.fleet.owed import Owed
    from controller.fleet.scan.questions import Questions
    from controller.fleet.settings import FleetSettings
    from controller.fleet.tally import Tally
    from controller.wiring import DRIVERS

    settings = settings_of(args) if args.config else None
    tools = Toolbox(settings.fleet if settings else FleetSettings(), Tally(), Owed(nowhere / "o"))
    chosen = args.driver or SCANNED
    usual = {name: DRIVERS[name].settings.model_fields["port"].default for name in chosen}
    return Questions(
        drivers={name: DRIVERS[name].build(tools) for name in chosen},
        ports={**usual, **dict(args.port)},
        groups=[group.miners for group in settings.groups.values()] if settings else [],
        password_file=args.password_file,
    )
