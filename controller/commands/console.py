"""What the commands share: exit codes, output, the way to the configuration."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from controller.errors import CurtaildError

if TYPE_CHECKING:
    from controller.config.compose import Settings


class Exit(IntEnum):
    """What the shell is told."""

    OK = 0
    FAILED = 1
    CONFIGURATION = 2
    UNREACHABLE = 3

    @property
    def text(self) -> str:
        """For --help and docs/configuration.md."""
        return _TEXT[self]


_TEXT = {
    Exit.OK: "done, and all is well",
    Exit.FAILED: (
        "the check or the comparison failed, the daemon refused, miners were not done within "
        "--wait, or it ended with an error"
    ),
    Exit.CONFIGURATION: "the configuration or the command line is wrong",
    Exit.UNREACHABLE: "the daemon is not reachable",
}


class UsageError(CurtaildError):
    """The command line and the configuration together do not say what is needed."""


def with_config(parser: ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument(
        "--config", type=Path, required=required, metavar="FILE", help="the configuration file"
    )


def with_json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def settings_of(args: Namespace) -> Settings:
    """The configuration that `--config` names."""
    from controller.wiring import load_settings

    return load_settings(args.config)


def logging_as(settings: Settings) -> None:
    """Log as the configuration says, with its secrets masked."""
    from controller.config.secrets import secrets
    from controller.logs import set_up

    set_up(level=settings.log.level, form=settings.log.format, secrets=secrets(settings))


def say(*lines: str) -> None:
    """To standard output."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def say_json(value: Any) -> None:
    say(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def write_out(text: str, path: Path | None) -> None:
    """To this file, or to standard output.

    Raises:
        UsageError: it cannot be written.
    """
    if path is None:
        sys.stdout.write(text)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def complain(text: str) -> None:
    """To standard error."""
    sys.stderr.write(f"{text}\n")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lines of columns as wide as what stands in them; numbers go to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    right = [_numeric(column) for column in zip(*cells, strict=True)] or [False] * len(head)
    lines = []
    for line in (list(head), *cells):
        padded = (
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(line, widths, right, strict=True)
        )
        lines.append("  ".join(padded).rstrip())
    return lines


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def _numeric(column: Sequence[str]) -> bool:
    return all(text == "-" or text.replace(",", "").lstrip("-")[:1].isdigit() for text in column)
