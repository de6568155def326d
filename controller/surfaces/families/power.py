"""Power and its limits, for the site and each group."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.view import View
from controller.reasons import Reason
from controller.surfaces.families.build import gauge, gauges
from controller.surfaces.present.parts import lowest_limit

GROUP = ("group",)


def families(view: View) -> Iterator[Metric]:
    yield from _site(view)
    yield from _groups(view)
    plan = view.plan
    yield gauges(
        "curtaild_curtailed_watts",
        "Load that could run and does not, by its primary cause.",
        ["reason"],
        (
            ([reason], plan.curtailed[reason].power_w if reason in plan.curtailed else 0)
            for reason in Reason
        ),
    )


def _site(view: View) -> Iterator[Metric]:
    plan = view.plan
    yield gauge(
        "curtaild_site_power_watts",
        "Power at the site's meter; absent when the meter is not fresh.",
        metered(view, SITE),
    )
    yield gauge("curtaild_site_limit_watts", "The lowest limit on the site.", plan.limit_w)
    yield gauge(
        "curtaild_site_target_watts",
        "Site power when every command has been obeyed, other load included.",
        plan.target_w,
    )
    yield gauge(
        "curtaild_site_expected_watts",
        "Site power as it is counted now: what is not proven counts in full.",
        plan.expected_w,
    )
    yield gauge(
        "curtaild_site_shortfall_watts",
        "By how much load that nothing here can turn off exceeds the limit.",
        plan.shortfall_w,
    )


def _groups(view: View) -> Iterator[Metric]:
    names = sorted(view.seen.site.groups)
    meters = {name: metered(view, name) for name in names}
    limits = {name: lowest_limit(view.plan, name) for name in names}
    yield gauges(
        "curtaild_group_power_watts",
        "Power at the group's meter; absent when it has none or it is not fresh.",
        GROUP,
        (([name], power_w) for name, power_w in meters.items() if power_w is not None),
    )
    yield gauges(
        "curtaild_group_reported_watts",
        "Last proven power of the group's miners, added up.",
        GROUP,
        (([name], reported_w(view, name)) for name in names),
    )
    yield gauges(
        "curtaild_group_target_watts",
        "Power of the group's miners when every command has been obeyed.",
        GROUP,
        (([name], target_w(view, name)) for name in names),
    )
    yield gauges(
        "curtaild_group_limit_watts",
        "The lowest limit on the group; absent when it has none of its own.",
        GROUP,
        (([name], one.limit_w) for name, one in limits.items() if one is not None),
    )


def metered(view: View, scope: str) -> int | None:
    """The fresh reading of a scope's meter."""
    meter = view.seen.meters_w.get(scope)
    return meter.value if isinstance(meter, Fresh) else None


def reported_w(view: View, group: str) -> int:
    seen = view.seen
    resting = sum(one.power_w for one in seen.cohorts.values() if one.group == group)
    return resting + sum(one.power_w for one in seen.moving.values() if one.group == group)


def target_w(view: View, group: str) -> int:
    return sum(one.power_w for one in view.plan.allocations.values() if one.group == group)
