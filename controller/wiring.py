"""Settings become objects. The dictionaries say which adapters there are: a new one is one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from controller.app.revenue import RevenueMeter
from controller.config.compose import Settings, settings_model
from controller.config.load import load
from controller.config.revenue import to_revenue_rules
from controller.config.tariffs import to_bands
from controller.fleet.antminer import ANTMINER
from controller.fleet.asic_rs import ASIC_RS_ANTMINER, ASIC_RS_LUXOS
from controller.fleet.driver import Firmware
from controller.fleet.luxos import LUXOS
from controller.fleet.switch_bank import Bank
from controller.fleet.switch_modbus import ModbusBank, SwitchModbusSettings
from controller.ledger.settings import LedgerSettings
from controller.ledger.sqlite import FILE_NAME, SqliteLedger
from controller.links.modbus import ModbusLinks
from controller.model.tariff import Band
from controller.ports import Clock, Feed, Inbox, Service, Watch
from controller.signals.local.grid_ercot import GridErcotSettings, GridErcotSource
from controller.signals.local.http import SignalHttpSource
from controller.signals.local.http_settings import SignalHttpSettings
from controller.signals.local.modbus import SignalModbus, SignalModbusSettings
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
from controller.signals.meters.modbus import MeterModbus, MeterModbusSettings
from controller.signals.mining.bitcoind import HashpriceBitcoindSettings, HashpriceBitcoindSource
from controller.signals.mining.contract import HashpriceContract, HashpriceContractSettings
from controller.signals.mining.fixed import HashpriceFixed, HashpriceFixedSettings
from controller.signals.mining.http import HashpriceHttpSettings, HashpriceHttpSource
from controller.signals.mining.mempool import HashpriceMempoolSettings, HashpriceMempoolSource
from controller.signals.polled.source import Source
from controller.signals.prices.file import PriceFile, PriceFileSettings
from controller.signals.prices.http import PriceHttpSource
from controller.signals.prices.http_settings import PriceHttpSettings
from controller.signals.prices.tariff import PriceTariff, PriceTariffSettings
from controller.signals.revenue.reading import read_revenue_file
from controller.signals.subscribed.prices import PriceMqttSettings, PriceReader
from controller.signals.subscribed.values import (
    HashpriceMqttSettings,
    MeterMqttSettings,
    SignalMqttSettings,
    ValueReader,
)

if TYPE_CHECKING:
    from controller.signals.subscribed.feed import Reader

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True)
class Reach:
    """What feeds share."""

    clock: Clock
    modbus: ModbusLinks
    state_dir: Path
    """For what a feed has to remember across restarts; it may not exist yet."""
    tariff: tuple[Band, ...] = ()
    """The energy prices by time of use, where the site has such a tariff."""
    zone: str = "UTC"
    """By whose clocks."""
    site: str = ""
    """Whose they are: its id."""
    hosts: frozenset[str] | None = None
    """The only ones that may be asked for documents; None: those of each feed's own settings."""


@dataclass(frozen=True)
class FeedAdapter(Generic[S]):
    """A source of samples, as the configuration chooses it by `adapter`."""

    settings: type[S]
    build: Callable[[str, S, Reach], Feed]


@dataclass(frozen=True)
class SwitchAdapter(Generic[S]):
    """Switches of the miners of a group; `build` is given the links that all of them share."""

    settings: type[S]
    build: Callable[[S, ModbusLinks], Bank]


@dataclass(frozen=True)
class LedgerAdapter(Generic[S]):
    """A way to keep the books; `build` is given the state directory."""

    settings: type[S]
    build: Callable[[S, Path], SqliteLedger]


def _polled(source: Callable[[Any], Source]) -> Callable[[str, Any, Reach], Feed]:
    """How a feed is built whose source is fetched from the web."""

    def build(name: str, settings: Any, reach: Reach) -> Feed:
        from controller.signals.polled.feed import PolledFeed  # loads aiohttp

        one = source(settings)
        return PolledFeed(name, settings, reach.clock, reach.state_dir, one, allowed=reach.hosts)

    return build


def _subscribed(reader: Callable[[Any], Reader]) -> Callable[[str, Any, Reach], Feed]:
    """How a feed is built that listens to a broker."""

    def build(name: str, settings: Any, reach: Reach) -> Feed:
        from controller.signals.subscribed.feed import SubscribedFeed  # loads aiomqtt

        return SubscribedFeed(name, settings, reach.clock, reach.site, reader(settings))

    return build


FEEDS: Mapping[str, FeedAdapter[Any]] = {
    "price_file": FeedAdapter(PriceFileSettings, lambda n, s, r: PriceFile(n, s, r.clock)),
    "price_tariff": FeedAdapter(
        PriceTariffSettings, lambda n, _, r: PriceTariff(n, r.tariff, r.zone, r.clock)
    ),
    "price_http": FeedAdapter(PriceHttpSettings, _polled(PriceHttpSource)),
    "price_ercot": FeedAdapter(PriceErcotSettings, _polled(ErcotSource)),
    "price_entsoe": FeedAdapter(PriceEntsoeSettings, _polled(EntsoeSource)),
    "price_nordpool": FeedAdapter(PriceNordpoolSettings, _polled(NordpoolSource)),
    "price_energy_charts": FeedAdapter(PriceEnergyChartsSettings, _polled(EnergyChartsSource)),
    "price_aemo": FeedAdapter(PriceAemoSettings, _polled(AemoSource)),
    "price_nyiso": FeedAdapter(PriceNyisoSettings, _polled(NyisoSource)),
    "price_caiso": FeedAdapter(PriceCaisoSettings, _polled(CaisoSource)),
    "price_mqtt": FeedAdapter(PriceMqttSettings, _subscribed(PriceReader)),
    "hashprice_mqtt": FeedAdapter(HashpriceMqttSettings, _subscribed(ValueReader)),
    "meter_mqtt": FeedAdapter(MeterMqttSettings, _subscribed(ValueReader)),
    "signal_mqtt": FeedAdapter(SignalMqttSettings, _subscribed(ValueReader)),
    "hashprice_fixed": FeedAdapter(
        HashpriceFixedSettings, lambda n, s, r: HashpriceFixed(n, s, r.clock)
    ),
    "hashprice_contract": FeedAdapter(
        HashpriceContractSettings, lambda n, s, r: HashpriceContract(n, s, r.clock)
    ),
    "hashprice_http": FeedAdapter(HashpriceHttpSettings, _polled(HashpriceHttpSource)),
    "hashprice_mempool": FeedAdapter(HashpriceMempoolSettings, _polled(HashpriceMempoolSource)),
    "hashprice_bitcoind": FeedAdapter(HashpriceBitcoindSettings, _polled(HashpriceBitcoindSource)),
    "meter_modbus": FeedAdapter(
        MeterModbusSettings, lambda n, s, r: MeterModbus(n, s, r.clock, r.modbus)
    ),
    "meter_http": FeedAdapter(MeterHttpSettings, _polled(MeterHttpSource)),
    "grid_ercot": FeedAdapter(GridErcotSettings, _polled(GridErcotSource)),
    "signal_modbus": FeedAdapter(
        SignalModbusSettings, lambda n, s, r: SignalModbus(n, s, r.clock, r.modbus)
    ),
    "signal_http": FeedAdapter(SignalHttpSettings, _polled(SignalHttpSource)),
}

DRIVERS: Mapping[str, Firmware] = {
    "luxos": LUXOS,
    "antminer": ANTMINER,
    "asic_rs_luxos": ASIC_RS_LUXOS,
    "asic_rs_antminer": ASIC_RS_ANTMINER,
}

SWITCHES: Mapping[str, SwitchAdapter[Any]] = {
    "switch_modbus": SwitchAdapter(SwitchModbusSettings, ModbusBank),
}

LEDGERS: Mapping[str, LedgerAdapter[Any]] = {
    "sqlite": LedgerAdapter(LedgerSettings, lambda _, folder: SqliteLedger(folder / FILE_NAME)),
}

SETTINGS = settings_model(feeds=FEEDS, drivers=DRIVERS, switches=SWITCHES, ledgers=LEDGERS)
"""The model of every configuration file."""


def load_settings(path: Path) -> Settings:
    """The configuration in `path` with the environment over it.

    Raises:
        ConfigurationError: naming the place, key and reason of every error.
    """
    return load(path, SETTINGS)


def reach_of(settings: Settings, clock: Clock) -> Reach:
    """What the feeds of one process share."""
    hosts = settings.outbound.hosts
    return Reach(
        clock=clock,
        modbus=ModbusLinks(),
        state_dir=settings.state_dir,
        tariff=to_bands(settings.tariff.energy, settings.calendar) if settings.tariff else (),
        zone=settings.site.zone,
        site=settings.site.id,
        hosts=None if hosts is None else frozenset(hosts),
    )


def build_feeds(
    settings: Settings, reach: Reach, *, adapters: Mapping[str, FeedAdapter[Any]] = FEEDS
) -> dict[str, Feed]:
    """Every configured feed, by its name."""
    return {
        name: adapters[feed.adapter].build(name, feed, reach)
        for name, feed in settings.feeds.items()
    }


def build_switches(
    settings: Settings, *, adapters: Mapping[str, SwitchAdapter[Any]] = SWITCHES
) -> dict[str, Bank]:
    """The switches of every group that has some, by its name."""
    links = ModbusLinks()
    return {
        name: adapters[group.switches.adapter].build(group.switches, links)
        for name, group in settings.groups.items()
        if group.switches is not None
    }


def build_services(
    settings: Settings, clock: Clock, inbox: Inbox, watch: Watch
) -> tuple[Service, ...]:
    """What lives beside the loop and is configured."""
    if settings.mqtt is None:
        return ()
    from controller.surfaces.mqtt.service import MqttService

    return (MqttService(settings.mqtt, settings.site.id, inbox, watch, clock),)


def build_revenue_meter(settings: Settings) -> RevenueMeter | None:
    """How files of the revenue meter are read and judged, where it is configured."""
    meter = settings.revenue_meter
    if meter is None:
        return None
    return RevenueMeter(
        read=partial(read_revenue_file, settings=meter), rules=to_revenue_rules(settings, meter)
    )


def build_ledger(settings: Settings) -> SqliteLedger:
    """The books in the state directory. It still has to be opened."""
    return LEDGERS[settings.ledger.adapter].build(settings.ledger, settings.state_dir)


def ledger_path(settings: Settings) -> Path:
    """The database file of the books, for those who read it."""
    return build_ledger(settings).path
