"""What a verification of the ledger says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a row, or with the file where `seq` is None.

    A `gap` contradicts nothing: rows are missing that the daemon could not write, because the disk
    was full or it was not running.
    """

    seq: int | None
    reason: str
    gap: bool = False

    def __str__(self) -> str:
        place = "the file" if self.seq is None else f"row {self.seq}"
        return f"{place}: {'gap: ' if self.gap else ''}{self.reason}"


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Of a whole ledger. `head` is the digest of its last row, in hexadecimal: kept elsewhere, it
    shows later whether anything up to that row was changed."""

    rows: int
    findings: tuple[Finding, ...]
    last_seq: int
    head: str
    first_at: str = ""
    last_at: str = ""

    @property
    def ok(self) -> bool:
        """No contradiction. Gaps are named and do not count."""
        return all(finding.gap for finding in self.findings)

    def lines(self) -> Iterator[str]:
        """The report for people."""
        yield from map(str, self.findings)
        gaps = sum(finding.gap for finding in self.findings)
        yield f"{self.rows} rows, {len(self.findings) - gaps} wrong, {gaps} gaps"
        if self.rows:
            yield f"from {self.first_at} to {self.last_at}"
            yield f"head: row {self.last_seq}, digest {self.head}"

    def __str__(self) -> str:
        return "\n".join(self.lines())
