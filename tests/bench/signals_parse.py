"""A day of 5-minute prices for 1,000 nodes, by our parsers and by the standard library's csv or
json, on the same bytes, in turn. Formats that hold one place in a document are not among them."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from controller.signals.markets.aemo import csv_rows, dispatch_prices
from controller.signals.markets.by_node import by_node
from controller.signals.markets.caiso import REPORTS, lmps
from controller.signals.markets.ercot_settings import PriceErcotSettings
from controller.signals.markets.ercot_tables import intervals
from controller.signals.markets.nordpool import NordpoolSource, PriceNordpoolSettings
from controller.signals.markets.nyiso import COLUMNS
from controller.signals.polled.source import Ask, Page
from controller.signals.prices.http_settings import PriceHttpSettings
from controller.signals.prices.json_rows import read_prices
from controller.signals.reading.csv_rows import columns
from tests.bench.figures import Figure

NODES, STEPS, TIMES = 1_000, 288, 5
LIMIT = 2.0
"""Half the speed."""
DAY = datetime(2026, 7, 1, 5, tzinfo=UTC)
TEXAS, NEW_YORK = ZoneInfo("America/Chicago"), ZoneInfo("America/New_York")
STARTS = [DAY + timedelta(minutes=5 * step) for step in range(STEPS)]


def figures() -> list[Figure]:
    return [
        _csv("ercot_5min_lmp", _ercot(), _read_ercot),
        _csv("caiso_5min_lmp", _caiso(), lambda text: lmps(text, REPORTS["real_time_5min"])),
        _csv("nyiso_5min", _nyiso(), _read_nyiso),
        _csv("aemo_5min", _aemo(), lambda text: dispatch_prices(list(csv_rows(text)), "NSW1")),
        _json("price_http", _rows(), _read_rows),
        _json("nordpool", _areas(), _read_areas),
    ]


def _csv(name: str, text: str, ours: Callable[[str], object]) -> Figure:
    return _ratio(name, lambda: ours(text), lambda: list(csv.reader(io.StringIO(text))))


def _json(name: str, body: bytes, ours: Callable[[bytes], object]) -> Figure:
    return _ratio(name, lambda: ours(body), lambda: json.loads(body))


def _ratio(name: str, ours: Callable[[], object], library: Callable[[], object]) -> Figure:
    """The median of several, the two in turn: a machine that slows down slows both."""
    found = [_seconds(ours) / _seconds(library) for _ in range(TIMES)]
    return Figure(f"parse_{name}_over_library", median(found), "x", LIMIT)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _nodes() -> list[str]:
    return [f"NODE_{number:04}" for number in range(NODES)]


def _ercot() -> str:
    rows = ["SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP"]
    prices = {node: 20.25 + place % 50 for place, node in enumerate(_nodes())}
    for start in STARTS:
        stamp = f"{start.astimezone(TEXAS):%m/%d/%Y %H:%M}:17"
        rows += [f"{stamp},N,{node},       {price}" for node, price in prices.items()]
    return "\n".join(rows)


def _read_ercot(text: str) -> object:
    settings = PriceErcotSettings(
        adapter="price_ercot", product="lmp_5min", settlement_point="NODE_0500"
    )
    found = intervals(text, settings)
    assert len(found) == STEPS
    return found


def _caiso() -> str:
    rows = ["INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,NODE,MARKET_RUN_ID,LMP_TYPE,VALUE,GROUP"]
    for start in STARTS:
        ends = start + timedelta(minutes=5)
        times = ",".join(f"{at:%Y-%m-%dT%H:%M}:00-00:00" for at in (start, ends))
        rows += [f"{times},{node},RTM,LMP,30.5,1" for node in _nodes()]
    return "\n".join(rows)


def _nyiso() -> str:
    rows = ['"Time Stamp","Name","PTID","LBMP ($/MWHr)","Marginal Cost Losses ($/MWHr)"']
    for start in STARTS:
        stamp = f"{start.astimezone(NEW_YORK):%m/%d/%Y %H:%M}:00"
        rows += [f'"{stamp}","{node.replace("_", " ")}",61757,21.53,1.69' for node in _nodes()]
    return "\n".join(rows)


def _read_nyiso(text: str) -> object:
    found = by_node(columns(text, COLUMNS))
    assert len(found) == NODES
    return found


def _aemo() -> str:
    names = "SETTLEMENTDATE,RUNNO,REGIONID,DISPATCHINTERVAL,INTERVENTION,RRP,EEP,ROP,APCFLAG"
    rows = [
        "C,NEMP.WORLD,DISPATCHIS,AEMO,PUBLIC,2026/06/19,17:00:11",
        f"I,DISPATCH,PRICE,5,{names}",
    ]
    for start in STARTS:
        stamp = f'"{start:%Y/%m/%d %H:%M}:00"'
        regions = ["NSW1", *(f"R{number}" for number in range(NODES - 1))]
        rows += [
            f"D,DISPATCH,PRICE,5,{stamp},1,{one},20260619157,0,80.5,0,80.5,0" for one in regions
        ]
    return "\n".join([*rows, 'C,"END OF REPORT",9'])


def _rows() -> bytes:
    """A row for each interval, with all nodes in it."""
    prices = {node: 20.25 + place % 50 for place, node in enumerate(_nodes())}
    return json.dumps([{"from": start.isoformat(), **prices} for start in STARTS]).encode()


def _read_rows(body: bytes) -> object:
    settings = PriceHttpSettings(
        adapter="price_http",
        url="https://a.example",
        rows="$",
        start="from",
        price="NODE_0500",
        interval_minutes=5,
    )
    found = read_prices(body, settings, DAY)
    assert len(found) == STEPS
    return found


def _areas() -> bytes:
    prices = {f"A{place}": 20.25 + place % 50 for place in range(NODES)}
    entries = [
        {
            "deliveryStart": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "deliveryEnd": f"{start + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}",
            "entryPerArea": prices,
        }
        for start in STARTS
    ]
    said = {"currency": "EUR", "updatedAt": "2026-07-01T04:00:00Z", "multiAreaEntries": entries}
    return json.dumps(said).encode()


def _read_areas(body: bytes) -> object:
    source = NordpoolSource(PriceNordpoolSettings(adapter="price_nordpool", area="A500"))
    page = Page(ask=Ask("https://a.example"), body=body, published_at=DAY, asked_at=DAY)
    found = source.read(page)
    assert len(found) == STEPS
    return found
