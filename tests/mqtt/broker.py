"""A real mosquitto on a free port, with a configuration of the test's own."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.simulator.help import free_port

HOST = "127.0.0.1"
PLAIN = """\
user root
listener {port} {host}
allow_anonymous true
set_tcp_nodelay true
persistence true
persistence_location {folder}/
autosave_interval 1
autosave_on_changes true
"""


class Broker:
    """`configuration` may name {port}, {host} and {folder}."""

    def __init__(self, folder: Path, configuration: str = PLAIN) -> None:
        self.folder = folder
        self.port = free_port(HOST)
        self.path = folder / "mosquitto.conf"
        text = configuration.format(port=self.port, host=HOST, folder=folder)
        self.path.write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it listens."""
        binary = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        if binary is None:
            pytest.skip("mosquitto is not installed")
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(
                [binary, "-c", str(self.path)], stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        deadline = time.monotonic() + 10
        while not listens(self.port):
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < deadline, "mosquitto does not listen"
            time.sleep(0.02)

    def kill(self) -> None:
        """As kill -9 and a failing machine do."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def hang(self) -> None:
        """Stop it without closing anything."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def log(self) -> str:
        return (self.folder / "mosquitto.log").read_text(errors="replace")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
