"""Puts the worked example into docs/architecture.md as the code decides it now:

.venv/bin/python -m tests.docs.worked_example
"""

from __future__ import annotations

import re
import sys

from tests.docs.pages import ROOT
from tests.scenarios.worked_example import text

PAGE = ROOT / "docs" / "architecture.md"
PLACE = re.compile(r"(?<=<!-- worked example -->\n).*(?=<!-- /worked example -->)", re.DOTALL)


def current() -> str:
    """What should stand between the marks."""
    return f"```\n{text()}\n```\n"


def main() -> int:
    """Write it down."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(PLACE.sub(lambda _: current(), page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
