"""`curtaild backtest`: what the site would have earned, by the code that runs it."""

from __future__ import annotations

import asyncio
import shlex
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace, _ArgumentGroup
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from controller.commands.console import (
    Exit,
    UsageError,
    say,
    say_json,
    settings_of,
    with_config,
    with_json,
)
from controller.commands.person import moment

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from controller.backtest.history import Layout
    from controller.backtest.past import Sources
    from controller.config.compose import Settings

NAME = "backtest"
HELP = "play history to the site, and say what it would have earned"
GATE = "13:30"
"""When ERCOT has published the prices of the day ahead."""
OPTIONS = {
    "value_column": "--column, --day-ahead-column or --hashprice-column",
    "time_column": "--time-column or --hashprice-time-column",
    "longest_gap_minutes": "--longest-gap",
    "set gaps": "set --gaps",
    "set duplicates": "set --duplicates",
    "set minutes": "set --minutes",
    "set zone": "set --zone",
    "set stamps": "set --stamps",
}
"""Settings of a layout, as messages name them, and what they are called here."""


def add(parser: ArgumentParser) -> None:
    with_config(parser)
    with_json(parser)
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report as a page")
    parser.add_argument("--from", dest="since", type=moment, metavar="TIME", help="judge from here")
    parser.add_argument("--to", dest="until", type=moment, metavar="TIME", help="judge up to here")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the books of every look there"
    )
    parser.add_argument("--faults", action="store_true", help="with the faults that are declared")
    _with_prices(parser.add_argument_group("real-time prices"))
    _with_others(parser.add_argument_group("day-ahead prices and hashprice"))
    _with_flaws(parser.add_argument_group("flaws of the files, refused unless said otherwise"))


def _with_prices(group: _ArgumentGroup) -> None:
    group.add_argument(
        "--prices", type=Path, nargs="+", required=True, metavar="FILE",
        help="CSV, CSV.gz or Parquet; several years also tune the yardstick of the others",
    )  # fmt: skip
    group.add_argument("--column", default="", metavar="NAME", help="of the prices")
    group.add_argument("--time-column", default="", metavar="NAME", help="default: the first")
    group.add_argument(
        "--minutes", type=int, help="of an interval; default: as most rows are apart"
    )
    group.add_argument("--zone", default="UTC", help="of times without an offset; default: UTC")
    group.add_argument("--stamps", choices=("start", "end"), default="start", help="of intervals")
    group.add_argument("--unit", choices=("per_mwh", "per_kwh", "cents_per_kwh"), default="per_mwh")
    group.add_argument(
        "--known-at", choices=("start", "end"), default="end",
        help="when a price was published: as its interval begins, or (default) when it is over",
    )  # fmt: skip


def _with_others(group: _ArgumentGroup) -> None:
    group.add_argument("--day-ahead", type=Path, nargs="+", metavar="FILE", default=[])
    group.add_argument("--day-ahead-column", default="", metavar="NAME")
    group.add_argument(
        "--day-ahead-gate", type=_clock,
        default=time.fromisoformat(GATE), metavar="HH:MM",
        help=f"when they are published, the day before, by the site's clocks; default: {GATE}",
    )  # fmt: skip
    group.add_argument(
        "--hashprice", type=Path, nargs="+", metavar="FILE", default=[],
        help="per PH/s and day; default: that of the configuration's hashprice_fixed",
    )  # fmt: skip
    group.add_argument("--hashprice-column", default="", metavar="NAME")
    group.add_argument("--hashprice-time-column", default="", metavar="NAME")


def _with_flaws(group: _ArgumentGroup) -> None:
    group.add_argument("--gaps", choices=("refuse", "hold", "interpolate"), default="refuse")
    group.add_argument(
        "--longest-gap", type=int, default=120, metavar="MINUTES",
        help="longer ones are refused in any case; default: 120",
    )  # fmt: skip
    group.add_argument("--duplicates", choices=("refuse", "first", "last"), default="refuse")


def run(args: Namespace) -> int:
    from controller.backtest.history import HistoryError
    from controller.backtest.past import read
    from controller.backtest.play import Backtest
    from controller.backtest.report.page.document import drawer, html
    from controller.backtest.report.plain import plain
    from controller.backtest.report.table import lines
    from controller.version import code_version

    if args.html:  # before a long run, not at its end
        drawer()
        _check_folder(args.html)
    settings = settings_of(args)
    if args.faults and not _faults(settings):
        raise UsageError("--faults: none is declared; say which at backtest.groups.NAME.faults")
    sources = _sources(args, settings)
    try:
        history = read(sources, args.since, args.until)
    except HistoryError as error:
        raise HistoryError(_in_options(str(error))) from error
    command = shlex.join(["curtaild", *sys.argv[1:]])
    backtest = Backtest(settings, history, faults=args.faults)
    result = asyncio.run(backtest.result(command, code_version(), args.keep))
    if args.html:
        args.html.write_text(html(result), encoding="utf-8")
    if args.json:
        say_json(plain(result))
    else:
        say(*lines(result))
    return Exit.OK


def _faults(settings: Settings) -> bool:
    groups = settings.backtest.groups.values() if settings.backtest else ()
    return any(group.faults for group in groups)


def _sources(args: Namespace, settings: Settings) -> Sources:
    from controller.backtest.past import Source, Sources

    market = {"unit": args.unit, "stamps": args.stamps, "time_column": args.time_column}
    prices = _layout(args, args.column, minutes=args.minutes, **market)
    day_ahead = _layout(args, args.day_ahead_column, **market)
    hashprice = _layout(args, args.hashprice_column, time_column=args.hashprice_time_column)
    return Sources(
        prices=Source(args.prices, prices),
        known_at=args.known_at,
        hashprice=Source(args.hashprice, hashprice) if args.hashprice else _fixed(settings),
        day_ahead=Source(args.day_ahead, day_ahead) if args.day_ahead else None,
        gate=args.day_ahead_gate,
    )


def _layout(args: Namespace, column: str, **more: Any) -> Layout:
    from pydantic import ValidationError

    from controller.backtest.history import Layout

    try:
        return Layout(
            value_column=column,
            zone=args.zone,
            gaps=args.gaps,
            longest_gap_minutes=args.longest_gap,
            duplicates=args.duplicates,
            **more,
        )
    except ValidationError as error:
        raise UsageError("; ".join(map(_wrong, error.errors()))) from error


def _wrong(error: ErrorDetails) -> str:
    option = str(error["loc"][0]).removesuffix("_minutes").replace("_", "-")
    return f"--{option}: {error['msg'].removeprefix('Value error, ')}"


def _in_options(message: str) -> str:
    for name, option in OPTIONS.items():
        message = message.replace(name, option)
    return message


def _clock(text: str) -> time:
    """A time of the day of the command line."""
    try:
        at = time.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a time of the day like {GATE}") from error
    if at.tzinfo is not None:
        raise ArgumentTypeError(f"{text!r} has a zone: it is by the site's clocks, like {GATE}")
    return at


def _check_folder(page: Path) -> None:
    if not page.parent.is_dir() or page.is_dir():
        raise UsageError(f"--html {page}: it has to be a file in a folder that is there")


def _fixed(settings: Settings) -> float:
    """The hashprice that the configuration names."""
    fixed = (getattr(feed, "per_ph_day", None) for feed in settings.feeds.values())
    found = next((value for value in fixed if value is not None), None)
    if found is None:
        raise UsageError(
            "what hashing earned is not known: give --hashprice FILE, or a feed hashprice_fixed"
        )
    return float(found)
