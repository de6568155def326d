"""Which miners pyasic-rs can read: those at the usual port of their own address."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from controller.fleet.antminer.settings import StockMiners
from controller.fleet.settings import GroupMiners


class _AtTheirOwnPorts(GroupMiners):
    @model_validator(mode="after")
    def _none_is_forwarded(self) -> _AtTheirOwnPorts:
        if self.behind_nat:
            raise ValueError(
                "behind_nat: pyasic-rs knows no ports but the usual ones; "
                "choose the driver luxos or antminer for these miners"
            )
        return self


class AsicRsLuxOsMiners(_AtTheirOwnPorts):
    """Miners that run LuxOS, read by pyasic-rs."""

    driver: Literal["asic_rs_luxos"] = "asic_rs_luxos"
    """Which firmware they run, and that pyasic-rs reads them."""
    port: Literal[4028] = 4028
    """The port of the LuxOS API; pyasic-rs knows no other."""


class AsicRsAntminers(StockMiners, _AtTheirOwnPorts):
    """Antminers with the stock firmware of Bitmain, read by pyasic-rs."""

    driver: Literal["asic_rs_antminer"] = "asic_rs_antminer"
    """Which firmware they run, and that pyasic-rs reads them."""
    port: Literal[80] = 80
    """The port of their web interface; pyasic-rs knows no other."""
