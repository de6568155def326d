"""One closed enumeration of reasons, with a text each, the same in code and documents."""

from __future__ import annotations

from pathlib import Path

from controller.reasons import Reason

PAGE = Path(__file__).parents[2] / "docs" / "reasons.md"


def table() -> str:
    """The table of docs/reasons.md."""
    rows = [f"| `{reason.value}` | {reason.text} |" for reason in Reason]
    return "\n".join(["| reason | in words |", "|---|---|", *rows])


def test_the_document_lists_every_reason() -> None:
    assert table() in PAGE.read_text(encoding="utf-8")


def test_no_two_reasons_say_the_same() -> None:
    texts = [reason.text for reason in Reason]
    assert all(texts)
    assert len(set(texts)) == len(texts)
