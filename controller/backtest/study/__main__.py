"""`python -m controller.backtest.study`: plays all cases, and writes the page."""

from __future__ import annotations

import os
import shlex
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from controller.backtest.history import Layout
from controller.backtest.past import History, Source, Sources, read
from controller.backtest.study.cases import ALL
from controller.backtest.study.document import document
from controller.backtest.study.findings import Findings
from controller.backtest.study.running import Work, run
from controller.errors import PermanentError
from controller.version import code_version

USUAL_OUT = Path("docs/study-ercot.md")


def parser() -> ArgumentParser:
    """What may be said on the command line."""
    found = ArgumentParser("python -m controller.backtest.study", description=__doc__)
    add = found.add_argument
    add("--rt", type=Path, nargs="+", required=True, metavar="FILE", help="real-time prices")
    add("--dam", type=Path, nargs="+", required=True, metavar="FILE", help="day-ahead prices")
    add("--hashprice", type=Path, required=True, metavar="FILE", help="by day, per PH/s and day")
    add("--hubs", nargs="+", default=["HB_WEST", "HB_NORTH"], metavar="COLUMN", help="of --rt")
    add("--time-column", default="interval_start_utc", metavar="COLUMN", help="of prices")
    add("--dam-column", default="HB_HUBAVG", metavar="COLUMN")
    add("--hashprice-date-column", default="date", metavar="COLUMN")
    add("--hashprice-column", default="usd_per_ph_day_without_fees", metavar="COLUMN")
    add("--out", type=Path, default=USUAL_OUT, metavar="FILE", help="default: %(default)s")
    add("--jobs", type=int, default=os.cpu_count() or 1, help="how many cases at a time")
    return found


def main(arguments: Sequence[str]) -> int:
    """Plays, writes, and says how it ended."""
    args = parser().parse_args(arguments)
    if not args.out.parent.is_dir():  # before a long run, not at its end
        sys.stderr.write(f"{args.out.parent} is no folder: make it, or name another --out\n")
        return 1
    command = shlex.join(["python", "-m", "controller.backtest.study", *arguments])
    try:
        found = findings(args, command)
    except PermanentError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    args.out.write_text(document(found), encoding="utf-8")
    return 0


def findings(args: Namespace, command: str) -> Findings:
    """Read the files, and play every case at every hub.

    Raises:
        HistoryError: a file cannot be used.
    """
    histories = {hub: _history(args, hub) for hub in args.hubs}
    works = [Work(hub, case, history) for hub, history in histories.items() for case in ALL]
    return Findings(
        command=command,
        version=code_version(),
        files=tuple(_files(args, histories)),
        hubs=tuple(histories),
        outcomes={one.work: one for one in run(works, args.jobs)},
    )


def _history(args: Namespace, hub: str) -> History:
    prices = Layout(time_column=args.time_column, value_column=hub)
    day_ahead = Layout(time_column=args.time_column, value_column=args.dam_column)
    hashprice = Layout(time_column=args.hashprice_date_column, value_column=args.hashprice_column)
    sources = Sources(
        prices=Source(args.rt, prices),
        known_at="end",
        hashprice=Source([args.hashprice], hashprice),
        day_ahead=Source(args.dam, day_ahead),
    )
    return read(sources, None, None)


def _files(args: Namespace, histories: dict[str, History]) -> list[str]:
    """What was read, and what was filled or dropped."""
    rt, dam = (", ".join(path.name for path in paths) for paths in (args.rt, args.dam))
    told = [
        f"Real-time prices of {next(iter(histories.values())).prices.minutes} minutes: {rt}.",
        f"Day-ahead prices, {args.dam_column}: {dam}. Hashprice: {args.hashprice.name}.",
    ]
    return list(
        dict.fromkeys([*told, *(text for one in histories.values() for text in one.sentences)])
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
