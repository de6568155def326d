"""The exit codes are those that --help and the documentation promise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from controller.__main__ import COMMANDS
from controller.commands.console import Exit
from tests.commands.conftest import ROOT, Cli
from tests.config.sound import spoilt

NAMES = [command.NAME for command in COMMANDS]
NEED_A_FILE = (
    ("check",),
    ("run",),
    ("plan",),
    ("status",),
    ("fleet", "status"),
    ("fleet", "export"),
    ("fleet", "scan", "127.9.9.9"),
    ("fleet", "stop", "site", "--who", "x", "--why", "y", "--for", "2h"),
    ("fleet", "resume", "site", "--who", "x", "--why", "y"),
    ("fleet", "lock", "hall-a", "--who", "x", "--why", "y"),
    ("dispatches", "list"),
    ("feeds", "test"),
    ("ledger", "verify"),
    ("ledger", "export", "intervals"),
    ("replay",),
    ("simulate",),
)


def test_the_codes_are_documented(cli: Cli) -> None:
    documented = (ROOT / "docs" / "configuration.md").read_text()
    helped = cli("--help").stdout
    for code in Exit:
        assert f"| {code.value} | {code.text} |" in documented
        assert f"  {code.value}  {code.text}" in helped
    for name in NAMES:
        assert f"`{name} " in documented or f"`{name}`" in documented
        assert re.search(rf"^    {name}( |$)", helped, re.MULTILINE)


@pytest.mark.parametrize("args", NEED_A_FILE, ids=" ".join)
def test_a_wrong_configuration_is_2(cli: Cli, folder: Path, args: tuple[str, ...]) -> None:
    spoilt(folder, "port: 8470", "prot: 8470")
    done = cli(*args, "--config", "site.yaml")
    assert done.returncode == 2
    assert "site.yaml:26: http.prot: unknown key; did you mean port?" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("curtail",),
        ("check",),
        ("ledger", "export", "everything", "--config", "site.yaml"),
        ("feeds", "test", "--config", "site.yaml", "nosuch"),
        ("replay", "--config", "site.yaml", "--since", "2023-09-06T00:00:00"),
        ("simulate", "--config", "site.yaml"),
        ("run", "--farm", "--config", "site.yaml"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_2(cli: Cli, args: tuple[str, ...]) -> None:
    done = cli(*args)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("args", [("status",), ("fleet", "status")], ids=" ".join)
def test_no_daemon_is_3(cli: Cli, args: tuple[str, ...]) -> None:
    done = cli(*args, "--config", "site.yaml", CURTAILD_HTTP__PORT="1")
    assert done.returncode == 3
    assert done.stderr.startswith("curtaild: http://127.0.0.1:1/api/v1/state: no daemon answers")


def test_a_command_that_fails_is_1(cli: Cli) -> None:
    done = cli("ledger", "verify", "--config", "site.yaml")
    assert done.returncode == 1
    assert done.stderr.startswith("curtaild: ")
    assert "Traceback" not in done.stderr
