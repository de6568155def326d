"""A secret of one line, in a file of its own."""

from __future__ import annotations

import stat
from pathlib import Path

LONGEST = 4096


def read_secret(path: Path) -> str:
    """The text of the file without white space around it.

    Raises:
        ValueError: beginning with the path: it cannot be read, is open to other users, or holds
            what no header may carry. What it holds is never part of the message.
    """
    try:
        mode = path.stat().st_mode
        with path.open("rb") as file:
            raw = file.read(LONGEST + 1)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise ValueError(f"{path} is open to other users: chmod 600 it")
    if len(raw) > LONGEST:
        raise ValueError(f"{path} is longer than {LONGEST} bytes: is it the right file?")
    return _one_line(raw, path)


def _one_line(raw: bytes, path: Path) -> str:
    text = raw.decode("ascii", "replace").strip()
    if not text:
        raise ValueError(f"{path} is empty: put the secret into it")
    if not text.isascii() or not text.isprintable():
        raise ValueError(f"{path} must hold one line of printable ASCII")
    return text
