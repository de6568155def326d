"""`curtaild replay`: whether every recorded plan comes out again, bit for bit."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from controller.commands.console import (
    Exit,
    say,
    say_json,
    settings_of,
    with_config,
    with_json,
)
from controller.commands.ledger import with_range

NAME = "replay"
HELP = "decide every recorded cycle again and compare"


def add(parser: ArgumentParser) -> None:
    with_config(parser)
    with_json(parser)
    with_range(parser)


def run(args: Namespace) -> int:
    from controller.app.replay import replay
    from controller.core.decide import decide
    from controller.ledger.read import history
    from controller.version import code_version
    from controller.wiring import ledger_path

    rows = history(ledger_path(settings_of(args)), args.since, args.until)
    report = replay(rows, decide, code_version=code_version())
    if args.json:
        say_json({"ok": report.ok, **asdict(report)})
    else:
        say(*report.lines())
    return Exit.OK if report.ok else Exit.FAILED
