"""docs/feeds.md names every setting and every refusal."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from controller.core.quality import Refusal
from controller.signals.hashprice_fixed import HashpriceFixedSettings
from controller.signals.meter_modbus import MeterModbusSettings
from controller.signals.price_file import PriceFileSettings

DOCUMENT = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_its_row(refusal: Refusal) -> None:
    assert f"\n| `{refusal.value}` |" in DOCUMENT


@pytest.mark.parametrize(
    "settings", [PriceFileSettings, HashpriceFixedSettings, MeterModbusSettings]
)
def test_every_setting_is_explained_in_both_places(settings: type[BaseModel]) -> None:
    adapter = settings.model_fields["adapter"].annotation.__args__[0]  # type: ignore[union-attr]
    section = DOCUMENT.split(f"\n## `{adapter}`")[1].split("\n## ")[0]
    for name, field in settings.model_fields.items():
        if name != "adapter":
            assert f"`{name}`" in section
            assert field.description
