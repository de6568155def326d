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
from controller.signals.meters.modbus import MeterModbusSettings
from controller.signals.mining.fixed import HashpriceFixedSettings
from controller.signals.prices.file import PriceFileSettings
from controller.signals.prices.http_settings import PriceHttpSettings

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "configs" / "example.yaml"


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_its_row(refusal: Refusal) -> None:
    assert f"\n| `{refusal.value}` |" in DOCUMENT


@pytest.mark.parametrize(
    "settings",
    [
        PriceFileSettings,
        PriceHttpSettings,
        HashpriceFixedSettings,
        MeterModbusSettings,
        SignalModbusSettings,
        SignalHttpSettings,
    ],
)
def test_every_setting_is_explained_in_both_places(settings: type[BaseModel]) -> None:
    adapter = settings.model_fields["adapter"].annotation.__args__[0]  # type: ignore[union-attr]
    section = DOCUMENT.split(f"\n## `{adapter}`")[1].split("\n## ")[0]
    for name, field in settings.model_fields.items():
        if name != "adapter":
            assert f"`{name}`" in section
            assert field.description


def test_the_example_of_a_price_on_the_web_is_sound() -> None:
    section = DOCUMENT.split("\n## `price_http`")[1]
    example = yaml.safe_load(section.split("```yaml\n")[1].split("```")[0])
    PriceHttpSettings.model_validate(example["feeds"]["price"])


@pytest.mark.parametrize("settings", [SignalModbusSettings, SignalHttpSettings])
def test_the_examples_of_signals_are_sound(settings: type[BaseModel]) -> None:
    adapter = settings.model_fields["adapter"].annotation.__args__[0]  # type: ignore[union-attr]
    section = DOCUMENT.split(f"\n## `{adapter}`")[1]
    example = yaml.safe_load(section.split("```yaml\n")[1].split("```")[0])
    for feed in example["feeds"].values():
        settings.model_validate(feed)
    for rule in example.get("rules", {}).values():
        RuleSettings.model_validate(rule)


def test_the_one_in_the_example_configuration_too() -> None:
    text = EXAMPLE.read_text(encoding="utf-8").split("    # adapter: price_http")[1]
    commented = takewhile(lambda line: line.startswith("    #"), text.split("\n")[1:])
    lines = ["adapter: price_http", *(line.removeprefix("    # ") for line in commented)]
    PriceHttpSettings.model_validate(yaml.safe_load("\n".join(lines)))
