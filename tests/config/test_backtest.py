"""What is declared for the back-test, and how late prices may come."""

from __future__ import annotations

import pytest

from controller.config.load import load
from controller.config.site import to_board
from controller.wiring import SETTINGS
from tests.config.conftest import Complaints, Spoil

END = "state_dir: state\n"
LEVELS = "[{name: low, power_w: 1000, hashrate_ths: 50}, {name: high, power_w: 3000, "
LEVELS += "hashrate_ths: 120}]"
GROUP = f"backtest:\n  groups:\n    hall-a: {{miners: 40, levels: {LEVELS}}}\n"
PRICE = "  price: {adapter: price_file, path: prices.csv, time_column: t, price_column: p}\n"
WEB = (
    "  web: {adapter: price_http, url: https://prices.example/now.json, rows: $, start: s,"
    " price: p, interval_minutes: 30, poll_s: 60, known_at: end}\n"
)


def declared(old: str = "", new: str = "") -> tuple[str, str]:
    assert old in GROUP
    return END, END + (GROUP.replace(old, new) if old else GROUP)


def prices(*more: str, feeds: str = "") -> tuple[str, str]:
    """The feed of prices with more settings, and other feeds beside it."""
    return PRICE, PRICE.replace("}", "".join(f", {one}" for one in more) + "}") + feeds


def test_miners_are_declared_beside_a_daemon_that_takes_no_notice(spoil: Spoil) -> None:
    settings = load(spoil(*declared()), SETTINGS, {})
    assert settings.backtest
    group = settings.backtest.groups["hall-a"]
    assert (group.miners, group.blocks, len(group.levels)) == (40, 10, 2)
    assert to_board(settings) == to_board(load(spoil(), SETTINGS, {}))


CASES: dict[str, tuple[tuple[str, str], str]] = {
    "a group that is not there": (
        declared("hall-a", "hall-c"),
        "backtest.groups.hall-c: there is no such group; did you mean hall-b?",
    ),
    "levels that do not rise": (
        declared("power_w: 3000", "power_w: 900"),
        "backtest.groups.hall-a: levels: give them by rising power_w, each with more than the last",
    ),
    "levels of the same power": (
        declared("power_w: 3000", "power_w: 1000"),
        "backtest.groups.hall-a: levels: give them by rising power_w, each with more than the last",
    ),
    "two levels of the same name": (
        declared("name: high", "name: low"),
        "backtest.groups.hall-a: levels: two have the same name, or one is called off: "
        "name each once",
    ),
    "a level that is called off": (
        declared("name: low", "name: off"),
        "backtest.groups.hall-a: levels: two have the same name, or one is called off: "
        "name each once",
    ),
    "more faults than blocks": (
        declared("miners: 40", "miners: 40, faults: {lie: 60, hang: 41}"),
        "backtest.groups.hall-a: faults: together they are more than 100 per cent",
    ),
    "no level": (
        declared(LEVELS, "[]"),
        "backtest.groups.hall-a.levels: ",
    ),
    "a fault that nobody knows": (
        declared("miners: 40", "miners: 40, faults: {sulk: 10}"),
        "backtest.groups.hall-a.faults.",
    ),
}


@pytest.mark.parametrize(("changes", "said"), CASES.values(), ids=CASES.keys())
def test_what_does_not_fit_is_named(
    complaints: Complaints, changes: tuple[str, str], said: str
) -> None:
    (found,) = complaints(*changes)
    place, _, rest = found.partition(": ")
    assert place.startswith("site.yaml:")
    assert rest.startswith(said)


@pytest.mark.parametrize(
    ("changes", "late_s"),
    [
        (prices(), 0),
        (prices("known_at: end"), 900),
        (prices("known_at: end", "interval_minutes: 5"), 300),
        (prices("known_at: end", feeds=WEB), 1800 + 2 * 60),
        (prices("known_at: end", feeds=WEB.replace("60,", "60, day_ahead: true,")), 900),
        (prices(feeds=WEB.replace("interval_minutes: 30", "end: e")), 3600 + 2 * 60),
        (prices("known_at: end", "day_ahead: true"), 0),
    ],
)  # fmt: skip
def test_how_late_a_price_may_come_follows_from_the_feeds(
    spoil: Spoil, changes: tuple[str, str], late_s: int
) -> None:
    assert to_board(load(spoil(*changes), SETTINGS, {})).price_late_s == late_s


@pytest.mark.parametrize("late_s", [0, 7200])
def test_what_is_declared_of_it_counts(spoil: Spoil, late_s: int) -> None:
    quality = f"quality: {{price_late_s: {late_s}}}\n"
    path = spoil(*prices("known_at: end"), END, END + quality)
    assert to_board(load(path, SETTINGS, {})).price_late_s == late_s
