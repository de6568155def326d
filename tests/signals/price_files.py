"""Price files for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from controller.signals.prices.file import PriceFileSettings

HEADER = "start,hub"


def written(folder: Path, *rows: str, header: str = HEADER, **settings: Any) -> PriceFileSettings:
    """The settings of a file with these rows."""
    path = folder / "prices.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return named(path, **settings)


def named(path: Path, **settings: Any) -> PriceFileSettings:
    defaults = {"path": path, "time_column": "start", "price_column": "hub"}
    return PriceFileSettings(adapter="price_file", **{**defaults, **settings})
