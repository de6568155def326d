"""A day of 5-minute prices of 1,000 nodes: a feed's whole reading of a reply, from its bytes to the
prices of one node, and the standard library's csv or json of the same, in turn.

The library's rows are read to the end and not kept, and what came zipped is unzipped on our side
alone. Formats of one place to a document are not here.
"""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from collections import deque
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from controller.signals.markets.aemo import AemoSource, PriceAemoSettings
from controller.signals.markets.caiso import CaisoSource, PriceCaisoSettings
from controller.signals.markets.ercot import ErcotSource
from controller.signals.markets.ercot_settings import PriceErcotSettings
from controller.signals.markets.nordpool import NordpoolSource, PriceNordpoolSettings
from controller.signals.markets.nyiso import NyisoSource, PriceNyisoSettings
from controller.signals.polled.source import Ask, Page, Source
from controller.signals.prices.http import PriceHttpSource
from controller.signals.prices.http_settings import PriceHttpSettings
from tests.bench import signals_documents as documents
from tests.bench.figures import Figure
from tests.bench.signals_documents import DAY, NODE, STARTS

TIMES = 5
LIMIT = 2.0
"""Half the speed."""
URL = "https://market.example"
LARGEST: Mapping[str, Any] = {"reply_limit_bytes": 67_108_864}


def figures() -> list[Figure]:
    return [
        _csv("ercot_5min_lmp", _zipped(documents.ercot()), _ercot()),
        _csv("caiso_5min_lmp", _zipped(documents.caiso()), _caiso()),
        _csv("aemo_5min", _zipped(documents.aemo()), _aemo()),
        _csv("nyiso_5min", documents.nyiso().encode(), _nyiso()),
        _json("price_http", documents.rows().encode(), _rows()),
        _json("nordpool", documents.nordpool().encode(), _nordpool()),
    ]


def _ercot() -> Source:
    said: Any = {"product": "lmp_5min", "settlement_point": NODE, **LARGEST}
    return ErcotSource(PriceErcotSettings(adapter="price_ercot", **said))


def _caiso() -> Source:
    return CaisoSource(PriceCaisoSettings(adapter="price_caiso", node=NODE, **LARGEST))


def _aemo() -> Source:
    return AemoSource(PriceAemoSettings(adapter="price_aemo", region="NSW1", **LARGEST))


def _nyiso() -> Source:
    return NyisoSource(PriceNyisoSettings(adapter="price_nyiso", zone=NODE, **LARGEST))


def _rows() -> Source:
    paths: Any = {"rows": "$", "start": "from", "price": NODE, "interval_minutes": 5}
    return PriceHttpSource(PriceHttpSettings(adapter="price_http", url=URL, **paths))


def _nordpool() -> Source:
    return NordpoolSource(PriceNordpoolSettings(adapter="price_nordpool", area=NODE))


def _csv(name: str, body: bytes, source: Source) -> Figure:
    text = _text(body)
    return _ratio(name, body, source, lambda: deque(csv.reader(io.StringIO(text)), maxlen=0))


def _json(name: str, body: bytes, source: Source) -> Figure:
    return _ratio(name, body, source, lambda: json.loads(body))


def _ratio(name: str, body: bytes, source: Source, library: Callable[[], object]) -> Figure:
    """The median of several, the two in turn: a machine that slows down slows both."""
    page = Page(ask=Ask(URL), body=body, published_at=DAY, asked_at=DAY)
    found = []
    for _ in range(TIMES):
        ours_s = _seconds(lambda: _whole(source, page))
        found.append(ours_s / _seconds(library))
    return Figure(f"parse_{name}_over_library", median(found), "x", LIMIT)


def _whole(source: Source, page: Page) -> None:
    assert len(source.read(page)) == len(STARTS)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _zipped(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", text)
    return packed.getvalue()


def _text(body: bytes) -> str:
    """Of what may be zipped."""
    packed = io.BytesIO(body)
    if not zipfile.is_zipfile(packed):
        return body.decode()
    with zipfile.ZipFile(packed) as archive:
        return archive.read("a.csv").decode()
