"""Numbers in the units people write, with the bounds that catch a slip."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from controller.config.section import NotTruth

Kilowatts = Annotated[Decimal, Field(ge=0, le=10_000_000, decimal_places=3)]
PositiveKilowatts = Annotated[Decimal, Field(gt=0, le=10_000_000, decimal_places=3)]
PerMwh = Annotated[Decimal, Field(ge=-100_000, le=100_000)]
Seconds = Annotated[int, Field(ge=0, le=7 * 86_400), NotTruth]
PositiveSeconds = Annotated[int, Field(gt=0, le=7 * 86_400), NotTruth]
