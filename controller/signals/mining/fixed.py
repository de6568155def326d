"""A hashprice that a person set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from controller.model.samples import HashpriceSample
from controller.ports import Clock


class HashpriceFixedSettings(BaseModel):
    """One hashprice for as long as the daemon runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    adapter: Literal["hashprice_fixed"]
    per_ph_day: Decimal = Field(
        gt=0,
        le=10_000,
        allow_inf_nan=False,
        description="What a PH/s earns in a day before pool fees, in the site's currency.",
    )
    origin: str = Field(
        min_length=1, description="Whence the figure is, and of which day: for the next reader."
    )


class HashpriceFixed:
    """Says its hashprice once, then waits."""

    def __init__(self, name: str, settings: HashpriceFixedSettings, clock: Clock) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock

    async def samples(self) -> AsyncGenerator[HashpriceSample, None]:
        """One sample, of now."""
        yield HashpriceSample(at=self._clock.now(), per_ph_day=str(self._settings.per_ph_day))
        await asyncio.get_running_loop().create_future()
