"""Messages with rows of prices, as `price_http` reads them from a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from controller.model.samples import PriceSample
from controller.signals.polled.price_settings import ZeroSettings
from controller.signals.polled.zeros import doubtful, last_other
from controller.signals.prices.json_rows import read_prices
from controller.signals.prices.rows_settings import PriceRowsSettings
from controller.signals.subscribed.settings import SubscribedSettings


class PriceMqttSettings(SubscribedSettings, PriceRowsSettings, ZeroSettings):
    """Prices in each message."""

    adapter: Literal["price_mqtt"]


class PriceReader:
    """Rows of prices. A retained message is one too: its prices say of what time they are."""

    def __init__(self, settings: PriceMqttSettings) -> None:
        self._settings = settings
        self._before: PriceSample | None = None

    def read(self, payload: bytes, at: datetime, *, retained: bool) -> Sequence[PriceSample]:
        del retained
        prices = read_prices(payload, self._settings, at)
        strange = doubtful(prices, self._before, self._settings)
        if strange:
            raise ValueError("holds prices of exactly 0 that are not believed: see zero")
        self._before = last_other([*prices], until=prices[-1]) or self._before
        return prices
