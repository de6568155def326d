"""How far something has come, on standard error: one line that changes, or a few plain ones."""

from __future__ import annotations

import sys

_STEPS = 10
"""So many plain lines at most where nobody looks at a terminal."""


class Progress:
    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._terminal = sys.stderr.isatty()
        self._told = 0

    def __call__(self, done: int) -> None:
        """So many are done. Told again only where it shows."""
        if self._terminal:
            sys.stderr.write(f"\r{self._line(done)}")
            sys.stderr.flush()
        elif (step := done * _STEPS // max(self._total, 1)) > self._told:
            self._told = step
            sys.stderr.write(f"{self._line(done)}\n")

    def end(self) -> None:
        """Nothing more will be done: what is said next gets a line of its own."""
        if self._terminal:
            sys.stderr.write("\n")

    def _line(self, done: int) -> str:
        return f"{self._what}: {done} of {self._total}"
