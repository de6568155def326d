"""The stock firmware of Antminers: pyasic's knowledge of its CGI, and our own transport."""

from __future__ import annotations

from controller.fleet.antminer.capabilities import CAPABILITIES
from controller.fleet.antminer.settings import AntminerMiners
from controller.fleet.driver import Driver, Firmware, Toolbox

__all__ = ["ANTMINER", "AntminerMiners"]


def _build(tools: Toolbox) -> Driver:
    from controller.fleet.antminer.driver import AntminerDriver  # loads pyasic: a second or two

    return AntminerDriver(tools)


ANTMINER = Firmware(settings=AntminerMiners, build=_build, capabilities=CAPABILITIES)
