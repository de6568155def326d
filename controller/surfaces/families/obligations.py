"""Income that has stopped, reserves sold, and how far miners draw more than their curves say."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from controller.model.view import View
from controller.surfaces.families.build import gauges

PROGRAM = ("program",)


def families(view: View) -> Iterator[Metric]:
    plan, reserves = view.plan, sorted(view.plan.reserves.items())
    yield gauges(
        "curtaild_group_income_lost",
        "1 while no share of the group is accepted and its hashes count as unpaid.",
        ["group"],
        (([name], float(name in plan.unpaid_since)) for name in sorted(view.seen.site.groups)),
    )
    yield gauges(
        "curtaild_program_reserve_watts",
        "Load that the program holds as reserve; absent while its dispatch is in force.",
        PROGRAM,
        (([name], one.sold_w) for name, one in reserves),
    )
    yield gauges(
        "curtaild_program_deliverable_watts",
        "Of what runs, what could be told to go for the program; absent like its reserve.",
        PROGRAM,
        (([name], one.deliverable_w) for name, one in reserves),
    )
    yield gauges(
        "curtaild_power_ratio",
        "True over nominal power of miners that report no watts, as their meter has shown it.",
        ["kind"],
        (([kind], one / 1000) for kind, one in sorted(view.state.ratio_permille.items())),
    )
    yield gauges(
        "curtaild_level_power_ratio",
        "Power over its nominal value, at least 1, of miners that run or last ran at the level.",
        ["kind", "level"],
        (
            ([kind, level], one / 1000)
            for kind, levels in sorted(view.state.level_permille.items())
            for level, one in sorted(levels.items())
        ),
    )
