"""What the operator says of a group's Antminers, in place of what they do not report."""

from __future__ import annotations

from decimal import Decimal

from controller.fleet.antminer.setting import LOW, mode_of
from controller.fleet.antminer.settings import StockMiners
from controller.fleet.settings import FleetSettings
from controller.model.fleet import OFF, Curve, Level


class Declared:
    """Watts and hashrates by level."""

    def __init__(self, group: StockMiners, fleet: FleetSettings) -> None:
        self._group = group
        self._standby_w = fleet.standby_w

    @property
    def hashrate_ths(self) -> Decimal | None:
        return self._group.nameplate_ths

    def watts(self, level: str) -> int:
        if level == OFF:
            return self._standby_w
        low_w = self._group.low_power_w
        return low_w if low_w is not None and mode_of(level) == LOW else self._group.nameplate_w

    def curve(self, own_level: str, hashrate_ths: Decimal) -> Curve:
        """`off`, the level that it was set to, and low-power mode where it is declared, which is
        taken to hash in proportion to its watts."""
        names = {own_level}
        if self._group.low_power_w is not None:
            _, dash, frequency = own_level.partition("-")
            names |= {f"low{dash}{frequency}", f"normal{dash}{frequency}"}
        levels = [self._level(name, hashrate_ths) for name in names]
        off = Level(name=OFF, power_w=self._standby_w, hashrate_ths=Decimal(0))
        return Curve(levels=(off, *sorted(levels, key=lambda level: (level.power_w, level.name))))

    def fits(self, own_level: str, curve: Curve) -> bool:
        hashrate_ths = self.hashrate_ths or curve.top.hashrate_ths
        return self.curve(own_level, hashrate_ths) == curve

    def _level(self, name: str, hashrate_ths: Decimal) -> Level:
        watts = self.watts(name)
        share = Decimal(watts) / self._group.nameplate_w
        return Level(name=name, power_w=watts, hashrate_ths=round(hashrate_ths * share, 3))
