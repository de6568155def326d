"""A tree as a running machine with a systemd of its own; it ends with the test."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.deploy.layers import CLEAN, Layers
from tests.e2e.waiting import until

UNIFIED = Path("/sys/fs/cgroup/cgroup.controllers").exists()
"""Whether the machine that tests has the one hierarchy of control groups, or the old ones."""

WANTS_TO_START_AGAIN = 133
"""What nspawn says with --keep-unit when the machine in it reboots."""


class Machine:
    """Boots `layers`. It shares the network of the machine that tests, unless it is `alone`."""

    def __init__(self, layers: Layers, *, alone: bool = False) -> None:
        self.layers = layers
        self._options = ["--private-network"] if alone else []
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._log = layers.folder / "console.log"

    def file(self, path: str, text: str, mode: int = 0o644) -> None:
        """Write a file of the machine, which may run or not."""
        first = self._first()
        root = Path(f"/proc/{first}/root") if first else self.layers.upper
        file = root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def boot(self) -> None:
        """Power on; returns when all that starts by itself has started, or failed to."""
        nspawn = [
            *("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot"),
            *("--console=passive", "--directory", str(self.layers.root), *self._options),
        ]
        with self._log.open("ab") as log:
            self._nspawn = subprocess.Popen(
                self.layers.command(*nspawn),
                env={**CLEAN, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": str(int(UNIFIED))},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._booted()

    def _booted(self) -> None:
        until(lambda: self._runs() and self.up(), "the end of the boot", 60)

    def up(self) -> bool:
        """Whether it has booted and is not on its way down."""
        state = self.ask("systemctl", "is-system-running").strip()
        return state in {"running", "degraded"}

    def _runs(self) -> int | None:
        assert self._nspawn is not None
        assert self._nspawn.poll() is None, f"nspawn ended:\n{self.console()}"
        return self._first()

    def _first(self) -> int | None:
        """The process id, outside, of the first process of the machine."""
        if self._nspawn is None or self._nspawn.poll() is not None:
            return None
        return next((one for one in _descendants(self._nspawn.pid) if _is_first(one)), None)

    def started(self, *command: str) -> subprocess.Popen[str]:
        """Begin a command within the machine."""
        within = ["nsenter", "-t", str(self._first()), "-m", "-u", "-i", "-n", "-p", "-r", "-w"]
        return subprocess.Popen(
            [*within, *command],
            env=CLEAN,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str, within_s: float = 60) -> tuple[int, str]:
        """Exit code and output of a command within the machine."""
        process = self.started(*command)
        try:
            said, _ = process.communicate(timeout=within_s)
        finally:
            process.kill()
        return process.returncode, said

    def ask(self, *command: str) -> str:
        """What a command prints, however it ends."""
        return self.run(*command)[1]

    def do(self, *command: str, within_s: float = 60) -> str:
        """What a command prints that has to succeed."""
        code, said = self.run(*command, within_s=within_s)
        assert code == 0, f"{command} ended with {code}:\n{said}\n{self.journal()}"
        return said

    def show(self, unit: str, name: str) -> str:
        """A property of a unit."""
        return self.do("systemctl", "show", "--value", "-p", name, unit).strip()

    def journal(self, unit: str = "curtaild") -> str:
        return self.ask("journalctl", "--no-pager", "-o", "short-monotonic", "-u", unit)

    def reboot(self) -> None:
        """In good order; returns when it is up again."""
        assert self._nspawn is not None
        self.run("systemctl", "reboot")
        assert self._nspawn.wait(60) == WANTS_TO_START_AGAIN, self.console()
        self.boot()

    def cut_power(self) -> None:
        """At once and without a word to anybody."""
        first = self._first()
        if first is not None:
            with suppress(ProcessLookupError):
                os.kill(first, signal.SIGKILL)
        if self._nspawn is not None:
            with suppress(subprocess.TimeoutExpired):
                self._nspawn.wait(10)
            self._nspawn.kill()
            self._nspawn.wait(10)
            self._nspawn = None

    def logs(self) -> str:
        """The end of every log, for the report of a test that failed."""
        service = self.journal()[-6000:] if self._first() else ""
        return f"== console\n{self.console()}\n== service\n{service}\n"

    def console(self) -> str:
        return self._log.read_text(errors="replace")[-4000:] if self._log.exists() else ""


def _descendants(process: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *_descendants(child)]
    return found


def _is_first(process: int) -> bool:
    """Whether it is process 1 of a namespace of its own."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("NSpid:"):
                return line.split()[2:] == ["1"]
    return False
