"""`curtaild run`: the daemon, in the foreground."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from controller.commands.console import (
    Exit,
    complain,
    logging_as,
    settings_of,
    with_config,
)

if TYPE_CHECKING:
    from controller.config.compose import Settings

NAME = "run"
HELP = "control the site, in the foreground, until Ctrl-C or SIGTERM"


def add(parser: ArgumentParser) -> None:
    with_config(parser)
    parser.add_argument(
        "--shadow", action="store_true", help="decide and report, but send nothing to any miner"
    )
    parser.add_argument(
        "--farm", action="store_true", help="start the simulated farm too, and take it along"
    )


def run(args: Namespace) -> int:
    settings = settings_of(args)
    if args.farm and settings.simulation is None:
        complain(f"{args.config}: simulation: is missing: there is no farm to start")
        return Exit.CONFIGURATION
    from controller import daemon
    from controller.leaving import run_and_leave
    from controller.reload import Source

    source = Source(name=str(args.config), read=lambda: _settings(args), log_as=logging_as)
    farm = args.config if args.farm else None
    return run_and_leave(daemon.run(source, shadow=args.shadow, farm=farm))


def _settings(args: Namespace) -> Settings:
    """The configuration as the file and the environment have it now."""
    settings = settings_of(args)
    if not args.shadow:
        return settings
    # What was only assumed has books of its own, beside those of what was done.
    update: dict[str, Any] = {"state_dir": settings.state_dir / "shadow"}
    if settings.mqtt is not None:
        update["mqtt"] = settings.mqtt.of_shadow()
    return settings.model_copy(update=update)
