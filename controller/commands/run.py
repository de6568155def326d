"""`curtaild run`: the daemon, in the foreground."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

from controller.commands.console import (
    Exit,
    complain,
    logging_as,
    settings_of,
    with_config,
)

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
    if args.shadow:
        # What was only assumed has books of its own, beside those of what was done.
        settings = settings.model_copy(update={"state_dir": settings.state_dir / "shadow"})
    logging_as(settings)
    farm = args.config if args.farm else None
    from controller import daemon

    return asyncio.run(daemon.run(settings, shadow=args.shadow, farm=farm))
