"""What is no file of the revenue meter is refused, and says where it is not."""

from __future__ import annotations

import gzip
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from controller.signals.revenue.columns import LARGEST, MOST_LINES
from controller.signals.revenue.reading import read_revenue_file
from tests.revenue import files

GOOD = b"start,kwh\n2025-07-01T00:00,2\n"


def refused(content: bytes, why: str, **changes: Any) -> None:
    with pytest.raises(ValueError, match=why):
        read_revenue_file(content, files.plain(**changes))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "has no header with the columns start, kwh; nearest is: nothing"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", "has no header"),
        (b'{"start": 1, "kwh": 2}', "has no header"),
        (gzip.compress(GOOD), "is not written in utf-8: set encoding"),
        (GOOD.decode().encode("utf-16"), "is not written in utf-8"),
        (b"start,MWh\n2025-07-01T00:00,2\n", "the columns kwh; nearest is: start, MWh"),
        (b"start,kwh,kwh\n", "has the column kwh twice"),
        (b"start,kwh\n", "has no row of this meter: 0 are of others"),
        (b"start,kwh\n2025-07-01T00:00,2\n2025-07-01T00:15\n", "row 3 is shorter than the header"),
        (b'start,kwh\n2025-07-01T00:00,"2\n', "row 2 cannot be read as CSV"),
        (b"start,kwh\n" + b"x" * 200_000 + b",1\n", "cannot be read as CSV: field larger"),
        (b"start,kwh\nTotal,2\n", "row 2: 'Total' is not a time like 2026-11-30T23:45"),
        (b"start,kwh\n2025-07-01T00:07,2\n", "row 2: 2025-07-01 00:07:00 is between two intervals"),
        (b"start,kwh\n2025-07-01T00:00:01,2\n", "is between two intervals of 15 minutes"),
        (b"start,kwh\n0001-01-01T00:00,2\n", "row 2: .*0001-01-01"),
        (b"start,kwh\n9999-12-31T23:45,2\n", "row 2"),
        (b"start,kwh\n2025-07-01T00:00,1E+999999999\n", "row 2: '1E.999999999' is not a number"),
        (b"start,kwh\n2025-07-01T00:00,NaN\n", "row 2: 'NaN' is not a number like 1234.5"),
        (b'start,kwh\n2025-07-01T00:00,"1,234.5"\n', "'1,234.5' is not a number"),
        (b"start,kwh\n2025-07-01T00:00,\xd9\xa3\n", "is not a number"),
        (b"start,kwh\n\x00,2\n", "row 2"),
    ],
)
def test_what_it_is_not(content: bytes, why: str) -> None:
    refused(content, why)


def test_the_other_decimal_mark() -> None:
    content = b"start;kwh\n2025-07-01T00:00;1.234,5\n"
    refused(content, "is not a number like 1234,5", delimiter=";", decimal_mark=",")


def test_another_unit() -> None:
    content = b"start,kwh,unit\n2025-07-01T00:00,2,MWh\n"
    refused(content, "row 2: its unit is 'MWh', and kwh is expected", unit_column="unit")


def test_an_unknown_code_of_quality() -> None:
    content = b"start,kwh,code\n2025-07-01T00:00,2,X\n"
    known = {"quality_column": "code", "quality": {"A": "actual"}}
    refused(content, "row 2: the code 'X' is not among those of quality: 'A'", **known)


@pytest.mark.parametrize("revision", ["two", "-1", "9" * 19, "²"])
def test_a_revision_that_is_none(revision: str) -> None:
    content = f"start,kwh,rev\n2025-07-01T00:00,2,{revision}\n".encode()
    refused(content, "row 2: the revision .* is no whole number", revision_column="rev")


def test_another_meter() -> None:
    content = b"start,kwh,meter\n2025-07-01T00:00,2,17\n"
    refused(content, "1 are of others .only., 0 have no energy", only={"meter": "18"})


def test_size_is_bounded() -> None:
    refused(GOOD + b" " * LARGEST, f"is longer than {LARGEST} bytes")
    refused(b"start,kwh\n" + b"\n" * MOST_LINES, f"has more than {MOST_LINES} lines")


LINES = st.sampled_from(
    ["start,kwh", "2025-07-01T00:00,2", "2025-11-02T01:30,2", "2026-03-08T02:30,", ",", '"', "\0"]
)


@given(st.one_of(st.binary(max_size=300), st.lists(LINES).map("\n".join).map(str.encode)))
def test_nothing_but_a_refusal_escapes(content: bytes) -> None:
    for encoding in ("utf-8", "utf-16", "cp1252"):
        with suppress(ValueError):
            assert read_revenue_file(content, files.plain(encoding=encoding)).rows


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"unit": "pulses"}, "wh_per_pulse"),
        ({"wh_per_pulse": 2}, "unit: pulses"),
        ({"quality_column": "code"}, "quality"),
        ({"quality": {"A": "actual"}}, "quality_column"),
        ({"revision_format": "%Y-%m-%d %H:%M"}, "revision_column"),
        ({"time_format": "%Y-%m-%d"}, "must say date, hour and minute"),
        ({"time_format": "%H:%M"}, "must say date, hour and minute"),
        ({"time_format": "%Q"}, "must say date, hour and minute"),
        ({"zone": "Texas"}, "is not a time zone"),
        ({"loss_factor": "1012"}, "less than or equal to 1.2"),
        ({"interval_minutes": 7}, "Input should be 5"),
    ],
)
def test_settings_that_contradict_themselves(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        files.plain(**changes)
