"""What is wrong with a configuration: the place, the key and the reason, all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from controller.errors import PermanentError

Key = tuple[str | int, ...]
"""The way to a value: `("groups", "hall-a", "limit_kw")`."""


def dotted(key: Key) -> str:
    """`key` as people write it: `groups.hall-a.miners.addresses[0]`."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


@dataclass(frozen=True, order=True)
class Place:
    """Where a value came from: a line of the file, or an environment variable."""

    file: str = ""
    line: int = 0
    variable: str = ""

    def __str__(self) -> str:
        if self.variable:
            return f"environment {self.variable}"
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, order=True)
class Problem:
    """One error, ready to be shown. Values are never part of it: one may be a secret."""

    place: Place
    key: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.place), self.key, self.reason) if part)

    def plain(self) -> dict[str, str | int | None]:
        """For `check --json`."""
        return {
            "file": self.place.file or None,
            "line": self.place.line or None,
            "environment": self.place.variable or None,
            "key": self.key,
            "reason": self.reason,
        }


class ConfigurationError(PermanentError):
    """The configuration cannot be used. `problems` holds every reason found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def whole_file(path: Path, reason: str) -> ConfigurationError:
    """The error of a file that cannot be read at all."""
    return ConfigurationError([Problem(Place(file=str(path)), "", reason)])
