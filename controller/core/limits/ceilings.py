"""The highest levels that people allow. Of all orders that cover a miner the lowest level holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from controller.model.fleet import Curve, Curves, Level, MinerReading
from controller.model.grid import SITE, ManualOrder


def allowed(order: ManualOrder, curve: Curve) -> Level:
    """The highest level of a curve that an order allows. Where the curve lacks the level that was
    ordered, it is the highest that draws no more than that level drew when it was ordered."""
    for level in curve.levels:
        if level.name == order.level:
            return level
    return max(
        (level for level in curve.levels if level.power_w <= order.level_w),
        key=lambda level: level.power_w,
        default=curve.off,
    )


class Ceilings:
    """Of all miners, from the orders in force. Miners under the same orders cost one look."""

    def __init__(self, orders: Iterable[ManualOrder], curves: Curves) -> None:
        self._orders: dict[str, list[ManualOrder]] = {}
        for order in orders:
            if order.level:
                self._orders.setdefault(order.scope, []).append(order)
        self._curves = curves
        self._found: dict[tuple[str, ...], str] = {}

    def of(self, miner: str, group: str, curve: str) -> str:
        """The highest level allowed to a miner; empty where no order takes any from it."""
        if not self._orders or curve not in self._curves:
            return ""
        key = (curve, *(scope for scope in (SITE, group, miner) if scope in self._orders))
        if key not in self._found:
            self._found[key] = self._lowest(self._curves[curve], key[1:])
        return self._found[key]

    def _lowest(self, curve: Curve, scopes: Iterable[str]) -> str:
        levels = [allowed(order, curve) for scope in scopes for order in self._orders[scope]]
        lowest = min(levels, key=lambda level: level.power_w, default=curve.top)
        return "" if lowest.power_w >= curve.top.power_w else lowest.name


def levels_in(
    scope: str, readings: Mapping[str, MinerReading], curves: Curves
) -> Mapping[str, int]:
    """By name, the levels that miners of a scope have, with the most watts one draws there."""
    found: dict[str, int] = {}
    places = ((r.curve, (SITE, r.group, name)) for name, r in readings.items())
    for key in {curve for curve, covers in places if scope in covers and curve in curves}:
        for level in curves[key].levels:
            found[level.name] = max(level.power_w, found.get(level.name, 0))
    return dict(sorted(found.items(), key=lambda one: (one[1], one[0])))


def rung_under(levels: tuple[Level, ...], curve: Curve, ceiling: str) -> int:
    """The highest rung that a ceiling allows; of a level that the curve lacks, none but `off`."""
    if not ceiling:
        return len(levels) - 1
    most_w = next((one.power_w for one in curve.levels if one.name == ceiling), curve.off.power_w)
    return max(rung for rung, level in enumerate(levels) if level.power_w <= most_w)
