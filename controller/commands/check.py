"""`curtaild check`: everything that is wrong with a configuration, at once."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, NamedTuple

from controller.commands.console import Exit, complain, say, say_json, with_config, with_json

if TYPE_CHECKING:
    from controller.config.compose import Settings
    from controller.config.power_return import Warned
    from controller.config.problems import ConfigurationError

NAME = "check"
HELP = "say everything that is wrong with a configuration, or print the schema"


def add(parser: ArgumentParser) -> None:
    with_config(parser, required=False)
    with_json(parser)
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema for editors")
    parser.add_argument("--keys", action="store_true", help="print every key as a Markdown table")


def run(args: Namespace) -> int:
    from controller.config.problems import ConfigurationError
    from controller.wiring import load_settings

    if args.schema or args.keys:
        return _print_reference(args)
    if args.config is None:
        complain("curtaild check: name a configuration with --config FILE, or ask for --schema")
        return Exit.CONFIGURATION
    try:
        settings = load_settings(args.config)
    except ConfigurationError as error:
        _refuse(args, error)
        return Exit.CONFIGURATION
    _approve(args, settings)
    return Exit.OK


def _print_reference(args: Namespace) -> int:
    from controller.config.reference import reference
    from controller.config.schema import schema_text
    from controller.wiring import SETTINGS

    say((schema_text(SETTINGS) if args.schema else reference(SETTINGS)).rstrip("\n"))
    return Exit.OK


def _refuse(args: Namespace, error: ConfigurationError) -> None:
    if args.json:
        problems = [problem.plain() for problem in error.problems]
        say_json({"ok": False, "problems": problems})
        return
    complain(str(error))
    count = len(error.problems)
    complain(f"{args.config}: {count} error{'s' if count > 1 else ''}")


def _approve(args: Namespace, settings: Settings) -> None:
    from controller.config.identity import config_hash
    from controller.config.measured import UNMEASURED
    from controller.config.power_return import warnings
    from controller.wiring import DRIVERS

    digest = config_hash(settings)
    records = _records(settings)
    found = [*warnings(settings, DRIVERS), *records.warnings]
    if args.json:
        said = {"ok": True, "problems": [], "warnings": [one.plain() for one in found]}
        said["measured_at"] = records.at
        say_json({**said, "site": settings.site.id, "config_hash": digest})
        return
    miners = sum(len(group.miners.miners()) for group in settings.groups.values())
    counts = f"{len(settings.groups)} groups, {miners} miners, {len(settings.feeds)} feeds"
    say(f"{args.config}: in order: {counts}, {len(settings.programs)} programs")
    say(f"configuration {digest}")
    if records.at is None and settings.programs:
        say(UNMEASURED)
    for one in found:
        say(f"{args.config}: warning: {one}")


class _Records(NamedTuple):
    """What the ledger says of a configuration: read only, beside a daemon or without one."""

    at: str | None
    """Of the last recorded plan."""
    warnings: list[Warned]


def _records(settings: Settings) -> _Records:
    from controller.config.measured import warnings
    from controller.config.power_return import Warned
    from controller.config.site import to_site
    from controller.errors import CurtaildError
    from controller.ledger.last import last_plan
    from controller.wiring import ledger_path

    path = ledger_path(settings)
    try:
        plan = last_plan(path) if path.exists() else None
    except CurtaildError as error:
        return _Records(None, [Warned("state_dir", f"what was measured cannot be read: {error}")])
    at = None if plan is None else plan.at.isoformat()
    site = to_site(settings)
    return _Records(at, warnings(site.programs, plan, site.zone))
