"""What a feed of ENTSO-E's day-ahead prices has to be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from controller.signals.polled.price_settings import KnownAt, PolledPriceSettings
from controller.signals.polled.settings import Address

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class PriceEntsoeSettings(PolledPriceSettings):
    """Day-ahead prices of a bidding zone, from ENTSO-E's transparency platform."""

    unverified: ClassVar[str] = "a whole acknowledgement, and days on which clocks change"

    adapter: Literal["price_entsoe"]
    area: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{16}$")] = Field(
        description="The bidding zone's EIC code: 10Y1001A1001A82H is Germany and Luxembourg."
    )
    token_file: Path = Field(
        description="File with the security token of the platform; one line, chmod 600."
    )
    currency: Currency = Field(
        "EUR", description="What the prices have to be in; others are refused."
    )
    resolution_minutes: Literal[15, 30, 60] | None = Field(
        None,
        description=(
            "Take only series of this length. Left out: all, and where two say prices of one "
            "time they are refused."
        ),
    )
    sequence: int | None = Field(
        None, ge=1, le=9, description="Take only series of this classification sequence."
    )
    day_ahead: bool = Field(
        default=False, description="They are beside the price that is paid, and not it."
    )
    base_url: Address = Field(
        "https://web-api.tp.entsoe.eu", description="Another address of the same."
    )
    known_at: ClassVar[KnownAt] = "start"

    @property
    def interval_minutes(self) -> int:
        return self.resolution_minutes or 60

    @property
    def secret_query(self) -> dict[str, Path]:
        return {**self.query_files, "securityToken": self.token_file}
