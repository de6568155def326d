"""What commands on the intervals of the books share: a span of time, and what lies in it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from controller.commands.console import with_config, with_json
from controller.commands.person import moment

if TYPE_CHECKING:
    from controller.config.compose import Settings
    from controller.model.books import Interval


def with_span(parser: ArgumentParser) -> None:
    """The arguments of each of them."""
    with_config(parser)
    with_json(parser)
    parser.add_argument("--since", type=moment, metavar="TIME", help="default: all")
    parser.add_argument("--until", type=moment, metavar="TIME", help="default: all")


def intervals_of(args: Namespace, settings: Settings) -> Sequence[Interval]:
    """Those of the ledger that begin in the span; of each its last word.

    Raises:
        CurtaildError: the ledger cannot be read.
    """
    from controller.ledger.metered import metered
    from controller.wiring import ledger_path

    since = args.since or datetime.min.replace(tzinfo=UTC)
    until = args.until or datetime.max.replace(tzinfo=UTC)
    return metered(ledger_path(settings), since, until).intervals
