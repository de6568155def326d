"""ERCOT's grid conditions, reserves and load: recorded bytes, and that nothing may follow them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from controller.config.load import load
from controller.config.problems import ConfigurationError
from controller.model.samples import ConditionSample, SignalSample
from controller.signals.local.grid_ercot import GridErcotSettings, GridErcotSource
from controller.wiring import SETTINGS
from tests.config.sound import provide, spoilt
from tests.signals.market_pages import archive, page, recorded, utc

NOW = utc("2026-08-20 09:40")
LOAD = recorded("ercot/np6-345-cd.posting-20231118.csv.zip")
PRC = recorded("ercot/daily-prc.json")


def source(product: str = "conditions", **more: Any) -> GridErcotSource:
    settings = {"product": product, "signal": "ercot", **more}
    return GridErcotSource(GridErcotSettings(adapter="grid_ercot", **settings))


def test_the_recorded_dashboard_is_a_word() -> None:
    at = utc("2026-08-20 09:38:46")
    found = source().read(page(PRC, NOW))
    assert found == (ConditionSample(name="ercot", at=at, text="Normal Conditions"),)


def test_reserves_are_a_number_with_a_comma() -> None:
    (found,) = source("reserves").read(page(PRC, NOW))
    assert isinstance(found, SignalSample)
    assert found.value == "13820"


def test_the_recorded_load_is_of_the_last_hour() -> None:
    (found,) = source("system_load", max_age_s=172_800).read(page(LOAD, NOW))
    assert isinstance(found, SignalSample)
    assert (found.at, found.value) == (utc("2023-11-18 06:00"), found.value)
    assert float(found.value) > 20_000


@pytest.mark.parametrize(
    ("product", "body", "why"),
    [
        ("conditions", b"<html>", "is not JSON"),
        ("conditions", b"{}", "there is no 'current_condition'"),
        ("conditions", b'{"current_condition": {"datetime": "noon"}}', "datetime: 'noon'"),
        ("conditions", b'{"current_condition": {"datetime": 1}}', "there is no 'title'"),
        ("system_load", archive(b"OperDay,HourEnding,TOTAL,DSTFlag\n"), "holds no hour"),
        ("system_load", archive(b"OperDay,HourEnding,TOTAL,DSTFlag\n1,2,3,N\n"), "is no hour of"),
        ("system_load", archive(b"OperDay\n1\n"), "has no column 'HourEnding'"),
    ],
)
def test_what_cannot_be_read_is_named(product: str, body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        source(product, max_age_s=172_800).read(page(body, NOW))


def test_load_comes_a_day_late() -> None:
    with pytest.raises(ValidationError, match="comes a day late"):
        source("system_load")


RULE = """rules:
  grid:
    scope: site
    signal: ercot
    kind: available_power
    kw_per_unit: 1
    safe_kw: 1
    silent_after_s: 60
feeds:
  ercot: {adapter: grid_ercot, signal: ercot, product: reserves}
"""


def test_no_rule_may_follow_it(tmp_path: Path) -> None:
    path = spoilt(provide(tmp_path), "feeds:\n", RULE)
    with pytest.raises(ConfigurationError, match="informs and never orders"):
        load(path, SETTINGS, {})
