"""A full disk: commits fail, nothing acknowledged is lost, and writing goes on when there is room.

A limit on the size of files stands for the disk: it needs no root. SQLite meets it as a failed
write in the middle of a transaction.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from controller.ledger.verify import verify


def test_a_full_disk_loses_nothing_acknowledged(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ledger.full_disk", str(path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    acknowledged = done.stdout.split()
    assert acknowledged.index("full") > 100
    acknowledged.remove("full")
    connection = sqlite3.connect(path)
    values = [row[0] for row in connection.execute("SELECT value FROM samples ORDER BY seq")]
    connection.close()
    assert values == acknowledged, "a commit that failed was written, or one that returned was not"
    assert verify(path).ok
