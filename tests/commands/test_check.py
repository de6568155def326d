"""`curtaild check` as its users and programs see it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from subprocess import run

from tests.commands.conftest import Cli, environment
from tests.config.sound import SECRET, spoilt


def test_a_sound_configuration(cli: Cli) -> None:
    done = cli("check", "--config", "site.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 groups, 64 miners, 3 feeds, 1 programs" in done.stdout
    assert "site.yaml: warning: groups.hall-a.power_return: " in done.stdout


def test_every_error_and_no_traceback(cli: Cli, folder: Path) -> None:
    spoilt(folder, "import_limit_kw: 190", "import_limit_kw: -1", "scope: site", "scope: hall-c")
    done = cli("check", "--config", "site.yaml", CURTAILD_HTTP__PORT="x")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "environment CURTAILD_HTTP__PORT: http.port: must be a whole number",
        "site.yaml:5: site.import_limit_kw: must be greater than 0",
        "site.yaml:23: feeds.meter.scope: must be site, a breaker, a group or a neighbour: "
        "site, hall-a, hall-b; did you mean hall-b?",
        "site.yaml: 3 errors",
    ]


def test_for_programs(cli: Cli, folder: Path) -> None:
    spoilt(folder, "import_limit_kw: 190", f"import_limit_kw: {SECRET}")
    done = cli("check", "--config", "site.yaml", "--json")
    assert done.returncode == 2
    assert SECRET not in done.stdout + done.stderr
    assert json.loads(done.stdout) == {
        "ok": False,
        "problems": [
            {
                "file": "site.yaml",
                "line": 5,
                "environment": None,
                "key": "site.import_limit_kw",
                "reason": "must be a number",
            }
        ],
    }
    spoilt(folder)
    approved = json.loads(cli("check", "--config", "site.yaml", "--json").stdout)
    assert (approved["ok"], approved["problems"], approved["site"]) == (True, [], "north")
    assert "groups.hall-a.power_return" in {one["key"] for one in approved["warnings"]}


def test_no_such_file_and_not_yaml(cli: Cli, folder: Path) -> None:
    gone = cli("check", "--config", "gone.yaml")
    assert (gone.returncode, gone.stderr.splitlines()[0]) == (
        2,
        "gone.yaml: no such file: name one with --config FILE",
    )
    (folder / "odd.yaml").write_text("site: [\n")
    odd = cli("check", "--config", "odd.yaml")
    assert odd.returncode == 2
    assert odd.stderr.startswith("odd.yaml:2: not YAML: ")


def test_it_loads_no_library_for_miners_or_for_the_web(folder: Path) -> None:
    program = (
        "import sys; from controller.__main__ import main; "
        "assert main(['check', '--config', 'site.yaml']) == 0; "
        "sys.exit(not {'pyasic', 'aiohttp'}.isdisjoint(sys.modules))"
    )
    done = run([sys.executable, "-c", program], cwd=folder, env=environment(), check=False)
    assert done.returncode == 0
