"""What groups earn, what would start more of them, and what stands in their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import Metric

from controller.model.view import View
from controller.surfaces.families.build import Row, gauges
from controller.surfaces.present.miners import group_of

GROUP = ("group",)
MONEY = (*GROUP, "currency")


def families(view: View) -> Iterator[Metric]:
    yield from _worth(view)
    plan = view.plan
    contested = Counter(group_of(miner, view) for miner in plan.contested)
    yield gauges(
        "curtaild_contested_miners",
        "Miners that somebody else keeps waking: told nothing for a time, counted in full.",
        GROUP,
        (([name], contested[name]) for name in sorted(view.seen.site.groups)),
    )
    yield gauges(
        "curtaild_cooling_demand",
        "1 while the fans should run that a group's miners have to wait for.",
        GROUP,
        (([name], float(runs)) for name, runs in sorted(plan.cooling.items())),
    )


def _worth(view: View) -> Iterator[Metric]:
    currency = view.seen.site.currency
    earns: list[Row] = []
    below: list[Row] = []
    for name, one in sorted(view.plan.explained.items()):
        if one.earns_per_hour is not None:
            earns.append(([name, currency], float(one.earns_per_hour)))
        if one.more_below_per_mwh is not None:
            below.append(([name, currency], float(one.more_below_per_mwh)))
    yield gauges(
        "curtaild_group_net_revenue_per_hour",
        "What a group earns net of power, as planned; absent when a price for it is not fresh.",
        MONEY,
        earns,
    )
    yield gauges(
        "curtaild_group_starts_below_per_mwh",
        "The market price below which more of a group would run; absent where none is certain to.",
        MONEY,
        below,
    )
