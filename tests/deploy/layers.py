"""Folders laid over each other, in a mount namespace that goes with the process that is in it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

CLEAN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
"""The environment of what runs in a tree: nothing of the machine that tests."""


@dataclass(frozen=True)
class Layers:
    """`lower` folders, the uppermost first, are only read; all that changes goes to `upper`."""

    folder: Path
    lower: Sequence[Path]

    @property
    def upper(self) -> Path:
        return self._made("upper")

    @property
    def root(self) -> Path:
        """Where a process in the namespace sees them as one; empty for all others."""
        return self._made("root")

    def _made(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(mode=0o755, parents=True, exist_ok=True)
        return path

    def command(self, *then: str) -> list[str]:
        """A command that lays them together and becomes `then`. It dies with the test, and the
        mount with it: there is nothing to take down."""
        options = (
            f"lowerdir={':'.join(map(str, self.lower))},"
            f"upperdir={self.upper},workdir={self._made('work')}"
        )
        mount = f"mount -t overlay overlay -o {quote(options)} {quote(str(self.root))}"
        # nspawn tidies up below /run and refuses to where that is a disk.
        mount += "; mkdir -p /run/systemd; mount -t tmpfs tmpfs /run/systemd"
        return [
            *("setpriv", "--pdeathsig", "TERM", "unshare", "--mount", "--propagation", "private"),
            *("sh", "-c", f'set -e; {mount}; exec "$@"', "sh", *then),
        ]

    def do(self, *command: str) -> None:
        """Run a command with these as its root.

        Raises:
            AssertionError: it failed, with what it said.
        """
        within = self.command("chroot", str(self.root), *command)
        finished(within, env=CLEAN)


def finished(command: Sequence[str], **how: object) -> str:
    """What a command printed.

    Raises:
        AssertionError: it failed, with what it said.
    """
    done = subprocess.run(  # type: ignore[call-overload]
        command, capture_output=True, text=True, timeout=600, check=False, **how
    )
    said = f"{done.stdout}{done.stderr}"
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{said[-4000:]}"
    return str(done.stdout)


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that outlives the tests, filled by `make` when it is not there: all or nothing."""
    with _alone() as cache:
        folder = cache / name
        if not folder.exists():
            part = cache / f"{name}.part"
            shutil.rmtree(part, ignore_errors=True)
            make(part)
            part.rename(folder)
    return folder


@contextmanager
def _alone() -> Iterator[Path]:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = home / "curtaild"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield cache
