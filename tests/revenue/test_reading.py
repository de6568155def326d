"""Files of the revenue meter become energy at the metering point, in Wh."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from controller.signals.revenue.reading import read_revenue_file
from tests.revenue import files

AT = datetime(2025, 7, 1, 5, 0, tzinfo=UTC)
"""Midnight in Chicago."""


def plain(*rows: str, header: str = "start,kwh", **changes: Any) -> list[tuple[datetime, Decimal]]:
    found = read_revenue_file(files.file(rows, header), files.plain(**changes))
    return [(row.reading.start, row.reading.energy_wh) for row in found.rows]


def test_a_texan_export() -> None:
    first, second, third, fourth = files.starts(AT, 4)
    found = read_revenue_file(
        files.file(
            [
                files.row(first, "0.580"),
                files.row(first, "9.9", direction="Surplus Generation"),
                files.row(second, "0.6", quality="E", revision=""),
                "",
                files.row(third, ""),
                files.row(fourth, "7", quality="M"),
            ]
        ),
        files.settings(),
    )
    assert (found.blank, found.others, found.broken_off) == (2, 1, False)
    assert [row.line for row in found.rows] == [2, 4]
    one, two = (row.reading for row in found.rows)
    assert (one.start, one.energy_wh, one.estimated) == (AT, Decimal("580.000"), False)
    assert one.revision == 20250702073717
    assert (two.start, two.estimated, two.revision) == (second, True, None)


def test_lines_about_the_account_may_stand_above_the_header() -> None:
    """As in the exports that are called Green Button CSV."""
    content = (
        '\ufeffName,Site\nAddress,"1 Road, Town"\nAccount Number,1\n\n'
        "TYPE,DATE,START TIME,END TIME,USAGE,UNITS,COST,NOTES\n"
        "Electric usage,2025-07-01,00:00,00:14,1.5,kWh,$0.10\n"
        "Natural gas usage,2025-07-01,00:00,00:14,3,therms,$0.10,\n"
    ).encode()
    described = files.plain(
        date_column="DATE",
        time_column="START TIME",
        energy_column="USAGE",
        unit_column="UNITS",
        only={"TYPE": "Electric usage"},
    )
    found = read_revenue_file(content, described)
    assert [(row.reading.start, row.reading.energy_wh) for row in found.rows] == [
        (AT, Decimal(1500))
    ]


@pytest.mark.parametrize(
    ("changes", "wh"),
    [
        ({}, 2000),
        ({"unit": "wh"}, 2),
        ({"unit": "mwh"}, 2_000_000),
        ({"unit": "kw"}, 500),
        ({"unit": "kw", "interval_minutes": 60}, 2000),
        ({"unit": "pulses", "wh_per_pulse": "7.2"}, Decimal("14.4")),
        ({"multiplier": 600}, 1_200_000),
        ({"multiplier": 600, "loss_factor": "1.012"}, 1_214_400),
    ],
)
def test_units_and_factors(changes: dict[str, Any], wh: object) -> None:
    assert plain("2025-07-01T00:00,2", **changes) == [(AT, wh)]


def test_what_is_drawn_may_be_written_as_negative() -> None:
    assert plain("2025-07-01T00:00,-2.5", sign=-1) == [(AT, Decimal(2500))]


def test_semicolons_and_decimal_commas() -> None:
    rows = plain(
        "2025-07-01T00:00;1234,5",
        header="start;kwh",
        delimiter=";",
        decimal_mark=",",
    )
    assert rows == [(AT, Decimal(1_234_500))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_charsets(encoding: str) -> None:
    content = "start,kwh,note\n2025-07-01T00:00,2,Zähler\n".encode(encoding)
    found = read_revenue_file(content, files.plain(encoding=encoding))
    assert [row.reading.energy_wh for row in found.rows] == [2000]
    assert not found.broken_off


@pytest.mark.parametrize(
    ("written", "changes"),
    [
        ("2025-07-01T00:15", {}),
        ("2025-07-01T05:15Z", {}),
        ("2025-07-01 00:15", {"time_format": "%Y-%m-%d %H:%M"}),
    ],
)
def test_a_stamp_at_the_end(written: str, changes: dict[str, Any]) -> None:
    assert plain(f"{written},2", stamp="end", **changes) == [(AT, Decimal(2000))]


@pytest.mark.parametrize("midnight", ["24:00", "00:00", "24:00:00"])
def test_the_end_of_a_day_stands_beside_that_day(midnight: str) -> None:
    rows = plain(
        f"2025-07-01,{midnight},2",
        header="day,start,kwh",
        date_column="day",
        stamp="end",
    )
    assert rows == [(datetime(2025, 7, 2, 4, 45, tzinfo=UTC), Decimal(2000))]


def test_twenty_four_is_the_next_day_in_one_column_too() -> None:
    assert plain("2025-06-30T24:00,2") == [(AT, Decimal(2000))]


def test_a_revision_may_be_a_number() -> None:
    content = files.file(["2025-07-01T00:00,2,17"], "start,kwh,rev")
    found = read_revenue_file(content, files.plain(revision_column="rev"))
    assert found.rows[0].reading.revision == 17


def test_a_last_line_without_an_end() -> None:
    """Half a file ends within a day; a whole one without a last line feed does not."""
    whole = b"start,kwh\n2025-06-30T23:45,2"
    half = b"start,kwh\n2025-06-30T23:45,2\n2025-07-01T00:00,2"
    assert not read_revenue_file(whole, files.plain()).broken_off
    assert read_revenue_file(half, files.plain()).broken_off
    assert not read_revenue_file(half + b"\n", files.plain()).broken_off
