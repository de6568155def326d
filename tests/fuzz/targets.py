"""Everything that reads bytes of others, each as a function of bytes; and bytes to begin with.

What may escape from a target is one of our own two errors. Where a reader raises ValueError with
words of its own, its feed turns that into one: so do the targets.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from controller.errors import TemporaryError
from controller.signals.local.grid_ercot import GridErcotSettings, GridErcotSource
from controller.signals.local.http import SignalHttpSource
from controller.signals.local.http_settings import SignalHttpSettings
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
from controller.signals.meters.http import MeterHttpSettings, MeterHttpSource
from controller.signals.meters.mapped import MappedMeter
from controller.signals.meters.register_map import Registers, shipped
from controller.signals.meters.sunspec import METER_REGISTERS, decode_meter
from controller.signals.mining.bitcoind import HashpriceBitcoindSettings, HashpriceBitcoindSource
from controller.signals.mining.http import HashpriceHttpSettings, HashpriceHttpSource
from controller.signals.mining.mempool import HashpriceMempoolSettings, HashpriceMempoolSource
from controller.signals.polled.last_answer import Kept
from controller.signals.polled.rounds import understood
from controller.signals.polled.source import Ask, Page, Source
from controller.signals.prices.http import PriceHttpSource
from controller.signals.prices.http_settings import PriceHttpSettings
from controller.signals.revenue.reading import read_revenue_file
from controller.signals.revenue.settings import RevenueMeterSettings
from controller.signals.subscribed.prices import PriceMqttSettings, PriceReader
from controller.signals.subscribed.values import (
    HashpriceMqttSettings,
    MeterMqttSettings,
    SignalMqttSettings,
    ValueReader,
)
from controller.surfaces.strict_json import MalformedBodyError, parse_object
from controller.surfaces.webhooks.mapping import MappingError, dispatch_of
from controller.surfaces.webhooks.settings import MappedSettings

RECORDED = Path(__file__).parents[1] / "signals" / "recorded"
NO_DATA = "caiso/oasis-no-data-or-error-SLD_FCST-20231116.xml.zip"
SEEDS = Path(__file__).parent / "seeds"
NOW = datetime(2026, 9, 29, 17, 0, tzinfo=UTC)
BASE = "https://market.example"
BROKER = {"host": "127.0.0.1", "tls": False}


@dataclass(frozen=True)
class Target:
    """A reader, and the bytes that its inputs grow from."""

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]


SUNSPEC = b"\x00\xcb\x00\x69" + b"\0" * 106


def _page(body: bytes, ask: Ask) -> Page:
    return Page(ask=ask, body=body, published_at=NOW, asked_at=NOW)


def reads(make: Callable[[], Source], url: str = BASE, *, posted: bool = False) -> Any:
    """Documents of a source, each read by a new one."""
    ask = Ask(url, body=b"[]" if posted else None)
    return lambda body: understood(make(), _page(body, ask))


def lists(make: Callable[[], Source]) -> Any:
    """Its listings."""

    def read(body: bytes) -> Sequence[Ask]:
        return _ours(lambda: make().listed(_page(body, Ask(BASE, listing=True)), NOW))

    return read


def _ours[T](work: Callable[[], T], kinds: tuple[type[Exception], ...] = (ValueError,)) -> T:
    try:
        return work()
    except kinds as error:
        raise TemporaryError(str(error)) from error


def _ercot(product: str, **more: Any) -> ErcotSource:
    said = {"product": product, "settlement_point": "HB_WEST", **more}
    return ErcotSource(PriceErcotSettings(adapter="price_ercot", **said))


def _hashprice() -> HashpriceMempoolSource:
    return HashpriceMempoolSource(HashpriceMempoolSettings(adapter="hashprice_mempool"))


def _asked(place: int) -> str:
    """The address of a document of the service."""
    return _hashprice().asks(NOW)[place].url


def _node() -> HashpriceBitcoindSource:
    said = {"url": "http://127.0.0.1:8332", "bitcoin_price": 1, "blocks": 1}
    return HashpriceBitcoindSource(HashpriceBitcoindSettings(adapter="hashprice_bitcoind", **said))


def _rows(settings: type[Any], **more: Any) -> Any:
    said = {"rows": "$", "start": "from", "price": "p", "interval_minutes": 15, **more}
    return settings(**said)


def _letters(reader: Any) -> Callable[[bytes], object]:
    return lambda body: _ours(lambda: reader.read(body, NOW, retained=False))


def _value(settings: type[Any], adapter: str, **more: Any) -> Callable[[bytes], object]:
    said = {"broker": BROKER, "topic": "a", "value": "v", "at": "at", **more}
    return _letters(ValueReader(settings(adapter=adapter, **said)))


def _grid(product: str) -> Callable[[], Source]:
    said = {"product": product, "signal": "ercot", "max_age_s": 172_800}
    return lambda: GridErcotSource(GridErcotSettings(adapter="grid_ercot", **said))


def _webhook(body: bytes) -> object:
    paths = {"id": "a.id", "version": "a.v", "issued_at": "a.at", "kw": "a.kw"}
    mapped = MappedSettings(program="p", time_format="unix_s", **paths)
    return _ours(
        lambda: dispatch_of(parse_object(body), mapped), (MalformedBodyError, MappingError)
    )


def _words(body: bytes, count: int) -> list[int]:
    padded = body.ljust(2 * count, b"\0")[: 2 * count]
    return [int.from_bytes(padded[place : place + 2], "big") for place in range(0, 2 * count, 2)]


def _mapped(body: bytes) -> object:
    """Registers of a map, without a wire: whatever they hold."""

    async def read(one: Registers) -> list[int]:
        return _words(body, one.count)

    reading = MappedMeter(shipped("siemens-pac2200")).read(read)
    try:
        reading.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waited")


def _kept(body: bytes) -> object:
    return _ours(lambda: msgspec.json.decode(body, type=Kept), (msgspec.DecodeError,))


def _file(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def _seed(name: str) -> bytes:
    return (SEEDS / name).read_bytes()


def _rows_of(product: str) -> tuple[bytes, ...]:
    """A recorded report of ERCOT."""
    return (zipped(_file(f"ercot/{product}.archive.csv")),)


def _seeds(*names: str) -> tuple[bytes, ...]:
    return tuple(_seed(name) for name in names)


def zipped(body: bytes, name: str = "a.csv") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(name), body)
    return packed.getvalue()


TARGETS: Mapping[str, Target] = {
    "price_ercot_spp": Target(reads(lambda: _ercot("spp_15min")), _rows_of("np6-905-cd")),
    "price_ercot_lmp": Target(reads(lambda: _ercot("lmp_5min")), _rows_of("np6-788-cd")),
    "price_ercot_day_ahead": Target(reads(lambda: _ercot("day_ahead")), _rows_of("np4-190-cd")),
    "price_ercot_listing": Target(lists(lambda: _ercot("spp_15min")), _seeds("ercot-listing.json")),
    "price_aemo": Target(
        reads(lambda: AemoSource(PriceAemoSettings(adapter="price_aemo", region="NSW1"))),
        (zipped(_seed("aemo.csv")),),
    ),
    "price_aemo_listing": Target(
        lists(lambda: AemoSource(PriceAemoSettings(adapter="price_aemo", region="NSW1"))),
        (b"<a>PUBLIC_DISPATCHIS_202606191705_1.zip</a>",),
    ),
    "price_nyiso": Target(
        reads(lambda: NyisoSource(PriceNyisoSettings(adapter="price_nyiso", zone="WEST"))),
        _seeds("nyiso.csv"),
    ),
    "price_caiso": Target(
        reads(lambda: CaisoSource(PriceCaisoSettings(adapter="price_caiso", node="A"))),
        (
            zipped(_seed("caiso.csv")),
            _file("caiso/oasis-no-data-or-error-SLD_FCST-20231116.xml.zip"),
        ),
    ),
    "price_entsoe": Target(
        reads(
            lambda: EntsoeSource(
                PriceEntsoeSettings(
                    adapter="price_entsoe", area="10YLV-1001A00074", token_file=Path("t")
                )
            )
        ),
        (_file("entsoe/lv_202509112200-202509122200.xml"),),
    ),
    "price_nordpool": Target(
        reads(lambda: NordpoolSource(PriceNordpoolSettings(adapter="price_nordpool", area="NL"))),
        (_file("nordpool/delivery_period_nl_20241105_PT60M.json"),),
    ),
    "price_energy_charts": Target(
        reads(
            lambda: EnergyChartsSource(
                PriceEnergyChartsSettings(adapter="price_energy_charts", bidding_zone="DE-LU")
            )
        ),
        _seeds("energy-charts.json"),
    ),
    "price_http": Target(
        reads(lambda: PriceHttpSource(_rows(PriceHttpSettings, adapter="price_http", url=BASE))),
        _seeds("prices.json"),
    ),
    "price_mqtt": Target(
        _letters(
            PriceReader(_rows(PriceMqttSettings, adapter="price_mqtt", broker=BROKER, topic="a"))
        ),
        _seeds("prices.json"),
    ),
    "hashprice_mempool_blocks": Target(reads(_hashprice, _asked(0)), _seeds("mempool-blocks.json")),
    "hashprice_mempool_network": Target(
        reads(_hashprice, _asked(1)), _seeds("mempool-network.json")
    ),
    "hashprice_mempool_rewards": Target(
        reads(_hashprice, _asked(2)), _seeds("mempool-rewards.json")
    ),
    "hashprice_mempool": Target(reads(_hashprice, _asked(3)), _seeds("mempool-prices.json")),
    "hashprice_bitcoind": Target(reads(_node, posted=True), _seeds("bitcoind-stats.json")),
    "hashprice_bitcoind_tip": Target(lists(_node), _seeds("bitcoind-tip.json")),
    "hashprice_http": Target(
        reads(
            lambda: HashpriceHttpSource(
                HashpriceHttpSettings(adapter="hashprice_http", url=BASE, value="v")
            )
        ),
        _seeds("value.json"),
    ),
    "hashprice_mqtt": Target(_value(HashpriceMqttSettings, "hashprice_mqtt"), _seeds("value.json")),
    "meter_http": Target(
        reads(
            lambda: MeterHttpSource(
                MeterHttpSettings(adapter="meter_http", url=BASE, value="v", energy="e", at="at")
            )
        ),
        _seeds("value.json"),
    ),
    "meter_mqtt": Target(_value(MeterMqttSettings, "meter_mqtt", energy="e"), _seeds("value.json")),
    "meter_modbus": Target(_mapped, (b"\x40\xb8\x17" + b"\0" * 5,)),
    "meter_modbus_sunspec": Target(
        lambda body: decode_meter(_words(body, METER_REGISTERS)),
        (SUNSPEC,),
    ),
    "signal_http": Target(
        reads(
            lambda: SignalHttpSource(
                SignalHttpSettings(
                    adapter="signal_http", url=BASE, signal="s", value="v", at="at", least=0, most=9
                )
            )
        ),
        _seeds("value.json"),
    ),
    "signal_mqtt": Target(
        _value(SignalMqttSettings, "signal_mqtt", signal="s", least=0, most=9),
        _seeds("value.json"),
    ),
    "grid_ercot": Target(reads(_grid("conditions")), (_file("ercot/daily-prc.json"),)),
    "grid_ercot_load": Target(
        reads(_grid("system_load")), (_file("ercot/np6-345-cd.posting-20231118.csv.zip"),)
    ),
    "revenue_meter": Target(
        lambda body: _ours(
            lambda: read_revenue_file(
                body,
                RevenueMeterSettings(
                    time_column="time", zone="UTC", energy_column="kwh", unit="kwh"
                ),
            )
        ),
        _seeds("revenue.csv"),
    ),
    "webhook": Target(_webhook, _seeds("webhook.json")),
    "last_answer": Target(_kept, (b'{"source": "a", "answers": []}',)),
}
"""By name: an adapter's first, with what it reads after it."""
