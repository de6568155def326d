"""`curtaild ledger`: the books, for auditors and spreadsheets."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from controller.commands import (
    ledger_bill,
    ledger_compare,
    ledger_demand,
    ledger_import,
    ledger_work,
)
from controller.commands.console import (
    Exit,
    complain,
    say,
    say_json,
    settings_of,
    with_config,
    with_json,
)
from controller.commands.person import moment

NAME = "ledger"
HELP = "export or verify the books, or set the revenue meter beside them"
PARTS = (
    "intervals",
    "curtailed",
    "commands",
    "dispatches",
    "recalls",
    "opt_outs",
    "orders",
    "locks",
    "samples",
    "revenue_meter",
    "imports",
    "cycles",
    "runs",
)


def add(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    export = actions.add_parser("export", help="write a part of the books")
    with_config(export)
    with_json(export)
    export.add_argument("part", choices=PARTS, help="which part")
    with_range(export)
    export.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    export.set_defaults(act=_export)
    verify = actions.add_parser("verify", help="check every row against the rest")
    with_config(verify)
    with_json(verify)
    verify.set_defaults(act=_verify)
    ledger_import.add(actions)
    ledger_compare.add(actions)
    ledger_demand.add(actions)
    ledger_bill.add(actions)
    ledger_work.add(actions)


def with_range(parser: ArgumentParser) -> None:
    parser.add_argument("--since", type=moment, metavar="TIME", help="from this time on, with zone")
    parser.add_argument("--until", type=moment, metavar="TIME", help="before this time")


def run(args: Namespace) -> int:
    return int(args.act(args))


def _export(args: Namespace) -> int:
    from controller.ledger.export import Format, Part, export
    from controller.wiring import ledger_path

    path = ledger_path(settings_of(args))
    form: Format = "json" if args.json else "csv"
    part = Part(args.part)
    if args.out is None:
        export(path, part, form, sys.stdout, since=args.since, until=args.until)
        return Exit.OK
    with args.out.open("w", encoding="utf-8", newline="") as out:
        rows = export(path, part, form, out, since=args.since, until=args.until)
    complain(f"{args.out}: {rows} rows")
    return Exit.OK


def _verify(args: Namespace) -> int:
    from controller.ledger.verify import verify
    from controller.wiring import ledger_path

    report = verify(ledger_path(settings_of(args)))
    if args.json:
        say_json({"ok": report.ok, **asdict(report)})
    else:
        say(*report.lines())
    return Exit.OK if report.ok else Exit.FAILED
