"""How stock Antminers are spoken with, and what they draw: they report no watts themselves."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from controller.fleet.settings import GroupMiners, Port, SiteSeconds

Watts = Annotated[int, Field(gt=0, le=30_000)]


class StockMiners(GroupMiners):
    """What every driver has to be told of Antminers with the stock firmware."""

    poll_s: SiteSeconds | None = 20
    """How often one of them is read. It reports no watts: its meter is what shows its power."""
    poll_moving_s: SiteSeconds | None = 5
    """How often one of them is read that was told something and does not show it yet."""
    username: Annotated[str, Field(pattern=r"^[^:\x00-\x1f]{1,64}$")] = "root"
    """Who we are to them."""
    password_file: Path | None = None
    """The file with the password of their web interface; without it the stock one, `root`."""
    nameplate_w: Watts
    """What one of them draws at the level that it was set to. It stands for the watts that the
    firmware does not report, with the evidence grade `inferred`. Declare it rather too high."""
    low_power_w: Watts | None = None
    """What one draws in low-power mode; where it is given, that mode is a level too."""
    nameplate_ths: Annotated[Decimal, Field(gt=0, le=10_000)] | None = None
    """The hashrate of one at the level that it was set to, in TH/s; default: what each says that
    it should reach, to the whole TH/s."""

    @model_validator(mode="after")
    def _low_is_lower(self) -> StockMiners:
        if self.low_power_w is not None and self.low_power_w >= self.nameplate_w:
            raise ValueError("low_power_w must be below nameplate_w")
        return self


class AntminerMiners(StockMiners):
    """Antminers with the stock firmware of Bitmain."""

    driver: Literal["antminer"] = "antminer"
    """Which firmware they run."""
    port: Port = 80
    """The port of their web interface."""
