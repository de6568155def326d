"""Miners, what they are told, and how the fleet is reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import Metric

from controller.model.fleet import MinerSeen, Standing
from controller.model.view import View
from controller.surfaces.families.build import by_name, counter, counters, gauge, gauges
from controller.surfaces.present.miners import stages


def families(view: View) -> Iterator[Metric]:
    yield gauges(
        "curtaild_miners",
        "Miners by group, standing and level; the level is empty where they do not say.",
        ["group", "standing", "level"],
        ((names, count) for names, count in sorted(_standing(view).items())),
    )
    yield gauge(
        "curtaild_motions",
        "Miners that were told something and have not arrived and rested.",
        len(view.state.motions),
    )
    yield gauges(
        "curtaild_commands",
        "Commands of those miners, by the stage they have reached.",
        ["stage"],
        by_name(stages(view.state.motions)),
    )
    yield from _fleet(view)


def _standing(view: View) -> Counter[tuple[str, str, str]]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for cohort in view.seen.cohorts.values():
        counts[cohort.group, cohort.standing, cohort.level] += len(cohort.members)
    for miner in view.seen.moving.values():
        counts[miner.group, _standing_of(miner), miner.level] += 1
    return counts


def _standing_of(miner: MinerSeen) -> Standing:
    if miner.locked:
        return Standing.LOCKED
    return Standing.PRESENT if miner.reachable else Standing.UNREACHABLE


def _fleet(view: View) -> Iterator[Metric]:
    fleet = view.fleet
    yield gauge("curtaild_fleet_known", "Miners that have been identified.", fleet.known)
    yield gauge("curtaild_fleet_reachable", "Miners that answered lately.", fleet.reachable)
    yield gauge(
        "curtaild_fleet_refused_credentials",
        "Miners that refused our name and password, or whose group did; not asked again with them.",
        fleet.refused_credentials,
    )
    yield counter(
        "curtaild_fleet_probes_total",
        "Miners identified over the network; none on a restart.",
        fleet.probes,
    )
    yield counter("curtaild_fleet_commands_sent_total", "Commands sent to miners.", fleet.sent)
    yield counter(
        "curtaild_fleet_abandoned_calls_total",
        "Calls that outlived their deadline and were cut off.",
        fleet.abandoned_calls,
    )
    yield counters(
        "curtaild_fleet_identity_changes_total",
        "Miners that answered as something else: replaced (MAC address) or reflashed.",
        ["change"],
        by_name(fleet.identity_changes),
    )
    yield counters(
        "curtaild_fleet_failures_total",
        "Failed reads and commands, by kind.",
        ["failure"],
        by_name(fleet.failures),
    )
