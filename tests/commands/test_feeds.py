"""`curtaild feeds test` shows what each feed said, or why it said nothing."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.conftest import Cli
from tests.config.sound import spoilt

CLOCK = "state_dir: state\nclock: {epoch: 2023-09-06T00:05:00Z}"


def test_what_was_understood_and_what_was_not(cli: Cli, folder: Path) -> None:
    spoilt(folder, "state_dir: state", CLOCK, "host: 127.20.0.2", "host: 127.0.0.1, port: 1")
    done = cli("feeds", "test", "--config", "site.yaml", "--json")
    assert done.returncode == 1
    said = {one["feed"]: one for one in json.loads(done.stdout)}
    assert json.loads(said["price"]["sample"])["price_per_mwh"] == "20"
    assert json.loads(said["hashprice"]["sample"])["per_ph_day"] == "56.67"
    assert [said[name]["ok"] for name in ("price", "hashprice", "meter")] == [True, True, False]
    assert "127.0.0.1" in said["meter"]["problem"]


def test_only_those_that_are_named(cli: Cli, folder: Path) -> None:
    spoilt(folder, "state_dir: state", CLOCK)
    done = cli("feeds", "test", "--config", "site.yaml", "hashprice")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["feed", "hashprice"]


def test_a_sample_that_would_be_refused(cli: Cli, folder: Path) -> None:
    spoilt(folder, "state_dir: state", CLOCK)
    (folder / "prices.csv").write_text("t,p\n2023-09-06T00:00:00Z,nan\n")
    done = cli("feeds", "test", "--config", "site.yaml", "price")
    assert done.returncode == 1
    assert "not_a_number" in done.stdout


def test_a_feed_that_stays_silent(cli: Cli, folder: Path) -> None:
    spoilt(folder, "state_dir: state", CLOCK)
    (folder / "prices.csv").write_text("t,p\n2023-09-06T09:00:00Z,20\n")
    done = cli("feeds", "test", "--config", "site.yaml", "price", "--timeout", "0.2")
    assert done.returncode == 1
    assert "said nothing within 0.2 s" in done.stdout
