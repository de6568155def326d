"""The page."""

from __future__ import annotations

from collections.abc import Iterator

from controller.backtest.report.bootstrap import LEVEL
from controller.backtest.report.cells import HOW_SHARED, HOW_SURE
from controller.backtest.study import levels, short, tables, where
from controller.backtest.study.cases import ADDER_PER_MWH, MINERS, STARTS
from controller.backtest.study.findings import Findings
from controller.backtest.study.markdown import heading, listed, page, said


def document(found: Findings) -> str:
    """All of it, as Markdown."""
    return page(_lines(found))


def _lines(found: Findings) -> Iterator[str]:
    first, last = found.days[0], found.days[-1]
    yield "# What turning miners down was worth on ERCOT's prices"
    yield from said(
        f"{' and '.join(found.hubs)}, {first} to {last}, played to curtaild {found.version}",
        "interval by interval. This page is written by",
    )
    yield from ("```sh", found.command, "```")
    yield from said(
        "and not by hand: every number in it is computed there. The same command with other files",
        "studies other prices.",
    )
    yield from heading("In short")
    yield from listed(short.points(found))
    yield from _played(found)
    yield from _came_to(found)
    yield from _where(found)
    yield from heading("What this does not say")
    yield from listed(_not_said())


def _played(found: Findings) -> Iterator[str]:
    yield from heading("What was played")
    yield from said(
        f"A site of {MINERS:,} miners of one kind, by the code that runs a real one, on a virtual",
        "clock. It knows a price from when it was published on, day-ahead prices from the",
        "afternoon before, the hashprice from the start of its day.",
    )
    yield from tables.machines()
    yield from listed([*_terms(), *found.files])
    yield from said(
        "What power cost: the mean full price in $/MWh. For each machine: at which price hashing",
        "just pays for it, the mean break-even in $/MWh (and for how many hours power cost more).",
    )
    yield from tables.markets(found)


def _terms() -> Iterator[str]:
    for one in STARTS:
        yield (
            f"{one.name.capitalize()} starts: {one.lost_s // 60} minutes of full power without "
            f"hash, and {one.wear_per_mw} $ of wear for each MW started."
        )
    yield (
        f"Full price: that of the hub and {ADDER_PER_MWH} $/MWh for transmission and fees. Hashes "
        "earn the hashprice without transaction fees, and no pool takes any."
    )
    yield (
        "Known when over: the site decides on the price of the interval before. Known as it "
        "begins: on that of the interval under way."
    )
    yield (
        "Naive strike: off above the break-even, on below. Tuned strike: off and on at multiples "
        "of it, and after a hold, that were good in the other years. Perfect: every price "
        "foreseen, starts cost what they do."
    )
    yield "Money is US dollars; a MW is one of power at the top level."


def _came_to(found: Findings) -> Iterator[str]:
    yield from heading("Share of what could be gained")
    yield from said(HOW_SHARED, HOW_SURE)
    yield from tables.shares(found)
    yield from heading("Profit, and gain over always on")
    yield from said(
        "What curtaild earned in those days, $ a MW of top power, prices known when over, and in",
        "brackets how much of it always on would not have earned. Perfect foresight would have",
        "gained that divided by the share above.",
    )
    yield from tables.profits(found)
    yield from heading("Levels")
    yield from levels.unlimited(found)
    yield from heading("A power-limited site")
    yield from levels.limited(found)


def _where(found: Findings) -> Iterator[str]:
    yield from heading("Where gains come from")
    yield from heading("Which prices", 3)
    yield from where.prices(found)
    yield from heading("How few hours", 3)
    yield from where.few_hours(found)
    yield from heading("What starts cost", 3)
    yield from where.starts(found)
    yield from heading("What waiting for the price costs", 3)
    yield from where.waiting(found)


def _not_said() -> Iterator[str]:
    yield "Prices are those of hubs. A node's own can be far from them, above all in the west."
    yield (
        "The site moves no price, sells no reserve, and is charged for no peak: what avoiding the "
        "four coincident peaks saves is left out."
    )
    yield "All miners obey and none breaks. Starts cost what is assumed here."
    yield (
        f"The {100 * LEVEL:.0f} % intervals say how much hangs on which weeks there were. They "
        "know nothing of years unlike these."
    )
