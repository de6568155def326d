"""The report as text: every account, every unit, and what it rests on."""

from __future__ import annotations

from datetime import date

from controller.backtest.report.result import Result
from controller.backtest.report.table import lines
from tests.backtest.report.made import COMMAND, NAMES, accounts, days_from, result_of

FIRST = date(2022, 1, 1)


def test_each_part_has_every_account_and_unit(three_years: Result) -> None:
    text = "\n".join(lines(three_years))
    parts = text.split("\n\n")[1:7]
    titles = [part.split(":")[0] for part in parts]
    assert titles == [
        "2021 to 2023",
        "2021 to 2023 without 13–20 Feb 2021",
        "2021",
        "2021 without 13–20 Feb",
        "2022",
        "2023",
    ]
    for part in parts:
        head, *rows = part.splitlines()[1:]
        for title in (
            "profit, $",
            "energy, MWh",
            "curtailed, MWh",
            "hours",
            "starts a miner",
            "share, %",
        ):
            assert title in head
        starts = [row.strip().split("  ")[0] for row in rows[::2]]
        assert starts == [name.replace("_", " ") for name in NAMES]
        assert all(row.count(" to ") == 6 for row in rows[1::2])


def test_numbers_and_intervals_are_readable() -> None:
    profits = {"curtaild": 1_300.0, "always_on": 1_000.0, "perfect": 1_400.0}
    found = accounts(days_from(FIRST, 84), lambda name, _: profits.get(name, -0.001))
    text = list(lines(result_of(found)))
    assert "2022: 2022-01-01 to 2022-03-25, 84 days in 12 weeks" in text
    row = next(at for at, line in enumerate(text) if line.strip().startswith("curtaild"))
    assert text[row].split() == ["curtaild", "109,200", "84.0", "84.0", "84.0", "84.0", "75.0"]
    assert text[row + 1].strip().startswith("[109,200 to 109,200]")
    off = next(line for line in text if line.strip().startswith("off"))
    assert off.split()[1] == "0"


def test_what_is_missing_is_not_made_up() -> None:
    names = tuple(name for name in NAMES if name != "tuned_strike")
    text = "\n".join(lines(result_of(accounts(days_from(FIRST, 5), lambda *_: 1.0, names))))
    assert "5 days in one week: too short for intervals" in text
    assert "[" not in text.split("Share:")[0]
    row = next(line for line in text.splitlines() if line.strip().startswith("curtaild"))
    assert row.split()[-1] == "-"
    assert "\n  tuned strike" not in text


def test_few_weeks_come_with_a_warning() -> None:
    text = "\n".join(lines(result_of(accounts(days_from(FIRST, 21), lambda *_: 1.0))))
    assert "21 days in 3 weeks: so few that the intervals are too narrow" in text


def test_below_stands_what_it_rests_on(three_years: Result) -> None:
    text = "\n".join(lines(three_years))
    assert "Künsch 1989" in text
    for expected in (
        "- tuned strike: at 88 $/MWh, chosen on 2020",
        "- Gaps of up to 2 hours hold the last price.",
        "- profit: 1,234.56 $ by the daemon's books",
        COMMAND,
    ):
        assert expected in text
    assert max(map(len, text.splitlines())) < 160
