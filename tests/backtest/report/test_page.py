"""The page as a file: complete in itself, escaped, and the same each time."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from html import escape
from html.parser import HTMLParser

import pytest

from controller.backtest.report.page.document import drawer, html
from controller.backtest.report.result import Result
from controller.errors import PermanentError
from tests.backtest.report.made import COMMAND, NAMES, accounts, days_from, result_of

TITLES = [
    "Gain over always on, summed up",
    "Profit by month",
    "Price duration and load",
    "The best days",
    "The worst days",
]
VOID = frozenset({"meta", "link", "path", "use", "br"})


class Read(HTMLParser):
    """What stands in a page, and whether its elements close as they open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.count: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: dict[str, list[str]] = {}
        self.wrong: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"{tag} at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.texts.setdefault(self.open[-1], []).append(data.strip())


@pytest.fixture(scope="module")
def read(page: str) -> Read:
    return Read(page)


def test_it_is_well_formed(read: Read) -> None:
    assert read.wrong == []
    assert read.open == []
    ids = Counter(value for _, name, value in read.attributes if name == "id")
    assert [each for each, count in ids.items() if count > 1] == []


def test_every_plot_has_a_title_a_caption_and_a_label(read: Read) -> None:
    assert read.count["figure"] == read.count["figcaption"] == read.count["svg"] == len(TITLES)
    assert [text for text in read.texts["h2"] if text in TITLES] == TITLES
    assert all(text.endswith(".") and len(text) > 60 for text in read.texts["figcaption"])
    labels = [v for tag, name, v in read.attributes if (tag, name) == ("svg", "aria-label")]
    assert len(labels) == len(set(labels)) == len(TITLES)
    assert ("svg", "role", "img") in read.attributes


def test_plots_say_their_units_and_accounts(read: Read) -> None:
    drawn = set(read.texts["text"])
    assert {"price, $/MWh", "mean load, kW", "profit, $", "gain, $"} <= drawn
    assert {name.replace("_", " ") for name in NAMES if name != "off"} <= drawn


def test_the_table_has_every_account_and_part(read: Read) -> None:
    assert read.count["table"] == 6
    assert {name.replace("_", " ") for name in NAMES} <= set(read.texts["th"])
    assert "2021 without 13–20 Feb" in read.texts["strong"]


def test_what_others_wrote_is_escaped(page: str, read: Read) -> None:
    assert escape(COMMAND) in page
    assert "<out>" not in page
    assert "West <Texas>" not in page
    assert COMMAND in "".join(read.texts["code"])
    assert "Gaps of up to 2 hours hold the last price." in read.texts["li"]


def test_hostile_words_stay_words() -> None:
    evil = "</pre><script>alert(1)</script> $\\frac{1}{0}$ &amp;"
    result = replace(
        result_of(accounts(days_from(date(2022, 1, 1), 10), lambda *_: 1.0)),
        site=evil,
        currency=evil,
        command=evil,
        version=evil,
        assumptions=(evil,),
        notes={evil: evil},
        books={evil: evil},
    )
    read = Read(html(result))
    assert read.count["script"] == 0
    assert read.wrong == []
    assert read.texts["code"] == [evil]
    assert f"price, {evil}/MWh" in read.texts["text"]


def test_it_asks_no_other_host(page: str, read: Read) -> None:
    assert not [value for _, _, value in read.attributes if "//" in value]
    assert read.count["script"] == read.count["img"] == 0
    links = [value for _, name, value in read.attributes if name in {"href", "src", "xlink:href"}]
    assert all(value.startswith(("#", "data:,")) for value in links)
    assert "@import" not in page
    assert all(each.startswith("#") for each in re.findall(r"url\(([^)]*)\)", page))


def test_it_is_the_same_each_time(three_years: Result, page: str) -> None:
    assert html(three_years) == page


def test_three_years_stay_small(page: str) -> None:
    assert len(page.encode()) < 1_500_000


def test_its_colours_follow_the_night(page: str) -> None:
    drawn = page[page.index("<figure") :]
    assert "var(--power)" in drawn
    assert re.findall(r": #[0-9a-f]{6}", drawn) == []


@pytest.mark.parametrize("count", [1, 2, 20, 130])
def test_a_short_history_has_a_page_too(count: int) -> None:
    found = accounts(days_from(date(2021, 2, 14), count), lambda *_: 0.0)
    read = Read(html(result_of(found)))
    assert read.count["figure"] == len(TITLES)


def test_without_matplotlib_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, three_years: Result
) -> None:
    for name in list(sys.modules):
        if name.startswith(("controller.backtest.report.page.", "matplotlib")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for ask in (drawer, lambda: html(three_years)):
        with pytest.raises(PermanentError, match=r"matplotlib.*curtaild\[plots\]"):
            ask()
