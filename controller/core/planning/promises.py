"""What floors have coming to them: steps that are granted before all others."""

from __future__ import annotations

from dataclasses import dataclass

from controller.reasons import Reason


@dataclass(frozen=True, slots=True)
class Promise:
    """So many steps of one pool that make up a floor. No promise beats a limit."""

    which: int
    """The index of the pool's wish."""
    rung: int
    """The step that leads there."""
    count: int
    """How many miners more than the promises before it give this step."""
    reason: Reason
    source: str
