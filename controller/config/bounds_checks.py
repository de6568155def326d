"""Whether breakers, neighbours, rules and generators fit the rest of the site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from controller.config.compose import Settings
from controller.config.explain import hint
from controller.config.problems import Key
from controller.config.site import given_signals, metered_scopes
from controller.model.grid import SITE

Faults = Iterable[tuple[Key, str]]


def names(settings: Settings) -> Faults:
    """Scopes, rules and neighbours are told apart by their names alone."""
    taken = {SITE: "the whole site"} | dict.fromkeys(settings.groups, "a group")
    for section in ("breakers", "neighbours", "rules"):
        for name in getattr(settings, section):
            if name in taken:
                yield (section, name), f"{name} is the name of {taken[name]} already: take another"
            taken.setdefault(name, f"one of {section}")


def breakers(settings: Settings) -> Faults:
    for name, group in settings.groups.items():
        if group.breaker and group.breaker not in settings.breakers:
            yield (
                ("groups", name, "breaker"),
                f"there is no breaker {group.breaker}{hint(group.breaker, settings.breakers)}",
            )
    used = {group.breaker for group in settings.groups.values()}
    for name in settings.breakers:
        if name not in used:
            yield ("breakers", name), "feeds no group: name it under breaker of one"


def neighbours(settings: Settings) -> Faults:
    fed = metered_scopes(settings)
    for name, one in settings.neighbours.items():
        key = ("neighbours", name, "meter")
        if one.meter and name not in fed:
            yield key, f"no feed has scope: {name}, so its meter cannot be read"
        if not one.meter and name in fed:
            yield key, f"feed {fed[name]} has scope: {name}: set it to true, or drop the feed"
    firm_kw = sum(one.firm_kw for one in settings.neighbours.values())
    if firm_kw >= settings.site.import_limit_kw:
        yield ("neighbours",), "together they may take all of site.import_limit_kw: nothing is left"


def rules(settings: Settings) -> Faults:
    scopes = [SITE, *settings.breakers, *settings.groups]
    for name, rule in settings.rules.items():
        key = ("rules", name)
        if rule.scope not in scopes:
            there_are = ", ".join(scopes)
            yield (
                (*key, "scope"),
                f"must be {SITE}, a breaker or a group: {there_are}{hint(rule.scope, scopes)}",
            )
        yield from _signal(settings, (*key, "signal"), rule.signal)
        if rule.safe_kw > settings.site.import_limit_kw:
            yield (*key, "safe_kw"), "must not be above site.import_limit_kw"


def rates(settings: Settings) -> Faults:
    for key in ("price_rate_signal", "hashprice_rate_signal"):
        name = getattr(settings.economics, key)
        if name is not None:
            yield from _signal(settings, ("economics", key), name)


def schedules(settings: Settings) -> Faults:
    scopes = [SITE, *settings.breakers, *settings.groups]
    for name, one in settings.schedules.items():
        if one.scope not in scopes:
            there_are = ", ".join(scopes)
            yield (
                ("schedules", name, "scope"),
                f"must be {SITE}, a breaker or a group: {there_are}{hint(one.scope, scopes)}",
            )


def cooling(settings: Settings) -> Faults:
    for name, group in settings.groups.items():
        if group.cooling is not None and group.cooling.signal is not None:
            key = ("groups", name, "cooling", "signal")
            yield from _signal(settings, key, group.cooling.signal)


def heat(settings: Settings) -> Faults:
    for name, group in settings.groups.items():
        if group.heat is None:
            continue
        key = ("groups", name, "heat")
        if group.limit_kw is not None and group.heat.most_kw > group.limit_kw:
            yield (*key, "most_kw"), "must not be above the group's own limit_kw"
        if group.heat.signal is not None:
            yield from _signal(settings, (*key, "signal"), group.heat.signal)


def _signal(settings: Settings, key: Key, signal: str) -> Iterator[tuple[Key, str]]:
    given = given_signals(settings)
    feed = given.get(signal)
    if feed is None:
        yield key, f"no feed gives a signal {signal}{hint(signal, given)}"
    elif _informs(settings.feeds[feed]):
        yield key, f"{signal} is a public condition of feed {feed}: it informs and never orders"


def _informs(feed: Any) -> bool:
    """Public words of the grid inform; who may order is a program."""
    return getattr(feed, "condition", False) or getattr(feed, "informs", False)


def signals(settings: Settings) -> Faults:
    """One source for each: two would be judged as one that contradicts itself."""
    first = given_signals(settings)
    for name, feed in settings.feeds.items():
        signal = getattr(feed, "signal", None)
        if signal is not None and first[signal] != name:
            yield ("feeds", name, "signal"), f"feed {first[signal]} gives {signal} already"


def engine(settings: Settings) -> Faults:
    declared = settings.engine
    if declared is not None and declared.least_kw > settings.site.import_limit_kw:
        yield ("engine", "least_kw"), "must not be above site.import_limit_kw"
