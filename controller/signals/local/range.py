"""What every feed of a signal has to be told: its name, and what can be believed of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import StringConstraints

SignalName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]


def check_range(least: Decimal | None, most: Decimal | None) -> None:
    """
    Raises:
        ValueError: no range is declared, or an empty one.
    """
    if least is None or most is None:
        raise ValueError("give least and most: what lies outside cannot be and is refused")
    if least >= most:
        raise ValueError("least has to be below most")
