"""A second driver: pyasic-rs reads, in a process of its own, beside our own bounded questions.

Commands are our own: those of pyasic-rs adopt a session of somebody else's (LuxOS) or write without
a note of what was there before (stock Antminers).
"""

from __future__ import annotations

from importlib.util import find_spec

from controller.errors import PermanentError
from controller.fleet.asic_rs.capabilities import OF_ANTMINERS, OF_LUXOS
from controller.fleet.asic_rs.settings import AsicRsAntminers, AsicRsLuxOsMiners
from controller.fleet.driver import Driver, Firmware, Toolbox

__all__ = ["ASIC_RS_ANTMINER", "ASIC_RS_LUXOS"]


def _build_luxos(tools: Toolbox) -> Driver:
    _installed()
    from controller.fleet.asic_rs.luxos import AsicRsLuxOs  # loads pyasic: a second or two

    return AsicRsLuxOs(tools)


def _build_antminer(tools: Toolbox) -> Driver:
    _installed()
    from controller.fleet.asic_rs.antminer import AsicRsAntminer  # loads pyasic as well

    return AsicRsAntminer(tools)


def _installed() -> None:
    if find_spec("pyasic_rs") is None:
        raise PermanentError(
            "driver asic_rs: pyasic-rs is not installed: run pip install 'curtaild[asic-rs]', "
            "or choose the driver luxos or antminer"
        )


ASIC_RS_LUXOS = Firmware(settings=AsicRsLuxOsMiners, build=_build_luxos, capabilities=OF_LUXOS)
ASIC_RS_ANTMINER = Firmware(
    settings=AsicRsAntminers, build=_build_antminer, capabilities=OF_ANTMINERS
)
