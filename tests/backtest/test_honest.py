"""The past is not told of the future, and decisions are those of the daemon."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.app.replay import replay
from controller.backtest.fleet import BlockFleet
from controller.backtest.news import KnownAt
from controller.core.decide import decide
from controller.ledger.read import history as recorded
from controller.ledger.sqlite import FILE_NAME
from controller.model.fleet import Command
from controller.version import code_version
from tests.backtest.sites import DAY, START, THREE_LEVELS, backtest, history, settings_of

QUARTER = timedelta(minutes=15)
SITE = {"hall": {"miners": 30, "levels": THREE_LEVELS, "blocks": 3}}
COSTLY = {"adder_per_mwh": 10, "start_lost_s": 900, "start_wear_per_mw": 3}
PRICES = st.lists(
    st.sampled_from([-20.0, 40.0, 80.0, 95.0, 110.0, 140.0, 400.0, 3000.0]), min_size=8, max_size=40
)


def commands(prices: Sequence[float], known_at: KnownAt) -> list[tuple[datetime, str, str]]:
    """Everything that is told to miners, and when."""
    found: list[tuple[datetime, str, str]] = []
    send = BlockFleet.send

    def listened(fleet: BlockFleet, told: Sequence[Command]) -> None:
        found.extend((one.at, one.miner, one.level) for one in told)
        send(fleet, told)

    one = backtest(history(prices, known_at), settings_of(SITE, economics=COSTLY))
    with mock.patch.object(BlockFleet, "send", listened):
        asyncio.run(one.play())
    return found


@pytest.mark.parametrize("known_at", ["start", "end"])
@given(prices=PRICES, seed=st.integers(0, 2**32), data=st.data())
def test_what_comes_later_changes_nothing_before(
    known_at: KnownAt, prices: list[float], seed: int, data: st.DataObject
) -> None:
    """Everything from an interval on is another: up to its publication the same is told."""
    cut = data.draw(st.integers(1, len(prices)))
    chance = random.Random(seed)  # noqa: S311 - any other future will do
    other = [*prices[:cut], *(chance.uniform(-500, 5000) for _ in prices[cut:])]
    published = START + QUARTER * (cut if known_at == "start" else cut + 1)
    before, after = commands(prices, known_at), commands(other, known_at)
    assert [one for one in before if one[0] < published] == [
        one for one in after if one[0] < published
    ]


def test_prices_that_are_published_afterwards_are_acted_upon_an_interval_late() -> None:
    prices = [30.0] * 10 + [3000.0] + [30.0] * 10
    known, late = commands(prices, "start"), commands(prices, "end")
    assert known[0][0] == START + QUARTER * 10
    assert late[0][0] == START + QUARTER * 11


def test_a_thousand_decisions_are_those_of_the_daemon_bit_for_bit(tmp_path: Path) -> None:
    """Each decision of a back-test as its books have it, decided again from these alone."""
    one = backtest(history(DAY * 11), settings_of(SITE, economics=COSTLY))
    asyncio.run(one.play(tmp_path))
    report = replay(recorded(tmp_path / FILE_NAME), decide, code_version=code_version())
    assert report.compared > 1000
    assert report.ok, str(report)
