"""The worked example in docs/architecture.md is what the code decides."""

from __future__ import annotations

from tests.docs.worked_example import PAGE, PLACE, current


def test_the_document_shows_what_is_decided() -> None:
    assert PLACE.findall(PAGE.read_text(encoding="utf-8")) == [current()]
