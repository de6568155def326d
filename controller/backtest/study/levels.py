"""What more levels earn on the same miners, without a limit and with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from controller.backtest.report.cells import number
from controller.backtest.report.result import CEILING, FLOOR, HOUSE
from controller.backtest.study.cases import LEVELS, LIMITED, LIMITED_BLOCKS, MINERS, SHAPES, Case
from controller.backtest.study.findings import Findings
from controller.backtest.study.markdown import (
    NONE,
    between,
    hundredfold,
    said,
    signed,
    table,
)

_MORE = tuple(one.name.split(", ")[1] for one in SHAPES[1:])
"""What is compared with the default profile."""


def unlimited(found: Findings) -> Iterator[str]:
    """A site that may draw what its miners can."""
    yield from said(
        "The same miners, offered ever more of their profiles; light starts, prices known when an",
        "interval is over. Numbers are per cent more profit than with the default profile on or",
        "off. Arithmetic: every price foreseen and starts that cost nothing. Perfect: every price",
        "foreseen, starts cost what they do.",
    )
    ways = ("arithmetic", CEILING, HOUSE)
    titles = ("hub", "year", "curtaild, on/off, $ a miner", *_titles(ways))
    rows = []
    for hub in found.hubs:
        for name in found.years:
            profits = {
                "arithmetic": [found.free(hub, case, name) for case in LEVELS],
                **{way: _profits(found, hub, LEVELS, name, way) for way in ways[1:]},
            }
            base = number(profits[HOUSE][0] / MINERS)
            rows.append([hub, name, base, *_more(profits[way] for way in ways)])
    yield from table(titles, rows, 2)
    yield from said(*_arithmetic(found))


def _titles(ways: Sequence[str]) -> list[str]:
    return [f"{way}: {more}, %" for way in ways for more in _MORE]


def _profits(found: Findings, hub: str, cases: Sequence[Case], name: str, way: str) -> list[float]:
    return [found.profit(hub, case, name, way) for case in cases]


def _more(rows: Iterable[list[float]]) -> Iterator[str]:
    """Of each row, how many per cent all others are more than the first."""
    for base, *others in rows:
        for one in others:
            more = hundredfold(one - base, base)
            yield NONE if more is None else signed(more, 1)


def _arithmetic(found: Findings) -> Iterator[str]:
    """How much there is to be had at the most."""
    ratios = [_ratios(found, hub, name) for hub in found.hubs for name in found.years]
    few, many = zip(*ratios, strict=True)
    yield (
        f"With {_MORE[1]} arithmetic alone allows, by hub and year, {between(many, 1)} % more "
        f"profit; with profiles {_MORE[0]} {between(few, 1)} %."
    )
    top, default = (one.levels[-1].power_w for one in (SHAPES[-1], SHAPES[0]))
    always = [more for hub in found.hubs for more in _always(found, hub)]
    yield (
        f"Not all of that is flexibility. With {_MORE[1]} a miner draws up to "
        f"{number(top / default, 2)} times its default power, for which it needs supplies, cooling "
        "and a connection; always on at that power it earns, by hub and year, "
        f"{between(always, 1)} % more than always on at its default."
    )


def _always(found: Findings, hub: str) -> Iterator[float | None]:
    """How many per cent more always on earns at the top of all profiles."""
    for name in found.calm_years:
        base, _, most = _profits(found, hub, LEVELS, name, FLOOR)
        yield hundredfold(most - base, base)


def _ratios(found: Findings, hub: str, name: str) -> list[float | None]:
    base, *others = (found.free(hub, case, name) for case in LEVELS)
    return [hundredfold(one - base, base) for one in others]


def limited(found: Findings) -> Iterator[str]:
    """A site with more miners than it may run at once."""
    base, *_ = LIMITED
    yield from said(
        f"The same {number(MINERS)} miners behind an import limit of {number(base.mw, 2)} MW: at",
        "their default profile they would draw 130 % of it. On or off, some of them stand still at",
        "any time; with all profiles, each runs lower, where a watt hashes more.",
        _at_the_limit(found),
        f"Miners move in {LIMITED_BLOCKS} blocks. On or off, curtaild leaves unused what is less",
        "than a block, and perfect does not. Numbers are $ a MW of the limit, and per cent more",
        "profit than on or off; light starts, prices known when over.",
    )
    ways = (CEILING, HOUSE)
    titles = (
        "hub",
        "year",
        "curtaild, on/off, $ a MW",
        *(f"{way}: {_MORE[-1]}, %" for way in ways),
    )
    rows = []
    for hub in found.hubs:
        for name in found.years:
            profits = {way: _profits(found, hub, LIMITED, name, way) for way in ways}
            base_mw = number(profits[HOUSE][0] / base.mw)
            rows.append([hub, name, base_mw, *_more(profits[way] for way in ways)])
    yield from table(titles, rows, 2)


def _at_the_limit(found: Findings) -> str:
    """How well each shape uses the watts that the limit leaves."""
    said_of = []
    for case, words in zip(LIMITED, ("on or off", "with all profiles"), strict=True):
        full = found.outcomes[found.hubs[0], case].full
        said_of.append(f"{words} {number(full.power_w / full.hashrate_ths, 1)} J/TH")
    return f"What fits under the limit needs: {', '.join(said_of)}."
