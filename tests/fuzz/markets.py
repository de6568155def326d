"""Targets of the markets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from controller.signals.local.grid_ercot import GridErcotSettings, GridErcotSource
from controller.signals.markets.aemo import AemoSource, PriceAemoSettings
from controller.signals.markets.caiso import CaisoSource, PriceCaisoSettings
from controller.signals.markets.energy_charts import (
    EnergyChartsSource,
    PriceEnergyChartsSettings,
)
from controller.signals.markets.entsoe import EntsoeSource
from controller.signals.markets.entsoe_settings import PriceEntsoeSettings
from controller.signals.markets.ercot import ErcotSource
from controller.signals.markets.ercot_settings import PriceErcotSettings
from controller.signals.markets.nordpool import NordpoolSource, PriceNordpoolSettings
from controller.signals.markets.nyiso import NyisoSource, PriceNyisoSettings
from controller.signals.reading.unzip import member
from tests.fuzz.target import Target, lists, ours, packed, reads, recorded, seeds, zipped

NO_DATA = "caiso/oasis-no-data-or-error-SLD_FCST-20231116.xml.zip"
LIMIT_BYTES = 1_048_576


def _ercot(product: str) -> ErcotSource:
    said: Any = {"product": product, "settlement_point": "HB_WEST"}
    return ErcotSource(PriceErcotSettings(adapter="price_ercot", **said))


def _grid(product: str) -> GridErcotSource:
    said: Any = {"product": product, "signal": "ercot", "max_age_s": 172_800}
    return GridErcotSource(GridErcotSettings(adapter="grid_ercot", **said))


def _aemo() -> AemoSource:
    return AemoSource(PriceAemoSettings(adapter="price_aemo", region="NSW1"))


def _nyiso(product: Any) -> NyisoSource:
    return NyisoSource(PriceNyisoSettings(adapter="price_nyiso", product=product, zone="WEST"))


def _caiso() -> CaisoSource:
    return CaisoSource(PriceCaisoSettings(adapter="price_caiso", node="A"))


def _entsoe() -> EntsoeSource:
    said: Any = {"area": "10YLV-1001A00074", "token_file": Path("token")}
    return EntsoeSource(PriceEntsoeSettings(adapter="price_entsoe", **said))


def _nordpool() -> NordpoolSource:
    return NordpoolSource(PriceNordpoolSettings(adapter="price_nordpool", area="NL"))


def _energy_charts() -> EnergyChartsSource:
    said: Any = {"bidding_zone": "DE-LU"}
    return EnergyChartsSource(PriceEnergyChartsSettings(adapter="price_energy_charts", **said))


def _unzipped(body: bytes) -> object:
    return ours(lambda: member(body, (".csv", ".xml"), LIMIT_BYTES))


ERCOT: Mapping[str, Target] = {
    "price_ercot_spp": Target(
        packed(reads(lambda: _ercot("spp_15min"))), recorded("ercot/np6-905-cd.archive.csv")
    ),
    "price_ercot_lmp": Target(
        packed(reads(lambda: _ercot("lmp_5min"))), recorded("ercot/np6-788-cd.archive.csv")
    ),
    "price_ercot_day_ahead": Target(
        packed(reads(lambda: _ercot("day_ahead"))), recorded("ercot/np4-190-cd.archive.csv")
    ),
    "price_ercot_listing": Target(lists(lambda: _ercot("spp_15min")), seeds("ercot-listing.json")),
    "grid_ercot": Target(reads(lambda: _grid("conditions")), recorded("ercot/daily-prc.json")),
    "grid_ercot_load": Target(packed(reads(lambda: _grid("system_load"))), seeds("ercot-load.csv")),
}

MARKETS: Mapping[str, Target] = {
    **ERCOT,
    "price_aemo": Target(packed(reads(_aemo)), seeds("aemo.csv")),
    "price_aemo_listing": Target(lists(_aemo), (b"<a>PUBLIC_DISPATCHIS_202606191705_1.zip</a>",)),
    "price_nyiso": Target(reads(lambda: _nyiso("real_time")), seeds("nyiso.csv")),
    "price_nyiso_day_ahead": Target(
        reads(lambda: _nyiso("day_ahead")), seeds("nyiso-day-ahead.csv")
    ),
    "price_caiso": Target(packed(reads(_caiso)), seeds("caiso.csv")),
    "price_caiso_refusal": Target(packed(reads(_caiso), "a.xml"), seeds("caiso-refusal.xml")),
    "price_entsoe": Target(
        reads(_entsoe),
        (*recorded("entsoe/lv_202509112200-202509122200.xml"), *seeds("entsoe-refusal.xml")),
    ),
    "price_nordpool": Target(
        reads(_nordpool), recorded("nordpool/delivery_period_nl_20241105_PT60M.json")
    ),
    "price_energy_charts": Target(reads(_energy_charts), seeds("energy-charts.json")),
    "unzip": Target(_unzipped, (*recorded(NO_DATA), zipped(b"a,b\n1,2\n", "a.csv"))),
}
