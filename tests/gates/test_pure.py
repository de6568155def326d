"""The core reads no clock, no chance and nothing of the outside: it can be replayed bit for bit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import controller

HOUSE = Path(controller.__file__).parent
PURE = sorted(
    [
        *(HOUSE / "core").rglob("*.py"),
        *(HOUSE / "model").rglob("*.py"),
        HOUSE / "reasons.py",
        HOUSE / "errors.py",
    ]
)
OUTSIDE = frozenset(
    {"asyncio", "io", "locale", "logging", "multiprocessing", "os", "pathlib", "random", "secrets"}
    | {"shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time"}
    | {"uuid", "zoneinfo", "aiohttp", "pyasic", "pydantic", "structlog"}
)
READS = frozenset({"now", "utcnow", "today", "fromtimestamp", "uuid4", "getenv", "urandom"})
CALLS = frozenset({"open", "input", "print", "id", "hash", "exec", "eval", "__import__"})


def faults(source: str) -> Iterator[str]:
    """What in `source` could make the same inputs give another output, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (f"{node.lineno}: imports {name}" for name in imported(node))
        elif isinstance(node, ast.Call) and reads_outside(node.func):
            yield f"{node.lineno}: calls {ast.unparse(node.func)}"


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Which modules of the outside it imports."""
    if isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    else:
        names = [alias.name for alias in node.names]
    return [name for name in names if name.split(".")[0] in OUTSIDE]


def reads_outside(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        return called.attr in READS
    return isinstance(called, ast.Name) and called.id in CALLS


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(HOUSE)))
def test_reads_nothing_but_its_arguments(path: Path) -> None:
    assert list(faults(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from random import choice",
        "import os.path",
        "from datetime import datetime\nx = datetime.now()",
        "x = open('f')",
        "x = hash('miner')",
    ],
)
def test_the_gate_sees_what_it_is_for(source: str) -> None:
    assert list(faults(source))
