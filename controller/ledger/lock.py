"""One writer: an advisory lock (flock) that the kernel drops when its process dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from controller.errors import PermanentError


class HeldError(PermanentError):
    """Another process has the lock."""


class WriterLock:
    """Held by the process that writes. The file holds its process id and is never removed:
    removing it would let two processes hold two locks of the same name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def acquire(self) -> None:
        """Take the lock, or name who has it.

        Raises:
            HeldError: another process holds it.
            PermanentError: the file cannot be made.
        """
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as problem:
            raise PermanentError(f"{self.path}: {problem.strerror}") from problem
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            holder = os.read(fd, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(fd)
            raise HeldError(
                f"{self.path}: process {holder} writes this ledger already; "
                "stop it first, or give this one a state directory of its own"
            ) from problem
        os.truncate(fd, 0)
        os.write(fd, f"{os.getpid()}\n".encode())
        self._fd = fd

    def release(self) -> None:
        """Let the next one write. Without effect when it is not held."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
