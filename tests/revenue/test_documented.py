"""docs/revenue-meter.md is true: its examples are read as it says, and no key is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from controller.signals.revenue.reading import read_revenue_file
from controller.signals.revenue.settings import RevenueMeterSettings

PAGE = (Path(__file__).parents[2] / "docs" / "revenue-meter.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
FILES = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(
    ("section", "content", "wh", "others"),
    [
        (SECTIONS[0], FILES[0], [612_400, 608_000], 1),
        (SECTIONS[1], FILES[1], [1_224_800, 1_216_000], 0),
    ],
    ids=["texan portal", "green button"],
)
def test_the_examples_are_read(section: str, content: str, wh: list[int], others: int) -> None:
    settings = RevenueMeterSettings.model_validate(yaml.safe_load(section)["revenue_meter"])
    found = read_revenue_file(content.encode(), settings)
    assert [row.reading.energy_wh for row in found.rows] == wh
    assert (found.others, found.blank) == (others, 0)


@pytest.mark.parametrize("name", list(RevenueMeterSettings.model_fields))
def test_every_key_is_explained(name: str) -> None:
    table = PAGE.partition("| key | |")[2].partition("\n\n")[0]
    assert f"`{name}`" in table
