"""What a configuration cannot keep when power returns after an outage. Warnings, no errors: the
switches of a site are what they are.

Firmware that starts by itself hashes before anybody can tell it anything. So a dispatch in force,
the largest step and stagger hold only where switches hold them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from controller.config.compose import Settings
from controller.config.site_sections import GroupSettings


class Starting(Protocol):
    """A firmware, as far as its start goes."""

    @property
    def starts_by_itself(self) -> bool: ...


@dataclass(frozen=True)
class Warned:
    """What cannot be kept, and where."""

    key: str
    reason: str

    def plain(self) -> dict[str, str]:
        return {"key": self.key, "reason": self.reason}

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}"


def warnings(settings: Settings, firmwares: Mapping[str, Starting]) -> list[Warned]:
    """By group, in the order of the file."""
    groups = {
        name: group
        for name, group in settings.groups.items()
        if firmwares[group.miners.driver].starts_by_itself and group.power_return != "held_off"
    }
    found = [one for name, group in groups.items() for one in _of(settings, name, group)]
    return [*found, *_together(settings, groups)]


def _of(settings: Settings, name: str, group: GroupSettings) -> Iterator[Warned]:
    key = f"groups.{name}.power_return"
    how = "all at once" if group.power_return == "all_at_once" else "stage by stage"
    if settings.programs:
        yield Warned(
            key,
            f"its miners start by themselves and its switches close {how}: after an outage a "
            "dispatch in force is exceeded until they were heard and curtailed; only held_off "
            "keeps it",
        )
    if group.power_return == "all_at_once":
        yield from _at_once(settings, key, group)


def _at_once(settings: Settings, key: str, group: GroupSettings) -> Iterator[Warned]:
    largest_kw = settings.site.largest_step_kw
    count = len(group.miners.miners())
    if count > 1:
        yield Warned(
            key,
            f"its {count} miners start together after an outage: pacing.restore_kw_per_minute "
            "cannot stagger them; only staggered or held_off does",
        )
    if largest_kw is None:
        return
    if group.limit_kw is None:
        yield Warned(
            key,
            f"whether its step stays below site.largest_step_kw ({_kw(largest_kw)}) cannot be told "
            "without its limit_kw",
        )
    elif group.limit_kw > largest_kw:
        yield Warned(
            key,
            f"after an outage up to {_kw(group.limit_kw)} come at once, more than "
            f"site.largest_step_kw ({_kw(largest_kw)})",
        )


def _together(settings: Settings, groups: Mapping[str, GroupSettings]) -> Iterator[Warned]:
    """Groups each of which is small enough, and all of which close at the same moment."""
    largest_kw = settings.site.largest_step_kw
    at_once = {name: one for name, one in groups.items() if one.power_return == "all_at_once"}
    steps_kw = [one.limit_kw for one in at_once.values() if one.limit_kw is not None]
    if largest_kw is None or len(steps_kw) < 2 or max(steps_kw) > largest_kw:
        return
    if sum(steps_kw) > largest_kw:
        yield Warned(
            "site.largest_step_kw",
            f"{', '.join(at_once)} come back together with up to {_kw(sum(steps_kw, Decimal(0)))}, "
            f"more than {_kw(largest_kw)}",
        )


def _kw(value: Decimal) -> str:
    return f"{value.normalize():f} kW"
