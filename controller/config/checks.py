"""What no single section can know: whether the sections fit each other and the files are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from controller.config import bounds_checks, tariff_checks
from controller.config.compose import Settings
from controller.config.explain import hint
from controller.config.mqtt_checks import plain_payloads
from controller.config.problems import Key
from controller.config.program_checks import programs
from controller.config.secrets import missing_files, unusable_tokens
from controller.config.site import feeds_of, metered_scopes
from controller.model.grid import SITE

Faults: TypeAlias = Iterable[tuple[Key, str]]
OWN_ADAPTERS = frozenset({"mqtt", "systemd"})


@dataclass(frozen=True)
class Check:
    """Run when none of the sections it reads has faults of its own."""

    needs: frozenset[str]
    run: Callable[[Settings], Faults]


def _meter_silence(settings: Settings) -> Faults:
    site = settings.site
    if (site.safe_kw is None) != (site.meter_silent_after_s is None):
        absent = "safe_kw" if site.safe_kw is None else "meter_silent_after_s"
        yield ("site", absent), "is missing: safe_kw and meter_silent_after_s go together"
    if site.safe_kw is not None and site.safe_kw > site.import_limit_kw:
        yield ("site", "safe_kw"), "must not be above import_limit_kw"


def _silence_needs_a_meter(settings: Settings) -> Faults:
    if settings.site.safe_kw is not None and SITE not in metered_scopes(settings):
        yield ("site", "safe_kw"), f"no feed has scope: {SITE}, so its silence cannot be told"


def _outbound(settings: Settings) -> Faults:
    allowed = settings.outbound.hosts
    if allowed is None:
        return
    for name, feed in settings.feeds.items():
        for address in getattr(feed, "addresses", ()):
            host = urlsplit(address).hostname
            if host not in allowed:
                yield ("feeds", name), f"asks {host}, which is not among outbound.hosts: add it"


def _trusted_feeds(settings: Settings) -> Faults:
    for kind in ("price", "hashprice"):
        known = feeds_of(settings, kind)
        named = getattr(settings.quality, f"{kind}_feeds")
        for index, name in enumerate(named):
            key = ("quality", f"{kind}_feeds", index)
            if name not in known:
                yield key, f"there is no {kind} feed {name}{hint(name, known)}"
            elif name in named[:index]:
                yield key, f"{name} is named twice"


def _currencies(settings: Settings) -> Faults:
    """A price in another currency is made the site's by a factor, or by a rate that is a signal."""
    site = settings.site.currency
    for kind in ("price", "hashprice"):
        if getattr(settings.economics, f"{kind}_rate_signal") is not None:
            continue
        for name in feeds_of(settings, kind):
            feed: Any = settings.feeds[name]
            currency = getattr(feed, "currency", site)
            if currency != site and "factor" not in feed.model_fields_set:
                made = f"give its factor, or economics.{kind}_rate_signal"
                yield ("feeds", name), f"is in {currency}, and the site's books in {site}: {made}"


def _groups(settings: Settings) -> Faults:
    for name, group in settings.groups.items():
        key = ("groups", name)
        if name == SITE:
            yield key, f"a group may not be called {SITE}: that is the scope of the whole site"
        if group.limit_kw is not None and group.floor_kw > group.limit_kw:
            yield (*key, "floor_kw"), "must not be above the group's own limit_kw"
        if group.floor_kw and not group.floor_source:
            yield (*key, "floor_source"), "is missing: say to whom floor_kw is promised"


def _backtest(settings: Settings) -> Faults:
    known = list(settings.groups)
    for name in settings.backtest.groups if settings.backtest else ():
        if name not in known:
            yield ("backtest", "groups", name), f"there is no such group{hint(name, known)}"


def _floors_fit_the_connection(settings: Settings) -> Faults:
    if sum(group.floor_kw for group in settings.groups.values()) > settings.site.import_limit_kw:
        yield ("groups",), "the floors together are above site.import_limit_kw: promise less"


def _scopes(settings: Settings) -> Faults:
    first = metered_scopes(settings)
    known = [SITE, *settings.breakers, *settings.groups, *settings.neighbours]
    for name, feed in settings.feeds.items():
        scope = getattr(feed, "scope", None)
        key = ("feeds", name, "scope")
        if scope is not None and scope not in known:
            places = f"{SITE}, a breaker, a group or a neighbour"
            yield key, f"must be {places}: {', '.join(known)}{hint(scope, known)}"
        elif scope is not None and first[scope] != name:
            yield key, f"feed {first[scope]} stands for the meter of {scope} already"


def _reserves_fit_the_connection(settings: Settings) -> Faults:
    if sum(one.reserve_kw for one in settings.programs.values()) > settings.site.import_limit_kw:
        yield ("programs",), "the reserves together are above site.import_limit_kw: sell less"


def _names_of_feeds(settings: Settings) -> Faults:
    """Feeds and the daemon's own adapters are supervised under one roof, by name."""
    for name in sorted(OWN_ADAPTERS & settings.feeds.keys()):
        yield ("feeds", name), f"{name} is the name of an adapter of the daemon's own: take another"


def _authorities(settings: Settings) -> Faults:
    over_mqtt = settings.mqtt.senders if settings.mqtt else frozenset()
    pushing = {webhook.authority for webhook in settings.http.webhooks.values()}
    for name, program in settings.programs.items():
        if program.authority not in settings.http.tokens.keys() | over_mqtt | pushing:
            yield (
                ("programs", name, "authority"),
                f"has no way in: name its token under http.tokens.{program.authority}, or name "
                f"{program.authority} under mqtt.authorities or as authority of http.webhooks",
            )


def _addresses(settings: Settings) -> Faults:
    taken: dict[tuple[str, int], str] = {}
    for name, group in settings.groups.items():
        places = group.miners.miners().values()
        own = {(place.address, place.port): place.mac for place in places}
        shared = sorted(own.keys() & taken.keys())
        if shared:
            address, where = shared[0][0], taken[shared[0]]
            more = f" and {len(shared) - 1} more" if len(shared) > 1 else ""
            yield (
                ("groups", name, "miners", "behind_nat" if own[shared[0]] else "addresses"),
                f"{address}{more} in group {where} already: a miner belongs to one group",
            )
        taken.update(dict.fromkeys(own, name))


def _outlets(settings: Settings) -> Faults:
    """A switch cuts one miner, and there is one for each."""
    taken: dict[str, str] = {}
    for name, group in settings.groups.items():
        if group.switches is None:
            continue
        try:
            own = group.switches.outlets(len(group.miners.miners()))
        except ValueError as error:
            yield ("groups", name, "switches"), str(error)
            continue
        shared = [outlet for outlet in own if outlet in taken]
        if shared:
            more = f" and {len(shared) - 1} more" if len(shared) > 1 else ""
            where = f"{shared[0]}{more} in group {taken[shared[0]]} already"
            yield ("groups", name, "switches"), f"{where}: a switch cuts one miner"
        taken.update(dict.fromkeys(own, name))


def _interval(settings: Settings) -> Faults:
    if 60 % settings.interval_minutes:
        yield ("interval_minutes",), "must divide the hour: 5, 10, 15, 30 or 60"


def _needs(run: Callable[[Settings], Faults], *sections: str) -> Check:
    return Check(frozenset(sections), run)


CHECKS = (
    _needs(_meter_silence, "site"),
    _needs(_silence_needs_a_meter, "site", "feeds"),
    _needs(_outbound, "outbound", "feeds"),
    _needs(
        tariff_checks.seasons, "calendar", "tariff", "economics", "groups", "schedules", "supply"
    ),
    _needs(tariff_checks.one_price, "calendar", "tariff"),
    _needs(tariff_checks.demand, "tariff", "interval_minutes"),
    _needs(tariff_checks.feeds, "tariff", "feeds"),
    _needs(_trusted_feeds, "quality", "feeds"),
    _needs(_currencies, "site", "economics", "feeds"),
    _needs(_groups, "groups"),
    _needs(_floors_fit_the_connection, "groups", "site"),
    _needs(_addresses, "groups"),
    _needs(_outlets, "groups"),
    _needs(_names_of_feeds, "feeds"),
    _needs(_scopes, "feeds", "groups", "breakers", "neighbours"),
    _needs(bounds_checks.names, "groups", "breakers", "neighbours", "rules"),
    _needs(bounds_checks.breakers, "groups", "breakers"),
    _needs(bounds_checks.neighbours, "neighbours", "feeds", "site"),
    _needs(bounds_checks.rules, "rules", "feeds", "groups", "breakers", "site"),
    _needs(bounds_checks.rates, "economics", "feeds"),
    _needs(bounds_checks.schedules, "schedules", "groups", "breakers"),
    _needs(bounds_checks.cooling, "groups", "feeds"),
    _needs(bounds_checks.heat, "groups", "feeds"),
    _needs(bounds_checks.signals, "feeds"),
    _needs(bounds_checks.engine, "engine", "site"),
    _needs(programs, "programs", "site"),
    _needs(_reserves_fit_the_connection, "programs", "site"),
    _needs(_authorities, "programs", "http", "mqtt"),
    _needs(plain_payloads, "programs", "mqtt"),
    _needs(_backtest, "groups", "backtest"),
    _needs(_interval, "interval_minutes"),
    _needs(missing_files),
    _needs(unusable_tokens, "http"),
)
