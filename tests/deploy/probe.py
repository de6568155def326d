"""Runs inside the unit's sandbox in the place of the daemon, and prints what it can do there."""

from __future__ import annotations

import importlib
import json
import mmap
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

LIBRARIES = ("aiohttp", "aiomqtt", "cryptography.hazmat.bindings.openssl.binding", "pyasic", "ssl")
MINER = ("10.20.1.7", 4028)


def outcome(act: Callable[[], object]) -> object:
    """What came of it, or the name of the error."""
    try:
        return act()
    except OSError as error:
        return type(error).__name__


def reach(address: tuple[str, int]) -> str:
    with socket.create_server(address), socket.create_connection(address, timeout=5):
        return "reached"


def write_and_execute() -> str:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()
    return "mapped"


def main() -> None:
    state = Path(os.environ["STATE_DIRECTORY"])
    own = Path(os.environ["CREDENTIALS_DIRECTORY"])
    found = {
        "uid": os.getuid(),
        "credential": outcome((own / "grid-operator").read_text),
        "its source": outcome(Path("/etc/curtaild/credentials/grid-operator").read_text),
        "state": outcome(lambda: (state / "probe").write_text("x")),
        "state mode": oct(state.stat().st_mode & 0o777),
        "configuration": outcome(lambda: Path("/etc/curtaild/x").write_text("x")),
        "program": outcome(lambda: Path("/opt/curtaild/x").write_text("x")),
        "write and execute": outcome(write_and_execute),
        "raw socket": outcome(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
        "miner": outcome(lambda: reach(MINER)),
        "libraries": [importlib.import_module(name).__name__ for name in LIBRARIES],
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
