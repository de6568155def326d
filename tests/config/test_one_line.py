"""A new feed, firmware or switch is one file and one line; a new program is configuration only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Literal

from controller.clock import SiteClock
from controller.config.compose import settings_model
from controller.config.load import load
from controller.config.section import Section
from controller.config.site import to_site
from controller.fleet.driver import Driver, Firmware, Toolbox
from controller.fleet.fleet import MinerFleet
from controller.fleet.luxos import LUXOS
from controller.fleet.settings import GroupMiners
from controller.model.grid import Obligation
from controller.model.samples import MeterSample
from controller.ports import Clock
from controller.wiring import (
    DRIVERS,
    FEEDS,
    LEDGERS,
    SETTINGS,
    SWITCHES,
    FeedAdapter,
    SwitchAdapter,
    build_feeds,
    build_switches,
    reach_of,
)
from tests.config.conftest import Spoil


# What stands in the one file of a new feed ...
class DialSettings(Section):
    adapter: Literal["dial"]
    scope: str
    watts: float


class Dial:
    def __init__(self, name: str, settings: DialSettings, clock: Clock) -> None:
        self.name, self._settings, self._clock = name, settings, clock

    async def samples(self) -> AsyncIterator[MeterSample]:
        scope, watts = self._settings.scope, self._settings.watts
        yield MeterSample(scope=scope, at=self._clock.now(), power_w=watts)


# ... and its one line.
MORE_FEEDS = {**FEEDS, "dial": FeedAdapter(DialSettings, lambda n, s, r: Dial(n, s, r.clock))}


# What stands in the one file of a new firmware ...
class AcmeMiners(GroupMiners):
    driver: Literal["acme"]
    port: int = 8080


def _acme(tools: Toolbox) -> Driver:
    return LUXOS.build(tools)


# ... and its one line.
MORE_DRIVERS = {**DRIVERS, "acme": Firmware(settings=AcmeMiners, build=_acme)}


# What stands in the one file of a new kind of switch ...
class LeverSettings(Section):
    adapter: Literal["lever"]
    arm: str

    def outlets(self, count: int) -> list[str]:
        return [f"{self.arm} {number}" for number in range(count)]


class Levers:
    poll_s = 10.0

    def __init__(self, settings: LeverSettings) -> None:
        self._arm = settings.arm

    def connected(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def place(self, number: int) -> str:
        return f"{self._arm} {number}"

    async def read(self, _: int, count: int) -> list[bool]:
        return [True] * count

    async def write(self, _: int, *, closed: bool) -> None:
        assert not closed


# ... and its one line.
MORE_SWITCHES = {**SWITCHES, "lever": SwitchAdapter(LeverSettings, lambda s, _: Levers(s))}


async def test_a_feed(spoil: Spoil) -> None:
    model = settings_model(feeds=MORE_FEEDS, drivers=DRIVERS, switches=SWITCHES, ledgers=LEDGERS)
    path = spoil(
        "{adapter: meter_modbus, scope: site, host: 127.20.0.2}",
        "{adapter: dial, scope: site, watts: 5000}",
    )
    settings = load(path, model, {})
    feeds = build_feeds(settings, reach_of(settings, SiteClock()), adapters=MORE_FEEDS)
    said = [sample async for sample in feeds["meter"].samples()]
    assert [sample.power_w for sample in said if isinstance(sample, MeterSample)] == [5000]


async def test_a_firmware(spoil: Spoil) -> None:
    model = settings_model(feeds=FEEDS, drivers=MORE_DRIVERS, switches=SWITCHES, ledgers=LEDGERS)
    path = spoil("{driver: luxos, addresses: [127.20.2.1", "{driver: acme, addresses: [127.20.2.1")
    settings = load(path, model, {})
    settings.state_dir.mkdir()
    fleet = MinerFleet(
        settings=settings.fleet,
        groups={name: group.miners for name, group in settings.groups.items()},
        firmwares=MORE_DRIVERS,
        state_dir=settings.state_dir,
        clock=SiteClock(),
    )
    groups = {reading.group for reading in fleet.readings().values()}
    assert groups == {"hall-a", "hall-b"}
    assert settings.groups["hall-b"].miners.port == 8080


def test_a_kind_of_switch(spoil: Spoil) -> None:
    model = settings_model(feeds=FEEDS, drivers=DRIVERS, switches=MORE_SWITCHES, ledgers=LEDGERS)
    path = spoil("limit_kw: 120\n", "limit_kw: 120\n    switches: {adapter: lever, arm: left}\n")
    settings = load(path, model, {})
    banks = build_switches(settings, adapters=MORE_SWITCHES)
    assert {name: bank.place(3) for name, bank in banks.items()} == {"hall-a": "left 3"}
    assert to_site(settings).groups["hall-a"].switched
    assert not to_site(settings).groups["hall-b"].switched


def test_a_program(spoil: Spoil) -> None:
    lines = (
        "  summer-peaks:\n    authority: grid-operator\n    allowed: [reduce_by_percent]\n"
        "    references: {then: {kind: power_at_acceptance}}\n    obligation: financial\n"
    )
    settings = load(spoil("programs:\n", "programs:\n" + lines), SETTINGS, {})
    program = to_site(settings).programs["summer-peaks"]
    assert program.obligation is Obligation.FINANCIAL
    assert program.allowed == ("reduce_by_percent",)
