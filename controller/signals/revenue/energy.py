"""The energy of a row, in Wh at the metering point."""

from __future__ import annotations

import re
from decimal import Decimal

from controller.signals.revenue.settings import RevenueMeterSettings

_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{0,9})?|[+-]?\.[0-9]{1,9}")
"""Never large when written out; no thousands, which look like decimals elsewhere."""
_WH = {"wh": Decimal(1), "kwh": Decimal(1000), "mwh": Decimal(1_000_000)}


def factor_wh(settings: RevenueMeterSettings) -> Decimal:
    """Wh at the metering point of one unit in the file."""
    if settings.wh_per_pulse is not None:
        unit_wh = settings.wh_per_pulse
    elif settings.unit == "kw":
        unit_wh = _WH["kwh"] * settings.interval_minutes / 60
    else:
        unit_wh = _WH[settings.unit]
    return unit_wh * settings.multiplier * settings.loss_factor * settings.sign


def number(text: str, decimal_mark: str) -> Decimal:
    """
    Raises:
        ValueError: saying what is wrong with it.
    """
    written = text
    if decimal_mark == ",":
        written = text.replace(".", " ").replace(",", ".")
    if not _NUMBER.fullmatch(written):
        raise ValueError(f"{text[:40]!r} is not a number like 1234{decimal_mark}5")
    return Decimal(written)
