"""What a feed of ERCOT's prices has to be told."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field, StringConstraints

from controller.signals.polled.price_settings import KnownAt, PolledPriceSettings
from controller.signals.polled.settings import Address

PointName = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_.-]+$", max_length=60)]


class Product(NamedTuple):
    """A report of ERCOT's market information system."""

    report: int
    """Its report type id."""
    minutes: int
    known_at: KnownAt
    day_ahead: bool = False


PRODUCTS = {
    "spp_15min": Product(12301, 15, "end"),
    "lmp_5min": Product(12300, 5, "start"),
    "day_ahead": Product(12331, 60, "start", day_ahead=True),
}
"""NP6-905-CD, NP6-788-CD and NP4-190-CD."""


class PriceErcotSettings(PolledPriceSettings):
    """Prices of ERCOT at a settlement point, from its public reports: no key is needed."""

    unverified: ClassVar[str] = "the list of documents, and rows of a day on which clocks change"
    currency: ClassVar[str] = "USD"

    adapter: Literal["price_ercot"]
    product: Literal["spp_15min", "lmp_5min", "day_ahead"] = Field(
        "spp_15min",
        description=(
            "`spp_15min`: real-time settlement point prices, known when their quarter of an hour "
            "is over; `lmp_5min`: real-time LMPs of each SCED run; `day_ahead`: those of "
            "tomorrow's hours."
        ),
    )
    settlement_point: PointName = Field(description="A hub, load zone or node: HB_WEST.")
    settlement_point_type: PointName | None = Field(
        None,
        description="Of `spp_15min`, where two points share a name: LZ or LZEW of a load zone.",
    )
    base_url: Address = Field("https://www.ercot.com", description="Another address of the same.")
    poll_s: float = Field(
        60.0, ge=5, le=86_400, description="Site seconds between two requests, give or take 10 %."
    )
    cadence_s: float | None = Field(
        900.0, gt=0, le=864_000, description="How often something new is expected."
    )
    reply_limit_bytes: int = Field(
        8_388_608,
        ge=1024,
        le=67_108_864,
        description="The longest answer, before and after it is unpacked.",
    )

    @property
    def known_at(self) -> KnownAt:
        return PRODUCTS[self.product].known_at

    @property
    def day_ahead(self) -> bool:
        return PRODUCTS[self.product].day_ahead

    @property
    def interval_minutes(self) -> int:
        return PRODUCTS[self.product].minutes
