"""The command line of curtaild."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence

from controller.commands import (
    backtest,
    check,
    dispatches,
    feeds,
    fleet,
    ledger,
    plan,
    replay,
    run,
    simulate,
    status,
)
from controller.commands.asking import UnreachableError
from controller.commands.console import Exit, UsageError, complain
from controller.errors import CurtaildError
from controller.version import code_version

COMMANDS = (run, check, plan, status, fleet, dispatches, feeds, ledger, replay, backtest, simulate)
INTERRUPTED = 130
"""As a shell says it: 128 and the number of SIGINT."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    args = _parser().parse_args(argv)
    try:
        code = _run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, `head` for one, has enough; the interpreter would complain at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    return code


def _run(args: Namespace) -> int:
    from controller.config.problems import ConfigurationError

    try:
        return int(args.run(args))
    except ConfigurationError as error:
        complain(str(error))
        return Exit.CONFIGURATION
    except UsageError as error:
        complain(f"curtaild: {error}")
        return Exit.CONFIGURATION
    except UnreachableError as error:
        complain(f"curtaild: {error}")
        return Exit.UNREACHABLE
    except CurtaildError as error:
        complain(f"curtaild: {error}")
        return Exit.FAILED


def _parser() -> ArgumentParser:
    codes = "\n".join(f"  {code.value}  {code.text}" for code in Exit)
    parser = ArgumentParser(
        prog="curtaild",
        description="A site controller for flexible mining load.",
        epilog=f"exit codes:\n{codes}",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=code_version())
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        own = commands.add_parser(
            command.NAME,
            help=command.HELP,
            description=command.HELP,
            epilog=f"exit codes:\n{codes}",
            formatter_class=RawDescriptionHelpFormatter,
        )
        command.add(own)
        own.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
