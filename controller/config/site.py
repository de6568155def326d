"""From the units people write to the words of the model."""

from __future__ import annotations

from decimal import Decimal

from controller.app.board import BoardSettings
from controller.config.compose import Settings
from controller.config.site_sections import (
    ContractedReference,
    GroupSettings,
    PacingSettings,
    ProgramSettings,
    ReferenceSettings,
    SiteSettings,
)
from controller.model.grid import SITE, Reference, ReferenceKind
from controller.model.site import Economics, Group, MeterSilence, Pacing, Program, Site

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
        groups={name: _group(group) for name, group in settings.groups.items()},
        programs={name: _program(program) for name, program in settings.programs.items()},
        pacing=_pacing(settings.pacing),
        economics=Economics(
            adder_per_mwh=settings.economics.adder_per_mwh,
            pool_fee=settings.economics.pool_fee_percent / 100,
            start_margin_per_mwh=settings.economics.start_margin_per_mwh,
        ),
        headroom=site.headroom_percent / 100,
        meter_silence=_meter_silence(site),
        settle_s=site.settle_s,
    )


def _watts(kw: Decimal) -> int:
    """Whole: the settings allow three decimals of a kW and no more."""
    return int(kw * 1000)


def _group(group: GroupSettings) -> Group:
    lost_after = group.income_lost_after_minutes
    return Group(
        limit_w=None if group.limit_kw is None else _watts(group.limit_kw),
        floor_w=_watts(group.floor_kw),
        floor_source=group.floor_source,
        adder_per_mwh=group.adder_per_mwh,
        income_lost_after_s=None if lost_after is None else lost_after * 60,
        stop_within_s=group.stop_within_s,
        start_within_s=group.start_within_s,
    )


def _program(program: ProgramSettings) -> Program:
    return Program(
        authority=program.authority,
        allowed=tuple(program.allowed),
        references={name: _reference(each) for name, each in program.references.items()},
        notice_s=program.notice_s,
        longest_s=program.longest_s,
        obligation=program.obligation,
        reserve_w=_watts(program.reserve_kw),
    )


def _reference(reference: ReferenceSettings) -> Reference:
    if isinstance(reference, ContractedReference):
        return Reference(kind=ReferenceKind.CONTRACTED, contracted_w=_watts(reference.kw))
    return Reference(kind=ReferenceKind.POWER_AT_ACCEPTANCE)


def _pacing(pacing: PacingSettings) -> Pacing:
    return Pacing(
        minimum_on_s=pacing.minimum_on_s,
        minimum_off_s=pacing.minimum_off_s,
        restore_w_per_minute=_watts(pacing.restore_kw_per_minute),
        stop_within_s=pacing.stop_within_s,
        start_within_s=pacing.start_within_s,
        attempts=pacing.attempts,
        retry_after_s=pacing.retry_after_s,
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
        hashprice_max_per_ph_day=quality.hashprice_max_per_ph_day,
        hashprice_max_age_s=quality.hashprice_max_age_s,
        meter_max_w=_watts(meter_max_kw),
        meter_max_age_s=quality.meter_max_age_s,
        meter_counter_step_wh=quality.meter_counter_step_wh,
        meters=tuple(dict.fromkeys([SITE, *metered_scopes(settings)])),
    )


def metered_scopes(settings: Settings) -> dict[str, str]:
    """By scope, the feed that meters it."""
    scopes: dict[str, str] = {}
    for name, feed in settings.feeds.items():
        scope = getattr(feed, "scope", None)
        if scope is not None:
            scopes.setdefault(scope, name)
    return scopes
