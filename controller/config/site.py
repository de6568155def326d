"""From the units people write to the words of the model."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from controller.app.board import BoardSettings
from controller.config.bounds import to_breaker, to_engine, to_neighbour, to_rule
from controller.config.calendar import CalendarSettings
from controller.config.compose import Settings
from controller.config.programs import to_program
from controller.config.quality import QualitySettings
from controller.config.site_sections import (
    CoolingSettings,
    GroupSettings,
    PacingSettings,
    SiteSettings,
)
from controller.config.tariffs import (
    to_bands,
    to_forwards,
    to_heat,
    to_hosting,
    to_reserved,
    to_schedules,
)
from controller.core.observations.choice import ranked
from controller.core.observations.heard import SignalBounds
from controller.core.observations.quality import Range
from controller.model.grid import SITE
from controller.model.rules import Cooling
from controller.model.site import Economics, Group, MeterSilence, Pacing, Site

METER_HEADROOM = 10
"""How many times its import limit a site's meter could show, where nothing is declared: inrush and
generation behind the meter stay below, a slipped decimal point does not."""


def to_site(settings: Settings) -> Site:
    """What is declared about the site, in watts."""
    site = settings.site
    return Site(
        id=site.id,
        currency=site.currency,
        zone=site.zone,
        import_limit_w=_watts(site.import_limit_kw),
        groups={name: _group(one, settings.calendar) for name, one in settings.groups.items()},
        programs={name: to_program(program) for name, program in settings.programs.items()},
        breakers={name: to_breaker(breaker) for name, breaker in settings.breakers.items()},
        neighbours={name: to_neighbour(name, one) for name, one in settings.neighbours.items()},
        rules={name: to_rule(rule) for name, rule in settings.rules.items()},
        forwards=to_forwards(settings.supply, settings.calendar),
        schedules=to_schedules(settings.schedules, settings.calendar),
        reserved=to_reserved(settings.tariff, settings.calendar),
        engine=to_engine(settings.engine),
        pacing=_pacing(settings.pacing),
        economics=Economics(
            adder_per_mwh=settings.economics.adder_per_mwh,
            adders=to_bands(settings.economics.adders, settings.calendar),
            losses=settings.economics.losses_percent / 100,
            tax=settings.economics.tax_percent / 100,
            pool_fee=settings.economics.pool_fee_percent / 100,
            start_margin_per_mwh=settings.economics.start_margin_per_mwh,
            start_lost_s=settings.economics.start_lost_s,
            start_wear_per_mw=settings.economics.start_wear_per_mw,
        ),
        headroom=site.headroom_percent / 100,
        meter_silence=_meter_silence(site),
        settle_s=site.settle_s,
    )


def _watts(kw: Decimal) -> int:
    """Whole: the settings allow three decimals of a kW and no more."""
    return int(kw * 1000)


def _perhaps(kw: Decimal | None) -> int | None:
    return None if kw is None else _watts(kw)


def _group(group: GroupSettings, calendar: CalendarSettings) -> Group:
    lost_after = group.income_lost_after_minutes
    return Group(
        limit_w=_perhaps(group.limit_kw),
        floor_w=_watts(group.floor_kw),
        floor_source=group.floor_source,
        adder_per_mwh=group.adder_per_mwh,
        adders=to_bands(group.adders, calendar),
        losses=group.losses_percent / 100,
        hosting=to_hosting(group.hosting),
        heat=to_heat(group.heat),
        breaker=group.breaker or "",
        income_lost_after_s=None if lost_after is None else lost_after * 60,
        stop_within_s=group.stop_within_s,
        start_within_s=group.start_within_s,
        switched=group.switches is not None,
        cooling=None if group.cooling is None else _cooling(group.cooling),
    )


def _cooling(cooling: CoolingSettings) -> Cooling:
    return Cooling(
        power_w=_watts(cooling.power_kw),
        before_s=cooling.before_s,
        after_s=cooling.after_s,
        signal=cooling.signal or "",
        at_least=cooling.at_least,
    )


def _pacing(pacing: PacingSettings) -> Pacing:
    return Pacing(
        minimum_on_s=pacing.minimum_on_s,
        minimum_off_s=pacing.minimum_off_s,
        restore_w_per_minute=_watts(pacing.restore_kw_per_minute),
        lower_w_per_minute=_perhaps(pacing.lower_kw_per_minute),
        starts_per_hour=pacing.starts_per_hour,
        largest_step_up_w=_perhaps(pacing.largest_step_up_kw),
        largest_step_down_w=_perhaps(pacing.largest_step_down_kw),
        step_s=pacing.step_s,
        stop_within_s=pacing.stop_within_s,
        start_within_s=pacing.start_within_s,
        attempts=pacing.attempts,
        retry_after_s=pacing.retry_after_s,
        wakes_per_hour=pacing.wakes_per_hour,
        contested_s=pacing.contested_minutes * 60,
        known_firmware=tuple(pacing.known_firmware),
    )


def _meter_silence(site: SiteSettings) -> MeterSilence | None:
    if site.safe_kw is None or site.meter_silent_after_s is None:
        return None
    return MeterSilence(safe_w=_watts(site.safe_kw), after_s=site.meter_silent_after_s)


def to_board(settings: Settings) -> BoardSettings:
    """What the app needs to judge samples."""
    quality = settings.quality
    meter_max_kw = quality.meter_max_kw or settings.site.import_limit_kw * METER_HEADROOM
    return BoardSettings(
        price_min_per_mwh=quality.price_min_per_mwh,
        price_max_per_mwh=quality.price_max_per_mwh,
        price_stale_after_s=quality.price_stale_after_s,
        price_late_s=_late_s(settings),
        price_feeds=_trusted(settings, "price", quality.price_feeds),
        price_max_age_s=_max_age_s(settings, "price"),
        price_differ_per_mwh=quality.price_differ_per_mwh,
        price_assumed_per_mwh=_assumed_per_mwh(quality),
        price_rate_signal=settings.economics.price_rate_signal or "",
        hashprice_rate_signal=settings.economics.hashprice_rate_signal or "",
        hashprice_ages_s=_max_age_s(settings, "hashprice"),
        hashprice_feeds=_trusted(settings, "hashprice", quality.hashprice_feeds),
        hashprice_differ=_part(quality.hashprice_differ_percent),
        silent_after_s=_silent_after_s(settings),
        hashprice_max_per_ph_day=quality.hashprice_max_per_ph_day,
        hashprice_max_age_s=quality.hashprice_max_age_s,
        meter_max_w=_watts(meter_max_kw),
        meter_max_age_s=quality.meter_max_age_s,
        meter_counter_step_wh=quality.meter_counter_step_wh,
        meters=tuple(dict.fromkeys([SITE, *metered_scopes(settings)])),
        signals=_signals(settings),
        conditions=_conditions(settings),
    )


def feeds_of(settings: Settings, kind: str) -> list[str]:
    """The feeds of prices or hashprices: their adapters are called so."""
    return [n for n, feed in settings.feeds.items() if feed.adapter.partition("_")[0] == kind]


def _trusted(settings: Settings, kind: str, first: list[str]) -> tuple[str, ...]:
    return ranked(feeds_of(settings, kind), first)


def _max_age_s(settings: Settings, kind: str) -> dict[str, int]:
    ages = {name: settings.feeds[name] for name in feeds_of(settings, kind)}
    found = {name: getattr(feed, "max_age_s", None) for name, feed in ages.items()}
    return {name: age_s for name, age_s in found.items() if age_s is not None}


def _assumed_per_mwh(quality: QualitySettings) -> Decimal | None:
    """Nothing pays at the highest price that is believed."""
    if quality.price_when_stale == "curtail":
        return quality.price_max_per_mwh
    return quality.price_fallback_per_mwh


def _part(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent / 100


def _silent_after_s(settings: Settings) -> dict[str, float]:
    """Twice what its source takes between two news, and a poll."""
    found = {}
    for name, feed in settings.feeds.items():
        cadence_s = getattr(feed, "cadence_s", None)
        if cadence_s is not None:
            found[name] = 2 * cadence_s + feed.poll_s
    return found


def _late_s(settings: Settings) -> int:
    declared = settings.quality.price_late_s
    if declared is not None:
        return declared
    late = [feed for feed in settings.feeds.values() if getattr(feed, "known_at", "") == "end"]
    return max((_longest_late_s(feed) for feed in late if not feed.day_ahead), default=0)


def _longest_late_s(feed: Any) -> int:
    minutes = feed.interval_minutes or 60
    return int(minutes * 60 + 2 * getattr(feed, "poll_s", 0))


def given_signals(settings: Settings) -> dict[str, str]:
    """By signal or public condition, the feed that gives it."""
    given: dict[str, str] = {}
    for name, feed in settings.feeds.items():
        signal = getattr(feed, "signal", None)
        if signal is not None:
            given.setdefault(signal, name)
    return given


def _signals(settings: Settings) -> dict[str, SignalBounds]:
    feeds = {name: settings.feeds[feed] for name, feed in given_signals(settings).items()}
    return {
        name: SignalBounds(range=Range(low=feed.least, high=feed.most), max_age_s=feed.max_age_s)
        for name, feed in feeds.items()
        if not getattr(feed, "condition", False)
    }


def _conditions(settings: Settings) -> dict[str, int]:
    feeds = {name: settings.feeds[feed] for name, feed in given_signals(settings).items()}
    return {
        name: feed.max_age_s for name, feed in feeds.items() if getattr(feed, "condition", False)
    }


def metered_scopes(settings: Settings) -> dict[str, str]:
    """By scope, the feed that meters it."""
    scopes: dict[str, str] = {}
    for name, feed in settings.feeds.items():
        scope = getattr(feed, "scope", None)
        if scope is not None:
            scopes.setdefault(scope, name)
    return scopes
