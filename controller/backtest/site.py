"""The configured site as history can know it: without what only sensors and people could say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from controller.backtest.news import KnownAt
from controller.config.compose import Settings
from controller.config.site import to_site
from controller.model.rules import Cooling, Neighbour
from controller.model.site import Group, Site

DAY_S = 86_400


def in_history(settings: Settings, minutes: int, known_at: KnownAt) -> Settings:
    """The configuration with the feeds of a back-test, whose intervals have so many minutes.

    The loop rests until something happens, so a cycle speaks for a whole interval. A price that is
    published afterwards stands in for the interval under way.
    """
    interval_s = minutes * 60
    late_s = max(settings.quality.price_late_s or 0, interval_s) if known_at == "end" else 0
    quality = settings.quality.model_copy(
        update={
            "price_late_s": late_s,
            "hashprice_max_age_s": None,
            "meter_max_age_s": DAY_S,
            "meter_counter_step_wh": 1,
        }
    )
    return settings.model_copy(
        update={
            "feeds": {},
            "rules": {},
            "quality": quality,
            "cycle_s": Decimal(interval_s),
            "interval_minutes": minutes if 60 % minutes == 0 else settings.interval_minutes,
        }
    )


def site_in_history(settings: Settings) -> Site:
    """What is declared of the site, as far as it can be played. It is asked when something happens,
    and tells nobody why."""
    site = to_site(settings)
    return replace(
        site,
        groups={name: _group(one) for name, one in site.groups.items()},
        neighbours={name: _neighbour(one) for name, one in site.neighbours.items()},
        meter_silence=None,
        settle_s=0,
        look_every_s=DAY_S,
        terse=True,
    )


def left_out(settings: Settings) -> Iterator[str]:
    """A sentence on each part of the configuration that history cannot play."""
    if settings.rules:
        yield "Limits that follow signals are left out: " + ", ".join(settings.rules) + "."
    if settings.neighbours:
        yield "Neighbours are taken to draw their whole firm power at every moment."
    if any(group.heat for group in settings.groups.values()):
        yield "Heat is taken to be asked for in full at every moment."
    if any(group.cooling for group in settings.groups.values()):
        yield "Fans run in time, and the energy that they draw is left out."
    if settings.programs:
        yield "No program dispatches anything; reserve that is sold is held at every moment."


def _group(group: Group) -> Group:
    heat = group.heat and replace(group.heat, signal="")
    cooling = group.cooling and Cooling(
        before_s=group.cooling.before_s, after_s=group.cooling.after_s
    )
    return replace(group, heat=heat, cooling=cooling, income_lost_after_s=None)


def _neighbour(neighbour: Neighbour) -> Neighbour:
    return replace(neighbour, meter="", behind_site_meter=False)
