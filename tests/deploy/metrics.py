"""Which metrics the daemon shows, whatever its configuration."""

from __future__ import annotations

import re

from tests.surfaces.exposition import text_of
from tests.surfaces.views import a_view


def named_in(expression: str) -> set[str]:
    """The metrics of ours that a PromQL expression is about."""
    return set(re.findall(r"\bcurtaild_\w+", expression))


def shown() -> set[str]:
    """Every metric that has a HELP line, counters by the name of their samples."""
    found = re.findall(r"^# TYPE (curtaild_\w+)", text_of(a_view()), re.MULTILINE)
    return set(found)
