"""`curtaild simulate` runs the farm of the configuration and goes with its standard input."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.commands.conftest import environment
from tests.config.sound import spoilt

FARM = """\
simulation:
  groups: [{id: hall-a, miners: 2, address: 127.20.9.1}]
"""


def answers(address: str) -> bool:
    with socket.socket() as client:
        return client.connect_ex((address, 4028)) == 0


def test_it_follows_standard_input(folder: Path) -> None:
    spoilt(folder, "state_dir: state\n", "state_dir: state\n" + FARM)
    with subprocess.Popen(
        [sys.executable, "-m", "controller", "simulate", "--config", "site.yaml", "--follow-stdin"],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        deadline = time.monotonic() + 30
        while not answers("127.20.9.2"):
            assert child.poll() is None, child.stderr and child.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(30) == 0
    assert not answers("127.20.9.2")
