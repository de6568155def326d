"""Rows with something else than a time and a number."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.backtest.history import Layout
from tests.backtest.history.made import QUARTERS, refusal, written


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("", "is empty; write the number, or leave the row out and set gaps"),
        ("n/a", "'n/a' is not a number"),
        ("nan", "'nan' is not a number"),
        ("inf", "'inf' is not a number"),
        ("1e999", "inf is not a finite number"),
        ("1_000", "'1_000' is not a number"),
        ('"1,000"', "'1,000' is not a number"),
        ("١", "'١' is not a number"),
        ("0x10", "'0x10' is not a number"),
    ],
)
def test_what_is_no_number(tmp_path: Path, cell: str, said: str) -> None:
    message = refusal(written(tmp_path, QUARTERS[0], f"2022-03-01T06:15Z,{cell}"))
    assert f"row 3, column price: {said}" in message


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("", "is empty; write the time"),
        ("yesterday", "'yesterday' is not a time; write it like 2023-09-06T17:00:00Z"),
        ("03/01/2022 06:15", "is not a time"),
        ("2022-03-01T24:00", "is not a time"),
        ("2022-02-30T06:00", "is not a time"),
        ("20220301", "is not a time"),
        ("1646115300", "is not a time"),
        ("2022-03-01T06:15:00.5Z", "has a fraction of a second"),
        ("1022-03-01T06:15Z", "is outside of 1970 to 2200"),
        ("9999-12-31T23:59-12:00", "is outside of 1970 to 2200"),
    ],
)
def test_what_is_no_time(tmp_path: Path, cell: str, said: str) -> None:
    message = refusal(written(tmp_path, QUARTERS[0], f"{cell},11"))
    assert "row 3, column time: " in message
    assert said in message


@pytest.mark.parametrize(("row", "cells"), [("2022-03-01T06:15Z", 1), ("2022-03-01T06:15Z,1,5", 3)])
def test_a_row_with_other_cells_than_the_header(tmp_path: Path, row: str, cells: int) -> None:
    message = refusal(written(tmp_path, QUARTERS[0], row))
    assert f"row 3: has {cells} cells where the header has 2" in message


def test_a_price_that_no_number_holds_per_mwh(tmp_path: Path) -> None:
    path = written(tmp_path, "2022-03-01T06:00Z,1e307")
    assert "row 2: 1e+307 as a price per MWh: inf is not" in refusal(path, Layout(unit="per_kwh"))


def test_rows_are_counted_as_an_editor_counts_lines(tmp_path: Path) -> None:
    path = written(tmp_path, QUARTERS[0], "", "2022-03-01T06:15Z,x")
    assert "row 4, column price" in refusal(path)
