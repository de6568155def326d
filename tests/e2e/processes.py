"""Processes of a test, none of which outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from tests.e2e.waiting import until

ROOT = Path(__file__).parents[2]
_MARK = "TEST_SITE"


class Processes:
    """Starts processes in a folder. Each carries a mark, by which its children are found too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mark = uuid4().hex
        self._started: list[subprocess.Popen[bytes]] = []

    def curtaild(
        self,
        *args: str | Path,
        name: str = "",
        env: Mapping[str, str] | None = None,
        file_limit: int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a command of curtaild; `file_limit` is the most bytes that a file may grow to."""
        command = [sys.executable, "-m", "controller", *map(str, args)]
        if file_limit is not None:
            command = ["prlimit", f"--fsize={file_limit}:unlimited", *command]
        return self.start(command, name=name or str(args[0]), env=env)

    def finished(self, *args: str, within_s: float = 60) -> tuple[int, str]:
        """Exit code, and output with errors, of a command of curtaild that ends by itself."""
        name = f"{'-'.join(args[:2])}-{len(self._started)}"
        code = self.curtaild(*args, name=name).wait(within_s)
        return code, self.log(name)

    def start(
        self, command: Sequence[str], *, name: str, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start it as a shell starts a job: in a process group of its own."""
        with (self._folder / f"{name}.log").open("ab") as log:
            started = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, _MARK: self._mark, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._started.append(started)
        return started

    def alive(self) -> dict[int, str]:
        """Those that run, children and grandchildren included: process id and command line."""
        for process in self._started:
            process.poll()
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and self._is_ours(entry):
                with suppress(OSError):
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().decode()
        return {process: line for process, line in found.items() if line}

    def _is_ours(self, entry: Path) -> bool:
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            return False
        return f"{_MARK}={self._mark}".encode() in environment

    def log(self, name: str) -> str:
        path = self._folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def logs(self) -> str:
        """The end of every log, for the report of a test that failed."""
        tails = (f"== {path.name}\n{_tail(path)}" for path in sorted(self._folder.glob("*.log")))
        return "\n".join(tails)

    def end(self) -> None:
        """Kill all that is left."""
        for process in self.alive():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        for started in self._started:
            started.wait(10)
        until(lambda: not self.alive(), "the end of every process", 10)


def _tail(path: Path, lines: int = 25) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
