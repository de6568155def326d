"""Numbers as a source writes them, in the unit of the site."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from controller.core.observations.quality import LONGEST_NUMBER

FEW_SIGNS = 12
"""Enough to recognise `n/a` in the ledger, too few for a server to say our key back."""
NO_NUMBER = "no number"


def scaled(price: Any, factor: Decimal) -> str:
    """A number as it was written, times a factor. What is none goes on as a few signs of text, to
    be refused where all are judged."""
    text = price.strip() if isinstance(price, str) else type(price).__name__
    if len(text) > LONGEST_NUMBER:
        return NO_NUMBER
    try:
        value = Decimal(text)
        return text if factor == 1 else str(value * factor)
    except (InvalidOperation, Overflow):
        return text if len(text) <= FEW_SIGNS else NO_NUMBER
