"""A hashprice that a contract fixes, by dates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from controller.model.samples import HashpriceSample
from controller.ports import Clock
from controller.signals.reading.local_times import ZoneName


class TermSettings(BaseModel):
    """What is paid from a day on."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    begins: date = Field(description="The first day.")
    per_ph_day: Decimal = Field(
        gt=0, le=10_000, description="What a PH/s earns in a day, in the site's currency."
    )


class HashpriceContractSettings(BaseModel):
    """A hashprice that was sold forward: to a pool, a lender or a buyer of hashes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    adapter: Literal["hashprice_contract"]
    contract: str = Field(min_length=1, max_length=200, description="Which one: for the record.")
    terms: list[TermSettings] = Field(
        min_length=1, max_length=1000, description="By rising date, each until the next."
    )
    zone: ZoneName = Field("UTC", description="By whose clocks its days begin.")

    @model_validator(mode="after")
    def _rising(self) -> HashpriceContractSettings:
        for before, after in pairwise(self.terms):
            if after.begins <= before.begins:
                raise ValueError(f"terms: {after.begins} does not come after {before.begins}")
        return self


class HashpriceContract:
    """Says what is paid now, and the next term when it begins."""

    def __init__(self, name: str, settings: HashpriceContractSettings, clock: Clock) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock

    async def samples(self) -> AsyncGenerator[HashpriceSample, None]:
        """The term in force, stamped with now, then each as it begins. Before the first there is
        no hashprice."""
        begins = [(self._midnight(term.begins), term.per_ph_day) for term in self._settings.terms]
        now = self._clock.now()
        begun = [per_ph_day for at, per_ph_day in begins if at <= now]
        if begun:
            yield HashpriceSample(at=now, per_ph_day=str(begun[-1]))
        for at, per_ph_day in begins:
            if at <= now:
                continue
            await self._clock.sleep((at - self._clock.now()).total_seconds())
            yield HashpriceSample(at=self._clock.now(), per_ph_day=str(per_ph_day))
        await asyncio.get_running_loop().create_future()

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self._settings.zone))
