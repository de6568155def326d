"""History from files: CSV, CSV.gz and Parquet, taken as it is or refused with the row."""

from __future__ import annotations

from controller.backtest.history.layout import Layout
from controller.backtest.history.place import HistoryError
from controller.backtest.history.reading import read_series, read_steps

__all__ = ["HistoryError", "Layout", "read_series", "read_steps"]
