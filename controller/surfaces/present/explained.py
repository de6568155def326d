"""Why groups stand as they do, what that is worth, and what would change it."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

from controller.core.explaining.sentences import sentence
from controller.model.plan import Explanation, Plan
from controller.model.site import Site
from controller.surfaces import api_parts as api
from controller.surfaces.present.parts import because, kw, maybe


def explained(plan: Plan, site: Site) -> dict[str, api.ExplanationNow]:
    """By group."""
    return {name: explanation(one, plan, site) for name, one in sorted(plan.explained.items())}


def explanation(one: Explanation, plan: Plan, site: Site) -> api.ExplanationNow:
    """Its sentence tells times as clocks at the site show them."""
    return api.ExplanationNow(
        sentence=sentence(one, site.currency, plan.at, _zone(site.zone)),
        because=because(one.reason),
        bound=one.bound,
        source=one.source or None,
        until=one.until,
        runs_kw=kw(one.runs_w),
        curtailed_kw=kw(one.curtailed_w),
        miners=one.miners,
        running=one.running,
        wanted=one.wanted,
        earns_per_hour=maybe(one.earns_per_hour),
        if_running_per_hour=maybe(one.if_running_per_hour),
        if_stopped_per_hour=maybe(one.if_stopped_per_hour),
        more_below_per_mwh=maybe(one.more_below_per_mwh),
        less_above_per_mwh=maybe(one.less_above_per_mwh),
        off_above_per_mwh=maybe(one.off_above_per_mwh),
    )


@lru_cache(maxsize=4)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
