"""What a JSON price feed over HTTP has to be told."""

from __future__ import annotations

from typing import Literal

from controller.signals.polled.price_settings import PolledPriceSettings
from controller.signals.polled.settings import HttpSourceSettings
from controller.signals.prices.rows_settings import PriceRowsSettings


class PriceHttpSettings(PolledPriceSettings, HttpSourceSettings, PriceRowsSettings):
    """Prices from a JSON document that is fetched again and again."""

    adapter: Literal["price_http"]
