"""Parts of documents that are made by code: what stands between `<!-- name -->` and
`<!-- /name -->`, each on a line of its own."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def block(page: Path, name: str) -> str:
    """What stands between the marks.

    Raises:
        ValueError: the page does not have both of them, once.
    """
    return _parts(page, name)[1]


def put(page: Path, name: str, text: str) -> None:
    """Write `text` between the marks."""
    before, _, after = _parts(page, name)
    page.write_text(before + text + after, encoding="utf-8")


def _parts(page: Path, name: str) -> tuple[str, str, str]:
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    text = page.read_text(encoding="utf-8")
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"{page.name} needs the lines {begin.strip()} and {end.strip()} once")
    head, rest = text.split(begin)
    inner, tail = rest.split(end)
    return head + begin, inner, end + tail
