"""Which process has which groups."""

from __future__ import annotations

from controller.simulator.group_settings import GroupSettings
from controller.simulator.settings import SimulationSettings


def split(settings: SimulationSettings) -> list[SimulationSettings]:
    """The farm of each process: whole groups, about as many miners in each.

    What belongs to the site (its meter, the house load, the control port, the grid operator) is in
    none of them: the process that starts them has it.
    """
    parts: list[list[GroupSettings]] = [[] for _ in range(settings.processes)]
    for group in sorted(settings.groups, key=lambda one: -one.miners):
        min(parts, key=_miners).append(group)
    return [_part(settings, groups) for groups in parts]


def _miners(groups: list[GroupSettings]) -> int:
    return sum(group.miners for group in groups)


def _part(settings: SimulationSettings, groups: list[GroupSettings]) -> SimulationSettings:
    return SimulationSettings(seed=settings.seed, groups=tuple(groups), physics=settings.physics)
