"""Feeds of signals for tests."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from typing import Any

from controller.links.modbus import ModbusLinks
from controller.model.samples import ConditionSample, SignalSample
from controller.signals.local.http import SignalHttpSource
from controller.signals.local.http_settings import SignalHttpSettings
from controller.signals.local.modbus import SignalModbus, SignalModbusSettings
from controller.signals.polled.feed import PolledFeed
from tests.signals.sunspec_server import UNIT
from tests.virtual_clock import VirtualClock


def register_feed(
    port: int, clock: VirtualClock | None = None, links: ModbusLinks | None = None, **settings: Any
) -> SignalModbus:
    defaults: dict[str, Any] = {
        "signal": "inlet-a",
        "host": "127.0.0.1",
        "port": port,
        "unit": UNIT,
        "address": 100,
        "least": -40,
        "most": 120,
        "timeout_s": 5.0,
    }
    checked = SignalModbusSettings(adapter="signal_modbus", **{**defaults, **settings})
    return SignalModbus("inlet", checked, clock or VirtualClock(), links or ModbusLinks())


def document_feed(
    url: str, folder: Path, clock: VirtualClock | None = None, **settings: Any
) -> PolledFeed:
    defaults: dict[str, Any] = {"signal": "available", "value": "now.kw", "timeout_s": 10.0}
    if not settings.get("condition"):
        defaults |= {"least": 0, "most": 10_000}
    checked = SignalHttpSettings(adapter="signal_http", url=url, **{**defaults, **settings})
    source = SignalHttpSource(checked)
    return PolledFeed("wind", checked, clock or VirtualClock(), folder, source)


async def said(feed: SignalModbus | PolledFeed) -> SignalSample | ConditionSample:
    """The first that a feed says."""
    async with aclosing(feed.samples()) as samples:
        sample = await anext(samples)
        assert isinstance(sample, SignalSample | ConditionSample)
        return sample
