"""`curtaild simulate`: the simulated farm, in a process of its own."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from controller.commands.console import (
    Exit,
    complain,
    logging_as,
    settings_of,
    with_config,
)

NAME = "simulate"
HELP = "run the simulated miners and meters of a configuration"


def add(parser: ArgumentParser) -> None:
    with_config(parser)
    parser.add_argument(
        "--follow-stdin",
        action="store_true",
        help="end with standard input, and not with Ctrl-C: for the daemon that starts it",
    )


def run(args: Namespace) -> int:
    from controller.clock import SiteClock
    from controller.simulator.process import serve

    settings = settings_of(args)
    if settings.simulation is None:
        complain(f"{args.config}: simulation: is missing: there is no farm to simulate")
        return Exit.CONFIGURATION
    logging_as(settings)
    return serve(
        settings.simulation,
        SiteClock(settings.clock),
        follow_stdin=args.follow_stdin,
        epoch=settings.clock.epoch,
    )
