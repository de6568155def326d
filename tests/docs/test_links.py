"""Every link in the documents leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import Page, pages


def broken(page: Page) -> Iterator[str]:
    """Links to files or headings that are not there. What lies on other hosts is not visited."""
    for link in page.links():
        if "://" in link or link.startswith("mailto:"):
            continue
        file, _, anchor = link.partition("#")
        target = page.path.parent / file if file else page.path
        if not target.exists() or (anchor and anchor not in Page(target).anchors()):
            yield link


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.place)
def test_links_lead_somewhere(page: Page) -> None:
    assert list(broken(page)) == []


def test_a_broken_link_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("# One `two`, three\n[a](#one-two-three) [b](#four) [c](gone.md)\n")
    assert list(broken(Page(file))) == ["#four", "gone.md"]
