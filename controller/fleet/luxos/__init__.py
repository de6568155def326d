"""LuxOS, through pyasic's knowledge of its commands and our own transport."""

from __future__ import annotations

from typing import Literal

from controller.fleet.driver import Driver, Firmware, Toolbox
from controller.fleet.luxos.capabilities import CAPABILITIES
from controller.fleet.settings import GroupMiners, Port


class LuxOsMiners(GroupMiners):
    """Miners that run LuxOS."""

    driver: Literal["luxos"] = "luxos"
    """Which firmware they run."""
    port: Port = 4028
    """The port of the LuxOS API."""


def _build(tools: Toolbox) -> Driver:
    from controller.fleet.luxos.driver import LuxOsDriver  # loads pyasic: a second or two

    return LuxOsDriver(tools)


LUXOS = Firmware(settings=LuxOsMiners, build=_build, capabilities=CAPABILITIES)
