"""Feeds as the configuration builds them, each beside a server of documents or a real broker."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import paho.mqtt.publish as published
from paho.mqtt.enums import MQTTProtocolVersion

from controller.links.modbus import ModbusLinks
from controller.model.tariff import Band
from controller.ports import Feed
from controller.wiring import FEEDS, Reach
from tests.mqtt.broker import HOST, Broker
from tests.signals.bitcoin_node import COOKIE, Node, running
from tests.signals.documents import documents
from tests.signals.market_pages import recorded, utc
from tests.signals.mempool_service import NOW as HALF_NOVEMBER
from tests.signals.mempool_service import service
from tests.signals.test_ercot import DOCUMENT, LISTING, listed, one_quarter
from tests.signals.test_markets_fetched import DAY_AHEAD, OASIS, dispatch, folder_of, hours, lmp
from tests.virtual_clock import VirtualClock

Make = Callable[[VirtualClock, Path], Any]
"""Gives a feed for as long as a `with` block lasts."""
START = VirtualClock().now()
SUMMER = utc("2026-07-01 16:01")
TOPIC = "site/value"
DATED = b'{"at": "2023-09-06T16:59:58Z", "v": 60.5}'
ROWS = b'[{"from": "2023-09-06T17:00:00Z", "v": 48.2}]'
ROW = {"rows": "$", "start": "from", "price": "v", "interval_minutes": 15}
ENTSOE = "entsoe/lv_202601032300-202601042300.xml"
NORDPOOL = "nordpool/delivery_period_nl_20241105_PT60M.json"
HOURS = {"unix_seconds": [1_694_019_600, 1_694_023_200], "price": [90.8, 91], "unit": "EUR/MWh"}


def built(adapter: str, clock: VirtualClock, folder: Path, /, **settings: Any) -> Feed:
    one = FEEDS[adapter]
    day = (Band(name="all-day", per_mwh=48),)  # type: ignore[arg-type]
    reach = Reach(clock=clock, modbus=ModbusLinks(), state_dir=folder, tariff=day, site="north")
    checked = one.settings.model_validate({"adapter": adapter, **settings})
    return one.build(adapter, checked, reach)


@asynccontextmanager
async def alone(
    adapter: str, settings: Mapping[str, Any], clock: VirtualClock, folder: Path
) -> AsyncIterator[Feed]:
    yield built(adapter, clock, folder, **settings)


@asynccontextmanager
async def fetched(
    adapter: str,
    bodies: Mapping[str, bytes],
    settings: Mapping[str, Any],
    clock: VirtualClock,
    folder: Path,
) -> AsyncIterator[Feed]:
    """The address stands in place of `URL` in the settings; there is a file with a secret."""
    secret = folder / "secret"
    secret.write_text("a-secret-token")
    secret.chmod(0o600)
    async with documents(bodies=dict(bodies)) as server:
        said = {key: _place(value, server.url, secret) for key, value in settings.items()}
        yield built(adapter, clock, folder, **said)


def _place(value: Any, url: str, secret: Path) -> Any:
    text = value if isinstance(value, str) else ""
    return secret if text == "SECRET" else url + text[3:] if text.startswith("URL") else value


@asynccontextmanager
async def node(clock: VirtualClock, folder: Path) -> AsyncIterator[Feed]:
    cookie = folder / ".cookie"
    cookie.write_text(COOKIE)
    cookie.chmod(0o600)
    price = {"bitcoin_price": 87_235, "blocks": 10}
    async with running(Node()) as url:
        yield built("hashprice_bitcoind", clock, folder, url=url, basic_file=cookie, **price)


@asynccontextmanager
async def kept(
    adapter: str,
    payload: bytes,
    settings: Mapping[str, Any],
    clock: VirtualClock,
    folder: Path,
) -> AsyncIterator[Feed]:
    """Of what the broker kept."""
    broker = Broker(folder)
    broker.start()
    try:
        published.single(
            TOPIC,
            payload,
            qos=1,
            retain=True,
            hostname=HOST,
            port=broker.port,
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        where = {"broker": {"host": HOST, "port": broker.port, "tls": False}, "topic": TOPIC}
        yield built(adapter, clock, folder, **where, **settings)
    finally:
        broker.kill()


TERMS = {"contract": "forward 17", "terms": [{"begins": "2023-01-01", "per_ph_day": 48}]}
BASE = {"base_url": "URL"}
ONE_QUARTER = {
    LISTING: listed((1, "a.csv.zip", "2026-09-29T10:45:20-05:00")),
    DOCUMENT: one_quarter("19.95"),
}
CONDITIONS = {"api/1/services/read/dashboards/daily-prc.json": recorded("ercot/daily-prc.json")}
WIRED: Mapping[str, tuple[datetime, Make]] = {
    "price_tariff": (START, partial(alone, "price_tariff", {})),
    "hashprice_contract": (START, partial(alone, "hashprice_contract", TERMS)),
    "price_ercot": (
        utc("2026-09-29 15:47"),
        partial(fetched, "price_ercot", ONE_QUARTER, {**BASE, "settlement_point": "HB_WEST"}),
    ),
    "price_aemo": (
        SUMMER,
        partial(
            fetched,
            "price_aemo",
            folder_of((205, dispatch("2026/07/02 02:05:00", "81.5"))),
            {**BASE, "region": "NSW1"},
        ),
    ),
    "price_nyiso": (
        SUMMER,
        partial(
            fetched,
            "price_nyiso",
            {DAY_AHEAD: hours("30.25")},
            {**BASE, "zone": "WEST", "product": "day_ahead"},
        ),
    ),
    "price_caiso": (
        SUMMER,
        partial(fetched, "price_caiso", {OASIS: lmp("74.63")}, {**BASE, "node": "HUB"}),
    ),
    "price_entsoe": (
        utc("2026-01-04 12:00"),
        partial(
            fetched,
            "price_entsoe",
            {"api": recorded(ENTSOE)},
            {**BASE, "area": "10YLV-1001A00074", "token_file": "SECRET"},
        ),
    ),
    "price_nordpool": (
        utc("2024-11-05 12:30"),
        partial(
            fetched,
            "price_nordpool",
            {"api/DayAheadPrices": recorded(NORDPOOL)},
            {**BASE, "area": "NL"},
        ),
    ),
    "price_energy_charts": (
        START,
        partial(
            fetched,
            "price_energy_charts",
            {"price": json.dumps(HOURS).encode()},
            {**BASE, "bidding_zone": "DE-LU"},
        ),
    ),
    "hashprice_http": (
        START,
        partial(fetched, "hashprice_http", {"now": DATED}, {"url": "URL/now", "value": "v"}),
    ),
    "hashprice_mempool": (HALF_NOVEMBER, partial(fetched, "hashprice_mempool", service(), BASE)),
    "hashprice_bitcoind": (HALF_NOVEMBER, node),
    "meter_http": (
        START,
        partial(
            fetched, "meter_http", {"now": DATED}, {"url": "URL/now", "value": "v", "unit": "kw"}
        ),
    ),
    "grid_ercot": (
        utc("2026-08-20 09:40"),
        partial(fetched, "grid_ercot", CONDITIONS, {**BASE, "signal": "grid-state"}),
    ),
    "price_mqtt": (START, partial(kept, "price_mqtt", ROWS, ROW)),
    "hashprice_mqtt": (START, partial(kept, "hashprice_mqtt", DATED, {"value": "v", "at": "at"})),
    "meter_mqtt": (
        START,
        partial(kept, "meter_mqtt", DATED, {"value": "v", "at": "at", "unit": "kw"}),
    ),
    "signal_mqtt": (
        START,
        partial(
            kept,
            "signal_mqtt",
            DATED,
            {"value": "v", "at": "at", "signal": "inlet-a", "least": 0, "most": 100},
        ),
    ),
}
