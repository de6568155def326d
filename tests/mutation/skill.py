"""How good each test is at killing: what runs learn of it the next one knows."""

from __future__ import annotations

import json
from pathlib import Path


class Skill:
    """By test, how many mutants it met and how many it killed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, list[int]] = {}
        if path.exists():
            self._known = json.loads(path.read_text(encoding="utf-8"))

    def tried(self, test: str, *, killed: bool) -> None:
        counts = self._known.setdefault(test, [0, 0])
        counts[0] += 1
        counts[1] += killed

    def chance(self, test: str) -> float:
        """That it kills the next one; of a test that is not known yet, little."""
        met, killed = self._known.get(test, (0, 0))
        return (killed + 0.1) / (met + 5)

    def save(self) -> None:
        self._path.write_text(json.dumps(self._known), encoding="utf-8")
