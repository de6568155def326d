"""What the page shows of a plot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing, and the sentence that says what to see in it."""

    title: str
    svg: str
    caption: str
