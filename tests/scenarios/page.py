"""The stories of docs/scenarios.md: `python -m tests.scenarios.page` writes them."""

from __future__ import annotations

from tests.scenarios.blocks import DOCS, put
from tests.scenarios.form import files, load
from tests.scenarios.words import table

PAGE = DOCS / "scenarios.md"


def stories() -> str:
    """Every scenario with its title and description, what happens and what has to hold."""
    found = []
    for path in files():
        scenario = load(path)
        link = f"[{path.name}](../tests/scenarios/{path.name})"
        story = f"{scenario.description.strip()} ({link})"
        found.append(f"### {scenario.title}\n\n{story}\n\n{table(scenario)}\n")
    return "\n".join(["", *found, ""])


if __name__ == "__main__":
    put(PAGE, "stories", stories())
