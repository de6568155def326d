"""What every feed that reckons the hashprice from the network has to be told."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from controller.signals.polled.settings import PolledSettings


class ReckonedSettings(PolledSettings):
    """How a hashprice is made of difficulty, rewards and the price of bitcoin."""

    poll_s: float = Field(
        600.0, ge=30, le=86_400, description="Site seconds between two requests, give or take 10 %."
    )
    max_age_s: int = Field(
        21_600, ge=60, le=604_800, description="A hashprice older than this is stale."
    )
    blocks: int = Field(
        144, ge=1, le=1008, description="Over how many of the last blocks fees are averaged."
    )
    with_fees: bool = Field(
        default=True,
        description="Whether the pool pays out transaction fees (FPPS) or only the subsidy (PPS).",
    )
    factor: Decimal = Field(
        Decimal(1),
        gt=0,
        le=1_000_000,
        description="Multiplies the hashprice: a rate of exchange into the site's currency.",
    )
