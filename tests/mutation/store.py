"""What is known of every mutant, kept in a file: a run that was ended goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .mutants import Mutant
from .trials import Outcome, Result

Key = tuple[str, str, str, str, int]


class Store:
    """One line for each result. A result holds for the text of its place; that a mutant survives,
    also for the tests that it survived."""

    def __init__(self, path: Path, tests: str) -> None:
        self._path = path
        self._tests = tests
        self._known: dict[tuple[Key, str], tuple[Result, str]] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._read(json.loads(line))

    def _read(self, row: dict[str, Any]) -> None:
        file, name, code, change, nth = row["key"]
        found = Result(Outcome(row["outcome"]), row["by"])
        self._known[(file, name, code, change, nth), row["text"]] = found, row["tests"]

    def of(self, mutant: Mutant) -> Result | None:
        found = self._known.get((mutant.key, _digest(mutant.place.text)))
        if found is None:
            return None
        result, tests = found
        lives = result.outcome in {Outcome.SURVIVED, Outcome.UNREACHED}
        return None if lives and tests != self._tests else result

    def keep(self, mutant: Mutant, result: Result) -> None:
        text = _digest(mutant.place.text)
        self._known[mutant.key, text] = result, self._tests
        row = {
            "key": mutant.key,
            "text": text,
            "outcome": result.outcome,
            "by": result.by,
            "tests": self._tests,
        }
        with self._path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fingerprint(roots: Iterable[Path]) -> str:
    """Of every file that is a test or that a test reads."""
    whole = hashlib.sha256()
    for root in roots:
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.suffix in {".py", ".yaml", ".md"}:
                whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:16]
