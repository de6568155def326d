"""Energies and times in the sentences of this room."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal


def kwh_text(energy_wh: Decimal) -> str:
    return f"{energy_wh / 1000:,.3f} kWh"


def at_text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ")
