"""docs/feeds.md names every setting and every refusal."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from controller.config.bounds import RuleSettings
from controller.core.observations.quality import Refusal
from controller.signals.local.http_settings import SignalHttpSettings
from controller.signals.local.modbus import SignalModbusSettings
from controller.signals.polled.price_settings import PolledPriceSettings
from controller.signals.polled.settings import PolledSettings
from controller.signals.prices.http_settings import PriceHttpSettings
from controller.wiring import FEEDS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
PAGES = [page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").glob("*.md"))]
COMMON = PolledSettings.model_fields.keys() | PolledPriceSettings.model_fields.keys()
EXAMPLE = ROOT / "configs" / "example.yaml"


def section_of(adapter: str) -> str:
    """What is said of an adapter, on whichever page."""
    found = [page.split(f"\n## `{adapter}`")[1] for page in PAGES if f"\n## `{adapter}`" in page]
    assert len(found) == 1, f"{adapter} has {len(found)} sections"
    return found[0].split("\n## ")[0]


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_its_row(refusal: Refusal) -> None:
    assert f"\n| `{refusal.value}` |" in DOCUMENT


@pytest.mark.parametrize("adapter", list(FEEDS))
def test_every_setting_is_explained_in_both_places(adapter: str) -> None:
    section, shared = section_of(adapter), DOCUMENT.split("\n## Every feed that is fetched")[1]
    settings = FEEDS[adapter].settings
    for name, field in settings.model_fields.items():
        if name == "adapter":
            continue
        common = issubclass(settings, PolledSettings) and name in COMMON
        assert f"`{name}`" in (shared.split("\n## ")[0] if common else section), name
        assert field.description or field.annotation, name


@pytest.mark.parametrize("adapter", list(FEEDS))
def test_the_example_of_every_fetched_feed_is_sound(adapter: str) -> None:
    if not issubclass(FEEDS[adapter].settings, PolledSettings):
        return
    blocks = section_of(adapter).split("```yaml\n")[1:]
    examples = [yaml.safe_load(block.split("```")[0]) for block in blocks]
    feeds = [feed for one in examples for feed in one.get("feeds", {}).values()]
    assert [feed for feed in feeds if feed["adapter"] == adapter], f"{adapter} has no example"
    for feed in feeds:
        FEEDS[feed["adapter"]].settings.model_validate(feed)


@pytest.mark.parametrize("adapter", list(FEEDS))
def test_what_is_unverified_is_said(adapter: str) -> None:
    """In its own section, or in the page's table of formats."""
    if not getattr(FEEDS[adapter].settings, "unverified", ""):
        return
    (page,) = [page for page in PAGES if f"\n## `{adapter}`" in page]
    rows = [line for line in page.splitlines() if line.startswith(f"| `{adapter}`")]
    listed = any(row.rstrip(" |").rpartition("|")[2].strip() for row in rows)
    assert "unverified" in (page if listed else section_of(adapter))


@pytest.mark.parametrize("settings", [SignalModbusSettings, SignalHttpSettings])
def test_the_examples_of_signals_are_sound(settings: type[BaseModel]) -> None:
    adapter = settings.model_fields["adapter"].annotation.__args__[0]  # type: ignore[union-attr]
    example = yaml.safe_load(section_of(adapter).split("```yaml\n")[1].split("```")[0])
    for feed in example["feeds"].values():
        settings.model_validate(feed)
    for rule in example.get("rules", {}).values():
        RuleSettings.model_validate(rule)


def test_the_one_in_the_example_configuration_too() -> None:
    text = EXAMPLE.read_text(encoding="utf-8").split("    # adapter: price_http")[1]
    commented = takewhile(lambda line: line.startswith("    #"), text.split("\n")[1:])
    lines = ["adapter: price_http", *(line.removeprefix("    # ") for line in commented)]
    PriceHttpSettings.model_validate(yaml.safe_load("\n".join(lines)))
