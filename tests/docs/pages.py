"""The Markdown files of the project, and what stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A Markdown file; `place` is its path in the project."""

    path: Path

    @property
    def place(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """Without fenced code and comments."""
        return _COMMENT.sub("", _FENCE.sub("", self.text))

    def blocks(self) -> list[str]:
        """What stands in fenced code."""
        return _FENCE.findall(self.text)

    def spans(self) -> list[str]:
        """What stands between single backquotes."""
        return _SPAN.findall(self.prose)

    def links(self) -> list[str]:
        """The targets of its links and pictures."""
        return _LINK.findall(_SPAN.sub("", self.prose))

    def anchors(self) -> set[str]:
        """What a link may name after `#`, as GitHub makes it of headings."""
        return {_anchor(heading) for heading in _HEADING.findall(self.prose)}


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return kept.replace(" ", "-")


def pages() -> list[Page]:
    """All of them, by path."""
    folders = [ROOT / name for name in ("configs", "controller", "deploy", "docs")]
    found = [*ROOT.glob("*.md"), *(path for folder in folders for path in folder.rglob("*.md"))]
    return [Page(path) for path in sorted(found)]
