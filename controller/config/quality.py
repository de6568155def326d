"""What is believed of the feeds, and for how long."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from controller.config.quantities import PerMwh, PositiveKilowatts, PositiveSeconds
from controller.config.section import Name, NotTruth, Section


class QualitySettings(Section):
    """Samples outside these bounds are refused and counted; older ones are stale."""

    price_min_per_mwh: PerMwh = Decimal(-2000)
    """The lowest price that is believed."""
    price_max_per_mwh: PerMwh = Decimal(25_000)
    """The highest price that is believed."""
    price_stale_after_s: Annotated[int, Field(ge=0, le=7 * 86_400), NotTruth] = 900
    """How long after its interval the last price is still known, as stale."""
    price_late_s: Annotated[int, Field(ge=0, le=86_400), NotTruth] | None = None
    """How long after the end of its interval a price may come, and is acted upon until the next
    does. Default: of feeds with `known_at: end` the length of an interval, an hour where it is not
    said, and two polls; else 0."""
    price_feeds: list[Name] = Field(default_factory=list)
    """Feeds of prices, the most trusted first: the first that is fresh is acted upon. Those that
    are not named follow, in the order in which they stand under feeds."""
    price_differ_per_mwh: Annotated[Decimal, Field(gt=0, le=1_000_000)] | None = None
    """Two feeds of prices that differ by more than this disagree, which is an alarm; left out: it
    is not asked."""
    price_when_stale: Literal["hold", "fallback", "curtail"] = "hold"
    """While no feed has a fresh price: `hold` lets what runs go on, `fallback` stops what does not
    pay at price_fallback_per_mwh, `curtail` stops all that is run for money. None starts anything
    for money."""
    price_fallback_per_mwh: PerMwh | None = None
    """The price of `price_when_stale: fallback`. Nothing is ever paid by it."""
    hashprice_feeds: list[Name] = Field(default_factory=list)
    """As price_feeds, of hashprices."""
    hashprice_differ_percent: Annotated[Decimal, Field(gt=0, le=1000)] | None = None
    """As price_differ_per_mwh, in per cent of the larger one."""
    hashprice_max_per_ph_day: Annotated[Decimal, Field(gt=0, le=100_000)] = Decimal(10_000)
    """The highest hashprice that is believed."""
    hashprice_max_age_s: PositiveSeconds | None = None
    """Of feeds that do not say their own; leave it out where the hashprice does not age."""
    meter_max_kw: PositiveKilowatts | None = None
    """More than any meter of the site can show; default: ten times the import limit."""
    meter_max_age_s: PositiveSeconds = 30
    """A reading older than this is stale."""
    meter_counter_step_wh: Annotated[int, Field(ge=1, le=1_000_000), NotTruth] = 1000
    """The coarsest step of a meter's energy counter."""

    @model_validator(mode="after")
    def _fits_together(self) -> QualitySettings:
        if (self.price_when_stale == "fallback") != (self.price_fallback_per_mwh is not None):
            raise ValueError("price_when_stale: fallback and price_fallback_per_mwh go together")
        return self
