"""The past is not told of the future, and decisions are those of the daemon."""

from __future__ import annotations

import asyncio
import random
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as replaced

from controller.app.replay import replay
from controller.backtest import stage
from controller.backtest.fleet import BlockFleet
from controller.backtest.news import KnownAt
from controller.backtest.past import GATE
from controller.backtest.quiet import Quiet
from controller.backtest.series import Series, Steps
from controller.backtest.site import site_in_history
from controller.config.compose import Settings
from controller.core.decide import decide
from controller.ledger.read import history as recorded
from controller.ledger.sqlite import FILE_NAME
from controller.model.fleet import Command
from controller.model.site import Site
from controller.version import code_version
from tests.backtest.sites import DAY, START, THREE_LEVELS, backtest, history, settings_of

QUARTER, HOUR, DAY_LONG = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
SITE = {"hall": {"miners": 30, "levels": THREE_LEVELS, "blocks": 3}}
COSTLY = {"adder_per_mwh": 10, "start_lost_s": 900, "start_wear_per_mw": 3}
CHICAGO = ZoneInfo("America/Chicago")
QUARTERS = 2 * 96
LEVELS = (-20.0, 40.0, 80.0, 95.0, 110.0, 140.0, 400.0, 3000.0)


@dataclass(frozen=True)
class Told:
    """Everything that a site is told of the past."""

    prices: tuple[float, ...]
    day_ahead: tuple[float, ...]
    hashprice: tuple[float, ...]
    """By day, from midnight UTC before the start."""

    def scrambled(self, at: datetime, known_at: KnownAt, chance: random.Random) -> Told:
        """With everything another that is published at `at` or later."""
        late = QUARTER if known_at == "end" else timedelta(0)
        return Told(
            tuple(
                chance.uniform(-500, 5000) if START + QUARTER * i + late >= at else price
                for i, price in enumerate(self.prices)
            ),
            tuple(
                chance.uniform(0, 3000) if gate(START + HOUR * i) >= at else price
                for i, price in enumerate(self.day_ahead)
            ),
            tuple(
                chance.uniform(20, 300) if MIDNIGHT + DAY_LONG * i >= at else value
                for i, value in enumerate(self.hashprice)
            ),
        )


MIDNIGHT = START.replace(hour=0)


def gate(start: datetime) -> datetime:
    """When the day-ahead price of an hour is published: at half past one, the local day before."""
    before = start.astimezone(CHICAGO).date() - DAY_LONG
    return datetime.combine(before, GATE, CHICAGO)


def made_up(seed: int) -> Told:
    """Prices that stay a while where they are."""
    chance = random.Random(seed)
    prices = [chance.choice(LEVELS)]
    while len(prices) < QUARTERS:
        prices.append(prices[-1] if chance.random() < 0.7 else chance.choice(LEVELS))
    day_ahead = tuple(chance.uniform(20, 200) for _ in range(QUARTERS // 4 + 24))
    return Told(tuple(prices), day_ahead, tuple(chance.uniform(60, 120) for _ in range(5)))


def commands(told: Told, known_at: KnownAt) -> list[tuple[datetime, str, str]]:
    """Everything that is told to miners, and when."""
    found: list[tuple[datetime, str, str]] = []
    send = BlockFleet.send

    def listened(fleet: BlockFleet, orders: Sequence[Command]) -> None:
        found.extend((one.at, one.miner, one.level) for one in orders)
        send(fleet, orders)

    times = tuple(MIDNIGHT + DAY_LONG * i for i in range(len(told.hashprice)))
    past = replace(
        history(told.prices, known_at, hashprice=Steps(times, array("d", told.hashprice))),
        day_ahead=Series(START, 60, array("d", told.day_ahead)),
    )
    one = backtest(past, settings_of(SITE, economics=COSTLY))
    with mock.patch.object(BlockFleet, "send", listened):
        asyncio.run(one.play())
    return found


@pytest.mark.parametrize("known_at", ["start", "end"])
@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), quarters=st.integers(1, QUARTERS))
def test_what_comes_later_changes_nothing_before(
    known_at: KnownAt, seed: int, quarters: int
) -> None:
    """Prices, day-ahead prices and hashprices that are published at a moment or later are others:
    up to that moment the same is told."""
    at, told = START + QUARTER * quarters, made_up(seed)
    before = commands(told, known_at)
    after = commands(told.scrambled(at, known_at, random.Random(seed + 1)), known_at)
    assert [one for one in before if one[0] < at] == [one for one in after if one[0] < at]


@pytest.mark.parametrize("known_at", ["start", "end"])
def test_what_is_published_is_heard(known_at: KnownAt) -> None:
    """So the test above can fail: all of it makes a difference."""
    told, chance = made_up(1), random.Random(2)
    other = told.scrambled(START - DAY_LONG, known_at, chance)
    base = commands(told, known_at)
    assert commands(replace(told, prices=other.prices), known_at) != base
    assert commands(replace(told, day_ahead=other.day_ahead), known_at) != base
    assert commands(replace(told, hashprice=other.hashprice), known_at) != base


def test_prices_that_are_published_afterwards_are_acted_upon_an_interval_late() -> None:
    prices = (*[30.0] * 10, 3000.0, *[30.0] * 10)
    told = Told(prices, (30.0,) * 24, (80.0,) * 3)
    known, late = commands(told, "start"), commands(told, "end")
    assert known[0][0] == START + QUARTER * 10
    assert late[0][0] == START + QUARTER * 11


def test_asked_every_minute_it_would_have_told_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop rests until something is known to happen; nothing does in between."""
    told = made_up(3)
    seldom = commands(told, "start")

    def often(settings: Settings) -> Site:
        return replaced(site_in_history(settings), look_every_s=60)

    monkeypatch.setattr(stage, "site_in_history", often)
    monkeypatch.setattr(Quiet, "passes", lambda self, at: False)
    assert commands(told, "start") == seldom


def test_a_thousand_decisions_are_those_of_the_daemon_bit_for_bit(tmp_path: Path) -> None:
    """Each decision of a back-test as its books have it, decided again from these alone."""
    one = backtest(history(DAY * 11), settings_of(SITE, economics=COSTLY))
    asyncio.run(one.play(tmp_path))
    report = replay(recorded(tmp_path / FILE_NAME), decide, code_version=code_version())
    assert report.compared > 1000
    assert report.ok, str(report)
