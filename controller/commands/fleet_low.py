"""Which miners of a scope are at or below a level, as their own readings show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from controller.commands.fleet_pages import pages_of
from controller.commands.fleet_waiting import Count, covers, of_all
from controller.model.fleet import IDLE

if TYPE_CHECKING:
    from controller.config.compose import Settings

_Watts: TypeAlias = Mapping[str, int]
"""Of each level of a curve."""


def at_or_below(settings: Settings, scope: str, level: str) -> Count:
    """Of the miners of a scope, those at that level or at one that draws no more.
    One that lacks the level may draw what it draws where it exists, as under the order itself."""
    pages = list(pages_of(settings.http))
    curves = {name: _watts(said) for page in pages for name, said in page["curves"].items()}
    miners = [one for page in pages for one in page["miners"] if covers(scope, one)]
    there = [(one, curves.get(one["curve"], {})) for one in miners]
    most_w = max((watts[level] for _, watts in there if level in watts), default=0)
    low = sum(one["reachable"] and _low(one["level"], watts, level, most_w) for one, watts in there)
    return of_all(low, len(there))


def _watts(levels: Iterable[dict[str, Any]]) -> _Watts:
    return {one["level"]: one["power_w"] for one in levels}


def _low(at: str, watts: _Watts, level: str, most_w: int) -> bool:
    """Whether a miner is low enough. One that does not say at which level it is, is not."""
    return at in IDLE or (at in watts and watts[at] <= watts.get(level, most_w))
