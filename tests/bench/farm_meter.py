"""What a reading of the site's meter costs a farm, whose miners it adds up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from controller.simulator.plant import Plant
from controller.simulator.settings import SimulationSettings

from .figures import cpu_seconds

_READINGS = 9


def site_reading_ms(settings: SimulationSettings) -> float:
    """The median CPU time of one, a second after the other."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    site = Plant.build(settings, start).site
    moments = (start + timedelta(seconds=n) for n in range(1, _READINGS + 1))

    def read() -> float:
        at = next(moments)
        return site.power_w(at) + site.energy_wh(at)

    return cpu_seconds(read, _READINGS) * 1000
