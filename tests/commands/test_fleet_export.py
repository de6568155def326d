"""The inventory as a table, from the running daemon or from what it wrote down."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest

from controller.fleet.miners_csv import COLUMNS, as_csv
from tests.commands.conftest import Cli
from tests.commands.test_people import Daemon, daemon
from tests.surfaces.test_miner_pages import entry

__all__ = ["daemon"]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


async def test_all_pages_of_the_running_daemon(daemon: Daemon) -> None:
    names = [f"10.{place // 250}.0.{place % 250:03d}" for place in range(1100)]
    daemon.inbox.watch.entries = [entry(name) for name in names]
    code, out, err = await daemon.told("fleet", "export")
    assert (code, err) == (0, "")
    found = rows(out)
    assert [one["miner"] for one in found] == names
    assert tuple(found[0]) == COLUMNS
    first = found[0]
    assert (first["firmware"], first["power_w"], first["reachable"]) == ("luxos", "2760", "true")


async def test_one_group_as_json(daemon: Daemon) -> None:
    daemon.inbox.watch.entries = [entry("10.0.0.1")]
    _, out, _ = await daemon.told("fleet", "export", "--group", "hall-b", "--json")
    assert json.loads(out) == {"miners": []}
    _, out, _ = await daemon.told("fleet", "export", "--group", "hall-a", "--json")
    assert len(json.loads(out)["miners"]) == 1


def test_without_a_daemon_what_is_declared_and_was_written_down(cli: Cli) -> None:
    done = cli("fleet", "export", "--config", "site.yaml", CURTAILD_HTTP__PORT="1")
    assert done.returncode == 0
    assert "no daemon answers" in done.stderr
    found = rows(done.stdout)
    assert len(found) == 64
    assert found[0]["miner"] == "127.20.1.1"
    assert found[0]["version"] == "", "nobody has identified it"


def test_a_group_that_is_none_is_2(cli: Cli) -> None:
    done = cli("fleet", "export", "--config", "site.yaml", "--group", "hall-z")
    assert done.returncode == 2
    assert "there is no group hall-z: hall-a, hall-b" in done.stderr


@pytest.mark.parametrize("odd", ["a,b", 'say "no"', "two\nlines", "ä"])
def test_what_is_odd_comes_back_from_a_table_as_it_was(odd: str) -> None:
    assert rows(as_csv([{"failure": odd}]))[0]["failure"] == odd
