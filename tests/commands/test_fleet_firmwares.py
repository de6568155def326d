"""What each driver can do, without a configuration and without a daemon."""

from __future__ import annotations

import json

from tests.commands.conftest import Cli


def test_people_read_a_table(cli: Cli) -> None:
    ended = cli("fleet", "firmwares")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "| `antminer` | stop |" in ended.stdout
    assert "yes: its configuration says sleep" in ended.stdout


def test_machines_read_json(cli: Cli) -> None:
    said = json.loads(cli("fleet", "firmwares", "--json").stdout)
    known = {one["driver"]: one["capabilities"] for one in said}
    assert {"luxos", "antminer"} <= known.keys()
    stop = next(act for act in known["luxos"]["acts"] if act["name"] == "stop")
    assert stop["proof"] == "documented"
