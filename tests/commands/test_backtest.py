"""`curtaild backtest` as its user meets it: what is printed and written, and what it says when it
cannot."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from controller.__main__ import main

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "configs" / "backtest.yaml"
DAY = ROOT / "configs" / "data" / "ercot-2023-09-06-hb-west.csv"
PRICES = ("--prices", str(DAY), "--column", "HB_WEST")
ACCOUNTS = ["curtaild", "always_on", "off", "strike", "perfect"]
FIGURES = {"profit", "energy_mwh", "curtailed_mwh", "hours", "starts", "share"}
Printed = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def nobody_elses_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CURTAILD_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """Exit code, output and complaints of `curtaild COMMAND --config FILE …`."""

    def call(*args: str, command: str = "backtest", config: Path = EXAMPLE) -> tuple[int, str, str]:
        code = main([*command.split(), "--config", str(config), *args])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The example with something else in it."""
    data = yaml.safe_load(EXAMPLE.read_text())
    change(data)
    path = folder / "site.yaml"
    path.write_text(yaml.safe_dump(data))
    return path


def profits(report: dict[str, Any]) -> dict[str, float]:
    accounts = report["parts"][0]["accounts"]
    return {name: figures["profit"]["value"] for name, figures in accounts.items()}


def file_of(folder: Path, *rows: str) -> str:
    path = folder / "prices.csv"
    path.write_text("\n".join(("time,west", *rows)) + "\n")
    return str(path)


def test_the_example_prints_a_table(printed: Printed) -> None:
    """As its first lines say."""
    code, out, err = printed("--known-at", "start", *PRICES)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("west-7: 2023-09-06 to 2023-09-06, days of America/Chicago")
    rows = [line.split("  ")[1] for line in lines[4:9]]
    assert rows == [name.replace("_", " ") for name in ACCOUNTS]
    assert "container-1: 500 miners in 10 blocks, levels: 3" in out
    assert "known as it begins" in out
    assert "tuned strike: there is none" in out


def test_the_example_says_how_to_run_it(printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(line[1:] for line in EXAMPLE.read_text().splitlines() if line.startswith("#"))
    command = text.replace("\\", "").split("curtaild backtest --config configs/backtest.yaml")[1]
    monkeypatch.chdir(ROOT)
    assert printed(*command.split("plays")[0].split())[0] == 0


@pytest.mark.parametrize("known_at", ["start", "end"])
def test_on_a_dear_day_it_earns_nearly_all_that_can_be_gained(
    printed: Printed, known_at: str
) -> None:
    """The price passes $5,000 in the evening: whoever stays on loses more than a month earns."""
    code, out, _ = printed("--json", "--known-at", known_at, *PRICES)
    assert code == 0
    report = json.loads(out)
    found = profits(report)
    assert found["always_on"] < found["off"] < 0 < found["curtaild"] < found["perfect"]
    assert 0.95 < report["parts"][0]["accounts"]["curtaild"]["share"]["value"] < 1


def test_json_has_the_keys_that_are_promised(printed: Printed) -> None:
    _, out, _ = printed("--json", *PRICES)
    report = json.loads(out)
    documented = (ROOT / "docs" / "backtest.md").read_text().split("## `--json`")[1]
    assert {f"`{key}`" for key in report} <= set(documented.replace(",", " ").split())
    assert (report["site"], report["currency"]) == ("west-7", "USD")
    assert (report["first"], report["end"]) == (
        "2023-09-06T05:00:00+00:00",
        "2023-09-07T05:00:00+00:00",
    )
    (part,) = report["parts"]
    assert list(part["accounts"]) == ACCOUNTS
    assert all(figures.keys() == FIGURES for figures in part["accounts"].values())
    assert part["accounts"]["curtaild"]["profit"]["interval"] is None
    assert [month["month"] for month in report["monthly"]["curtaild"]] == ["2023-09"]


def test_a_page_is_written(printed: Printed, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    page = tmp_path / "report.html"
    assert printed("--html", str(page), *PRICES)[0] == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "west-7: what it would have earned" in text


def test_kept_books_are_whole_and_each_decision_can_be_taken_again(
    printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    assert printed("--keep", str(kept), *PRICES)[0] == 0
    monkeypatch.setenv("CURTAILD_STATE_DIR", str(kept))
    code, out, _ = printed(command="ledger verify")
    assert code == 0
    assert "0 wrong, 0 gaps" in out
    code, out, _ = printed(command="replay")
    assert code == 0
    assert "0 differ, 0 unreadable" in out
    monkeypatch.delenv("CURTAILD_STATE_DIR")
    code, _, err = printed("--keep", str(kept), *PRICES)
    assert code == 1
    assert f"{kept}/ledger.sqlite: there are books already; name another folder" in err


def test_it_leaves_nothing_where_the_daemon_keeps_its_own(printed: Printed, tmp_path: Path) -> None:
    config = changed(tmp_path, lambda data: None)
    assert printed(*PRICES, config=config)[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["site.yaml"]


def test_faults_befall_the_site_and_not_its_yardsticks(printed: Printed) -> None:
    healthy = profits(json.loads(printed("--json", *PRICES)[1]))
    code, out, _ = printed("--json", "--faults", *PRICES)
    assert code == 0
    report = json.loads(out)
    faulty = profits(report)
    assert faulty["curtaild"] < healthy["curtaild"]
    assert faulty["perfect"] == healthy["perfect"]
    assert any("10 % lie, 10 % hang" in text for text in report["assumptions"])


def test_prices_of_the_day_ahead_and_a_file_of_the_hashprice(
    printed: Printed, tmp_path: Path
) -> None:
    hashprice = tmp_path / "hashprice.csv"
    hashprice.write_text("at,usd,other\n2023-09-05,56.67,1\n2023-09-07,9,1\n")
    code, out, _ = printed(
        *("--day-ahead", str(DAY), "--day-ahead-column", "HB_WEST", "--day-ahead-gate", "14:00"),
        *("--hashprice", str(hashprice), "--hashprice-column", "usd"),
        *("--time-column", "interval_start_utc", *PRICES),
    )
    assert code == 0
    assert "Day-ahead prices are known from 14:00 on, the local day before." in out
    assert "as configured" not in out


def test_a_part_of_a_history_is_judged(printed: Printed) -> None:
    code, out, _ = printed(
        "--json", "--from", "2023-09-06T17:00Z", "--to", "2023-09-07T00:00Z", *PRICES
    )
    assert code == 0
    assert json.loads(out)["first"] == "2023-09-06T17:00:00+00:00"


def test_a_gap_is_filled_when_that_is_said(printed: Printed, tmp_path: Path) -> None:
    hours = [f"2023-09-06T{hour:02}:00Z,{20 + hour}" for hour in (0, 1, 2, 3, 7, 8)]
    path = file_of(tmp_path, *hours)
    code, _, err = printed("--prices", path)
    assert code == 1
    assert "row 6: 3 intervals are missing before it" in err
    assert "set --gaps to hold or interpolate" in err
    code, _, err = printed("--prices", path, "--gaps", "hold")
    assert code == 1
    assert "raise --longest-gap (120)" in err
    code, out, _ = printed("--prices", path, "--gaps", "hold", "--longest-gap", "180")
    assert code == 0
    assert "1 gap (180 min in all) in prices.csv was filled by holding the value before" in out


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (
            ("--prices", str(DAY), "--column", "HB_EAST"),
            1,
            f"{DAY}: has no column 'HB_EAST'; set --column, --day-ahead-column or "
            "--hashprice-column to one of interval_start_utc, HB_WEST",
        ),
        (("--prices", "nosuch.csv"), 1, "nosuch.csv: cannot be read: No such file or directory"),
        ((*PRICES, "--hashprice", "nosuch.csv"), 1, "nosuch.csv: cannot be read"),
        (
            (*PRICES, "--from", "2023-09-06T05:01Z"),
            1,
            "--from 2023-09-06T05:01:00+00:00 is no border of an interval of the prices, which go "
            "from 2023-09-06T05:00Z to 2023-09-07T05:00Z by 15 minutes",
        ),
        ((*PRICES, "--to", "2023-09-08T05:00Z"), 1, "--to 2023-09-08T05:00:00+00:00 is no border"),
        (
            (*PRICES, "--from", "2023-09-06T06:00Z", "--to", "2023-09-06T06:00Z"),
            1,
            "--from is not before --to: there is nothing to judge",
        ),
        (
            (*PRICES, "--zone", "Mars"),
            2,
            "--zone: 'Mars' is not a time zone; write it like Europe/Oslo",
        ),
        ((*PRICES, "--longest-gap", "0"), 2, "--longest-gap: "),
        (
            (*PRICES, "--html", "nosuch/report.html"),
            2,
            "--html nosuch/report.html: it has to be a file in a folder that is there",
        ),
    ],
)
def test_what_is_wrong_is_named(
    printed: Printed, args: tuple[str, ...], code: int, message: str
) -> None:
    found, out, err = printed(*args)
    assert (found, out) == (code, "")
    assert err.startswith(f"curtaild: {message}")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "the following arguments are required: --prices"),
        ((*PRICES, "--from", "2023-09-06T05:00"), "needs a zone, for example 2023-09-06T05:00Z"),
        ((*PRICES, "--day-ahead-gate", "25:00"), "'25:00' is not a time of the day like 13:30"),
        ((*PRICES, "--day-ahead-gate", "13:30Z"), "'13:30Z' has a zone: it is by the site's"),
        ((*PRICES, "--known-at", "noon"), "invalid choice: 'noon'"),
    ],
)
def test_a_wrong_command_line_is_2(
    capsys: pytest.CaptureFixture[str], args: tuple[str, ...], message: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["backtest", "--config", str(EXAMPLE), *args])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_a_hashprice_that_nobody_knows(printed: Printed, tmp_path: Path) -> None:
    config = changed(tmp_path, lambda data: data["feeds"].pop("hashprice"))
    code, _, err = printed(*PRICES, config=config)
    assert code == 2
    assert "give --hashprice FILE, or a feed hashprice_fixed" in err


def test_a_hashprice_that_begins_later(printed: Printed, tmp_path: Path) -> None:
    code, _, err = printed(*PRICES, "--hashprice", file_of(tmp_path, "2023-09-06T06:00Z,50"))
    assert code == 1
    assert "the hashprice begins at 2023-09-06T06:00Z and the prices at 2023-09-06T05:00Z" in err


def test_a_group_whose_miners_nobody_knows(printed: Printed, tmp_path: Path) -> None:
    config = changed(tmp_path, lambda data: data["backtest"]["groups"].pop("container-1"))
    code, _, err = printed(*PRICES, config=config)
    assert code == 1
    assert "groups.container-1: nothing is known of how its miners run" in err
    assert "Declare it under backtest.groups.container-1: the levels" in err


def test_a_plate_is_enough_for_stock_antminers(printed: Printed, tmp_path: Path) -> None:
    def by_their_plate(data: dict[str, Any]) -> None:
        data["backtest"]["groups"].pop("container-2")
        data["groups"]["container-2"]["miners"]["nameplate_ths"] = 110

    code, out, _ = printed(*PRICES, config=changed(tmp_path, by_their_plate))
    assert code == 0
    assert "The miners of container-2 run by their plate." in out


def test_faults_that_nobody_declared_are_a_mistake(printed: Printed, tmp_path: Path) -> None:
    def healthy(data: dict[str, Any]) -> None:
        for group in data["backtest"]["groups"].values():
            group.pop("faults", None)

    code, _, err = printed("--faults", *PRICES, config=changed(tmp_path, healthy))
    assert code == 2
    assert "--faults: none is declared; say which at backtest.groups.NAME.faults" in err
