"""Miners as a table: what scans and exports write, and groups take their addresses from."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path

COLUMNS = (
    "miner",
    "group",
    "address",
    "port",
    "firmware",
    "model",
    "version",
    "mac",
    "own_level",
    "level",
    "power_w",
    "hashrate_ths",
    "reachable",
    "at",
    "failure",
)
"""What a writer does not know stays empty."""

Row = Mapping[str, object]


def as_csv(rows: Iterable[Row]) -> str:
    """With a head. True and false are words; None is empty."""
    text = StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def read_addresses(path: Path, *, port: int | None = None, driver: str = "") -> list[str]:
    """The column `address`, in order. `port` and `firmware`, where a row has them, must be those
    that its group has.

    Raises:
        ValueError: naming the file, the line and what is wrong with it.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = list(_addresses(csv.DictReader(file, strict=True), port, driver))
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ValueError(f"{path}: {why}") from error
    if not found:
        raise ValueError(f"{path}: it names no address")
    return found


def _addresses(table: csv.DictReader[str], port: int | None, driver: str) -> Iterator[str]:
    if "address" not in (table.fieldnames or ()):
        raise ValueError("line 1: no column is called address")
    lines: dict[str, int] = {}
    for row in table:
        line, address = table.line_num, (row["address"] or "").strip()
        if not address:
            raise ValueError(f"line {line}: it has no address")
        if address in lines:
            raise ValueError(f"line {line}: {address} is in line {lines[address]} already")
        lines[address] = line
        if problem := _another(row, port, driver):
            raise ValueError(f"line {line}: {address} {problem}")
        yield address


def _another(row: Mapping[str, str | None], port: int | None, driver: str) -> str:
    """Why this miner cannot be one of the group; empty where it can."""
    its_port, its_firmware = row.get("port") or "", row.get("firmware") or ""
    if port is not None and its_port and its_port != str(port):
        return f"has port {its_port}, its group {port}: give that miner a group of its own"
    if its_firmware and not (driver or its_firmware).endswith(
        its_firmware.removeprefix("asic_rs_")
    ):
        return f"runs {its_firmware}, its group has the driver {driver}: take the line out"
    return ""


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
