"""What the unit leaves a process: its state, its secrets and the miners, and not much else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.deploy import probe
from tests.deploy.conftest import NewMachine
from tests.deploy.station import CREDENTIALS, UNIT
from tests.e2e.configuration import TOKEN

INSTEAD = """[Service]
Type=oneshot
WatchdogSec=0
Restart=no
ExecStart=
ExecStart=/opt/curtaild/bin/python /etc/curtaild/probe.py
"""


@pytest.mark.long
@pytest.mark.timeout(600)
def test_it_can_do_its_work_and_nothing_else(new_machine: NewMachine) -> None:
    machine = new_machine(alone=True)
    machine.file("/etc/systemd/system/curtaild.service", UNIT.read_text())
    machine.file("/etc/systemd/system/curtaild.service.d/probe.conf", INSTEAD)
    machine.file("/etc/curtaild/probe.py", Path(probe.__file__).read_text())
    machine.file(f"{CREDENTIALS}/control-room", "another", 0o600)
    machine.file(f"{CREDENTIALS}/grid-operator", TOKEN, 0o600)
    machine.boot()
    machine.do("ip", "address", "add", f"{probe.MINER[0]}/24", "dev", "lo")
    machine.do("systemctl", "start", "curtaild")
    machine.do("journalctl", "--sync")
    said = machine.ask("journalctl", "--output=cat", "--unit=curtaild", "_COMM=python")
    found = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    assert found.pop("uid") > 60000
    assert found == {
        "credential": TOKEN,
        "its source": "PermissionError",
        "state": 1,
        "state mode": "0o700",
        "configuration": "OSError",
        "program": "OSError",
        "write and execute": "PermissionError",
        "raw socket": "OSError",
        "miner": "reached",
        "libraries": list(probe.LIBRARIES),
    }
    assert machine.ask("systemd-analyze", "verify", "curtaild.service") == ""
