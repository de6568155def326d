"""`curtaild fleet`: the miners as the running daemon sees them, and what people order for them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from controller.commands import (
    fleet_export,
    fleet_firmwares,
    fleet_locks,
    fleet_orders,
    fleet_resume,
    fleet_scan,
)
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

NAME = "fleet"
HELP = "scan for miners, export them; show, stop, cap, hold, resume, lock and unlock them"


def add(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    status = actions.add_parser("status", help="ask the running daemon")
    with_config(status)
    with_json(status)
    status.set_defaults(act=_status)
    fleet_orders.add(actions)
    fleet_resume.add(actions)
    fleet_locks.add(actions)
    fleet_scan.add(actions)
    fleet_export.add(actions)
    fleet_firmwares.add(actions)


def run(args: Namespace) -> int:
    return int(args.act(args))


def _status(args: Namespace) -> int:
    state = ask(settings_of(args).http, "/api/v1/state")
    fleet, groups, motions = state["fleet"], state["groups"], state["motions"]
    if args.json:
        say_json({"fleet": fleet, "groups": groups, "motions": motions})
        return Exit.OK
    resting = sum(cohort["miners"] for group in groups for cohort in group["cohorts"])
    total = resting + motions["total"]
    say(f"{total} miners, {fleet['known']} identified, {fleet['reachable']} reachable")
    head = ("group", "curve", "level", "standing", "miners", "kW", "evidence")
    say(*table(head, [row for group in groups for row in _rows(group)]))
    if motions["total"]:
        stages = ", ".join(f"{count} {stage}" for stage, count in motions["by_stage"].items())
        say(f"in motion: {stages}")
    told = [one["text"] for one in state["attention"] if one["about"] == "fleet"]
    say(*told)
    return Exit.OK


def _rows(group: dict[str, Any]) -> list[tuple[Any, ...]]:
    keys = ("curve", "level", "standing", "miners", "power_kw", "evidence")
    return [(group["id"], *(cohort[key] for key in keys)) for cohort in group["cohorts"]]
