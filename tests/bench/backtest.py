"""`make bench-backtest`: what the decision earns beside strike prices, how fast, in what memory.

HB_WEST of ERCOT, 2021 to 2023, with an adder of 10 $/MWh; figures are of 2022 and 2023. The strike
is tuned on the other years of the same run, and shares are of what perfect foresight gains over
always on. Standard error has what docs/look-ahead.md is told: 2021 too, whose few spikes decide its
figures, and what comes without day-ahead prices.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from controller.backtest.accounts import total
from controller.backtest.history import Layout
from controller.backtest.news import KnownAt
from controller.backtest.past import History, Source, Sources, read
from controller.backtest.play import Backtest
from controller.backtest.report.summary import Figures, summarise
from controller.backtest.study.cases import (
    HEAVY,
    LIGHT,
    S19J_PRO,
    S19K_PRO_ALL,
    S21,
    Case,
    Machine,
    StartCost,
    settings_of,
)
from controller.config.compose import Settings
from controller.model.fleet import Level
from controller.wiring import SETTINGS
from tests.bench.figures import Figure, answer

DATA = Path(os.environ.get("CURTAILD_STUDY_DATA", "../shared/data"))
YEARS = ("2021", "2022", "2023")
MODERN = Machine(
    "21.5 J/TH", (Level(name="on", power_w=3010, hashrate_ths=Decimal(140)),), nominal_w=3010
)
COHORTS = 20
SITE_YEAR_S, GROWTH = 20, 1.1


class Judged(NamedTuple):
    """A case as the issue of the back-test names it."""

    name: str
    machine: Machine
    start: StartCost
    known_at: KnownAt


CASES = (
    Judged("29.5_light_known", S19J_PRO, LIGHT, "start"),
    Judged("29.5_heavy_known", S19J_PRO, HEAVY, "start"),
    Judged("29.5_heavy_late", S19J_PRO, HEAVY, "end"),
    Judged("21.5_heavy_late", MODERN, HEAVY, "end"),
)
LEVELS = (
    Judged("levels_light_known", S19K_PRO_ALL, LIGHT, "start"),
    Judged("levels_heavy_known", S19K_PRO_ALL, HEAVY, "start"),
)


@cache
def history(*years: str) -> History:
    prices = Source(
        [DATA / f"ercot-rt15-{y}.csv.gz" for y in years], Layout(value_column="HB_WEST")
    )
    day_ahead = Source([DATA / f"ercot-dam60-{y}.csv.gz" for y in years], Layout())
    hashprice = Source(
        [DATA / "hashprice-daily-2021-2023.csv"],
        Layout(value_column="usd_per_ph_day_without_fees"),
    )
    return read(Sources(prices, "start", hashprice, day_ahead), None, None)


def by_year(one: Judged, *, day_ahead: bool = True) -> dict[str, Mapping[str, Figures]]:
    """By year, of 2021 without the storm, the figures of every account."""
    past = replace(history(*YEARS), known_at=one.known_at)
    if not day_ahead:
        past = replace(past, day_ahead=None)
    backtest = Backtest(settings_of(Case(one.machine, one.start, one.known_at)), past)
    result = asyncio.run(backtest.result("bench", ""))
    parts = {part.name: part.accounts for part in summarise(result)}
    return {year: parts.get(f"{year} without 13–20 Feb", parts[year]) for year in YEARS}


def share(figures: Figures) -> float:
    assert figures.share is not None
    return figures.share.value


def against_strikes() -> Iterator[Figure]:
    for one in CASES:
        alone = by_year(one, day_ahead=False)
        for year, accounts in by_year(one).items():
            ours, tuned = share(accounts["curtaild"]), share(accounts["tuned_strike"])
            naive, without = share(accounts["strike"]), share(alone[year]["curtaild"])
            sys.stderr.write(
                f"{one.name} {year}: strike {naive:.4f}, tuned {tuned:.4f}, curtaild {ours:.4f}, "
                f"without day-ahead prices {without:.4f}\n"
            )
            if year == "2021":
                continue
            yield Figure(f"share_{one.name}_{year}", ours, "of perfect gain", tuned, at_least=True)
            if one.known_at == "end":
                closed = (ours - tuned) / (1 - tuned)
                yield Figure(f"gap_closed_{one.name}_{year}", closed, "ratio", 0.2, at_least=True)


def with_levels() -> Iterator[Figure]:
    for one in LEVELS:
        for year, accounts in by_year(one).items():
            ours, most = accounts["curtaild"].profit.value, accounts["perfect"].profit.value
            yield Figure(f"profit_{one.name}_{year}", ours / most, "ratio", 0.98, at_least=True)


def large() -> Settings:
    """20 containers with four kinds of machines, 250 of one kind in each."""
    kinds = [S19J_PRO, MODERN, S21, Machine("S19 XP", (_on(3010, 141),), 3010)]
    names = [f"container-{number:02}" for number in range(COHORTS)]
    declared = {
        name: {"miners": 250, "levels": [_plain(kinds[number % len(kinds)].levels[0])]}
        for number, name in enumerate(names)
    }
    plain = settings_of(Case(S19J_PRO, HEAVY, "start")).model_dump(
        mode="json", include={"site", "economics", "pacing"}, exclude_none=True
    )
    return SETTINGS.model_validate(
        {
            **plain,
            "groups": {
                name: {"miners": {"driver": "luxos", "addresses": [f"10.0.{number}.0/24"]}}
                for number, name in enumerate(names)
            },
            "ledger": {"adapter": "sqlite"},
            "state_dir": "state",
            "backtest": {"groups": declared},
        }
    )


def _on(power_w: int, hashrate_ths: int) -> Level:
    return Level(name="on", power_w=power_w, hashrate_ths=Decimal(hashrate_ths))


def _plain(level: Level) -> dict[str, object]:
    return {"name": level.name, "power_w": level.power_w, "hashrate_ths": level.hashrate_ths}


def site_year() -> Iterator[Figure]:
    """A year of 15-minute intervals, books included: CPU of the whole process."""
    backtest = Backtest(large(), history("2022"))
    began = time.process_time()
    played = asyncio.run(backtest.play())
    took_s = time.process_time() - began
    booked_mwh = float(played.books.energy_wh) / 1_000_000
    drawn_mwh = total(played.account.days.values()).energy_mwh
    if abs(booked_mwh - drawn_mwh) > drawn_mwh / 1000:
        raise RuntimeError(f"the books have {booked_mwh} MWh, and {drawn_mwh} were drawn")
    yield Figure(f"site_year_{COHORTS}_cohorts", took_s, "s", SITE_YEAR_S)


def memory() -> Iterator[Figure]:
    """The most that a process takes for three years over that for one."""
    one, three = _peak_kb("2022"), _peak_kb(*YEARS)
    yield Figure("memory_three_years_over_one", three / one, "ratio", GROWTH)


def _peak_kb(*years: str) -> int:
    command = [sys.executable, "-m", "tests.bench.backtest", *years]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout)


def _play_only(*years: str) -> int:
    settings = settings_of(Case(S19J_PRO, HEAVY, "start"))
    asyncio.run(Backtest(settings, history(*years)).play())
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")
    return 0


def main(years: list[str]) -> int:
    if years:
        return _play_only(*years)
    if not DATA.is_dir():
        sys.stderr.write(f"{DATA}: no such folder; name that of the history: CURTAILD_STUDY_DATA\n")
        return 1
    parts = (site_year, memory, against_strikes, with_levels)
    return answer([figure for part in parts for figure in part()])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
