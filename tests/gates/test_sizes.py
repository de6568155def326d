"""Small files and functions: one idea each."""

from __future__ import annotations

import ast
from pathlib import Path

import controller

HOUSE = Path(controller.__file__).parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def test_no_file_holds_two_ideas() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in HOUSE.rglob("*.py")}
    assert lengths
    assert {str(path): n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_needs_scrolling() -> None:
    long = [
        f"{path.name}:{node.lineno} {node.name}"
        for path in HOUSE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []
