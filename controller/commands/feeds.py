"""`curtaild feeds test`: one sample of each feed, and what is made of it."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from controller.commands.console import (
    Exit,
    complain,
    logging_as,
    say,
    say_json,
    settings_of,
    table,
    with_config,
    with_json,
)

if TYPE_CHECKING:
    from controller.clock import SiteClock
    from controller.config.compose import Settings
    from controller.model.samples import Sample
    from controller.ports import Feed

NAME = "feeds"
HELP = "fetch a sample of each feed and show what was understood"


@dataclass(frozen=True)
class Tried:
    """What a feed said, or why it said nothing."""

    feed: str
    adapter: str
    ok: bool
    sample: str = ""
    problem: str = ""

    def row(self) -> tuple[str, ...]:
        said = self.sample if self.ok else self.problem
        return self.feed, self.adapter, "ok" if self.ok else "FAILED", said


def add(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    test = actions.add_parser("test", help="fetch one sample of each feed")
    with_config(test)
    with_json(test)
    test.add_argument("feed", nargs="*", help="only these; default: every feed")
    test.add_argument("--timeout", type=float, default=15.0, metavar="S", help="real seconds")


def run(args: Namespace) -> int:
    settings = settings_of(args)
    strangers = set(args.feed) - settings.feeds.keys()
    if strangers:
        complain(f"no feed {min(strangers)}: there are {', '.join(settings.feeds)}")
        return Exit.CONFIGURATION
    logging_as(settings)
    wanted = args.feed or list(settings.feeds)
    tried = asyncio.run(try_feeds(settings, wanted, args.timeout))
    if args.json:
        say_json([asdict(one) for one in tried])
    else:
        rows = [one.row() for one in tried]
        say(*table(("feed", "adapter", "", "what it said"), rows))
    return Exit.OK if all(one.ok for one in tried) else Exit.FAILED


async def try_feeds(settings: Settings, names: list[str], timeout_s: float) -> list[Tried]:
    """The feeds of these names, all at the same time, without what the daemon's remember."""
    from controller.clock import SiteClock
    from controller.wiring import build_feeds, reach_of

    clock = SiteClock(settings.clock)
    with TemporaryDirectory() as empty:
        reach = replace(reach_of(settings, clock), state_dir=Path(empty))
        feeds = build_feeds(settings, reach)
        tries = (_try(settings, clock, feeds[name], timeout_s) for name in names)
        return list(await asyncio.gather(*tries))


async def _try(settings: Settings, clock: SiteClock, feed: Feed, timeout_s: float) -> Tried:
    from controller.app.board import Board
    from controller.config.site import to_board
    from controller.model.base import encode

    adapter = settings.feeds[feed.name].adapter
    sample = await _first(feed, timeout_s)
    if isinstance(sample, str):
        return Tried(feed.name, adapter, ok=False, problem=sample)
    refusal = Board(to_board(settings)).offer(feed.name, sample, clock.now())
    said = encode(sample).decode()
    problem = f"{refusal.value}: {refusal.text}: {said}" if refusal else ""
    return Tried(feed.name, adapter, ok=refusal is None, sample=said, problem=problem)


async def _first(feed: Feed, timeout_s: float) -> Sample | str:
    """Its first sample, or why there is none."""
    from controller.errors import CurtaildError

    samples = feed.samples()
    first = asyncio.ensure_future(anext(samples))
    done, _ = await asyncio.wait({first}, timeout=timeout_s)
    if not done:
        first.cancel()
        return f"said nothing within {timeout_s:g} s"
    try:
        return first.result()
    except CurtaildError as error:
        return str(error)
    except StopAsyncIteration:
        return "ended without a word"
