"""The page of a study: whole tables, every case, no number that is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from controller.backtest.study.cases import ON_OFF, SHAPES
from controller.backtest.study.document import document
from controller.backtest.study.findings import Findings
from tests.backtest.study.made import COMMAND, HUBS


def tables(page: str) -> Iterator[list[list[str]]]:
    """Cells by row."""
    for is_row, lines in groupby(page.splitlines(), key=lambda line: line.startswith("|")):
        if is_row:
            yield [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_rows_have_as_many_cells_as_their_titles(pages: list[str]) -> None:
    for page in pages:
        for table in tables(page):
            assert {len(row) for row in table} == {len(table[0])}
            assert len(table) > 2


def test_a_blank_line_stands_before_each_table_list_and_heading(pages: list[str]) -> None:
    for page in pages:
        assert not re.search(r"^[^|\n].*\n\|", page, re.MULTILINE)
        assert not re.search(r"^[^-\s].*\n- ", page, re.MULTILINE)
        assert not re.search(r"[^\n]\n#+ ", page)
        assert "\n\n\n" not in page


def test_no_number_is_missing(pages: list[str]) -> None:
    for page in pages:
        assert not re.search(r"\b(nan|inf|None)\b|\0|-0\b(?!\.)", page)


def test_every_machine_and_hub_is_there(pages: list[str]) -> None:
    page, _ = pages
    assert all(machine.name in page for machine in (*ON_OFF, *SHAPES))
    assert all(f"**{hub}**" in page for hub in HUBS)


def test_it_says_how_it_was_made(pages: list[str]) -> None:
    assert all(f"```sh\n{COMMAND}\n```" in page for page in pages)


def test_it_stays_readable(pages: list[str]) -> None:
    assert all(len(page.splitlines()) < 260 for page in pages)


def test_a_tuned_strike_needs_another_year(pages: list[str]) -> None:
    alone, years = pages
    assert "/ – / **" in alone
    assert "/ – / **" not in years


def test_the_storm_is_told_of_where_there_was_one(pages: list[str]) -> None:
    with_it, without = pages
    assert "**The storm.** 13–20 Feb 2021 by itself brought" in with_it
    assert "13–20 Feb" not in without


def test_the_same_findings_make_the_same_page(stormy: Findings, pages: list[str]) -> None:
    assert document(stormy) == pages[0]
