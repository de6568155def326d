"""`curtaild feeds test`: the first answer of each feed, and what is made of it."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
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
    from controller.app.board import Board
    from controller.clock import SiteClock
    from controller.config.compose import Settings
    from controller.model.samples import Sample
    from controller.ports import Feed

NAME = "feeds"
HELP = "fetch each feed once and show what was understood"


QUIET_S = 0.3
"""When a feed has said nothing more for so long, that was all of its first answer."""


@dataclass(frozen=True)
class Tried:
    """What a feed said, or why it said nothing."""

    feed: str
    adapter: str
    ok: bool
    sample: str = ""
    """One of its samples: of intervals the one that holds now."""
    samples: int = 0
    """How many it had to say at once."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """How many of them would not be used, by reason."""
    unverified: str = ""
    """What of its format no recording could be found for."""
    problem: str = ""

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The second and later ones are remarks on the first."""
        said = self.sample if self.ok else self.problem
        yield self.feed, self.adapter, "ok" if self.ok else "FAILED", str(self.samples), said
        if self.ok and self.problem:
            yield "", "", "", "", self.problem
        if self.unverified:
            yield "", "", "", "", f"unverified: {self.unverified}"


def add(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    test = actions.add_parser("test", help="fetch each feed once")
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
        rows = [row for one in tried for row in one.rows()]
        say(*table(("feed", "adapter", "", "samples", "what it said"), rows))
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

    chosen = settings.feeds[feed.name]
    unverified = getattr(chosen, "unverified", "")
    tried = Tried(feed.name, chosen.adapter, ok=False, unverified=unverified)
    samples, why = await _first_answer(feed, timeout_s)
    if not samples:
        return replace(tried, problem=why)
    return _judged(tried, samples, Board(to_board(settings)), clock.now())


def _judged(tried: Tried, samples: Sequence[Sample], board: Board, now: datetime) -> Tried:
    """With the sample that tells most, and what the daemon would refuse."""
    from controller.model.base import encode

    verdicts = [(sample, board.offer(tried.feed, sample, now)) for sample in samples]
    good = [sample for sample, refusal in verdicts if refusal is None]
    sample = next((one for one in good if _holds(one, now)), (good or samples)[-1])
    why = Counter(refusal for _, refusal in verdicts if refusal is not None)
    remarks = [f"{count} × {one.value}: {one.text}" for one, count in why.items()]
    said = encode(sample).decode()
    return replace(
        tried,
        ok=bool(good),
        sample=said,
        samples=len(samples),
        refused={one.value: count for one, count in why.items()},
        problem="; ".join(remarks) if good or not remarks else f"{'; '.join(remarks)}: {said}",
    )


def _holds(sample: Sample, now: datetime) -> bool:
    start, end = getattr(sample, "start", None), getattr(sample, "end", None)
    return start is not None and end is not None and start <= now < end


async def _first_answer(feed: Feed, timeout_s: float) -> tuple[list[Sample], str]:
    """What it says until it waits for something, and why it says no more."""
    from controller.errors import CurtaildError

    said: list[Sample] = []
    samples = feed.samples()
    while True:
        waiting = asyncio.ensure_future(anext(samples))
        done, _ = await asyncio.wait({waiting}, timeout=QUIET_S if said else timeout_s)
        if not done:
            waiting.cancel()
            return said, f"said nothing within {timeout_s:g} s"
        try:
            said.append(waiting.result())
        except StopAsyncIteration:
            return said, "ended without a word"
        except CurtaildError as error:
            return said, str(error)
