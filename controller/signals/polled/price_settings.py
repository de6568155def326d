"""What every feed of prices that is fetched from the web has to be told."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from controller.signals.polled.settings import PolledSettings

KnownAt = Literal["start", "end"]


class ZeroSettings(BaseModel):
    """How far a price of exactly 0 is believed."""

    zero: Literal["confirm", "accept", "refuse"] = Field(
        "confirm",
        description=(
            "What is made of a price of exactly 0: `confirm` believes it only near in time to a "
            "price that is near to 0, `accept` always, `refuse` never."
        ),
    )
    zero_near_per_mwh: Decimal = Field(
        Decimal(10), ge=0, description="`confirm`: how near to 0 the other price has to be."
    )
    zero_within_minutes: int = Field(
        180, ge=1, le=1440, description="`confirm`: how near in time it has to be."
    )


class PolledPriceSettings(PolledSettings, ZeroSettings):
    """How far a price of 0 is believed, and what a price is multiplied with.

    Whoever reads settings of prices asks for `day_ahead`, `known_at` and `interval_minutes`: a
    field, or a property where the market says so itself; and for `currency`, where it is known.
    """

    poll_s: float = Field(
        300.0, ge=5, le=86_400, description="Site seconds between two requests, give or take 10 %."
    )
    max_age_s: int | None = Field(
        None,
        ge=60,
        le=604_800,
        description=(
            "When the source has said nothing new for so long its prices are stale, whatever their "
            "intervals. Left out: a price holds to its end."
        ),
    )
    factor: Decimal = Field(
        Decimal(1), gt=0, le=1_000_000, description="Multiplies every price: tax, rate of exchange."
    )
