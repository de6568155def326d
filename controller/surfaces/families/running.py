"""How the controller itself runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client.core import Metric

from controller.core.dispatches.body import Code
from controller.model.plan import Mode
from controller.model.view import View
from controller.surfaces.families.build import (
    by_name,
    counter,
    counters,
    from_zero,
    gauge,
    gauges,
)
from controller.surfaces.present.overdue import overdue


def alive(*, completes: bool) -> Metric:
    return gauge("curtaild_alive", "1 while cycles complete in time.", float(completes))


def dispatches_refused(by_code: Mapping[str, int]) -> Metric:
    return counters(
        "curtaild_dispatches_refused_total",
        "Dispatches refused, by code.",
        ["code"],
        by_name(from_zero(Code, by_code)),
    )


def families(view: View) -> Iterator[Metric]:
    yield from _dispatches(view)
    yield from _loop(view)
    yield from _ledger(view)
    yield from _reloads(view)
    yield gauges(
        "curtaild_mode",
        "1 for the mode that the site is in.",
        ["mode"],
        (([mode], float(mode is view.plan.mode)) for mode in Mode),
    )
    yield gauge("curtaild_shadow", "1 where commands are decided but not sent.", float(view.shadow))
    yield counter(
        "curtaild_shadow_commands_total",
        "Commands that shadow mode did not send.",
        view.shadow_commands,
    )
    yield gauges(
        "curtaild_build_info",
        "1; version and configuration hash are in the labels.",
        ["version", "config_hash"],
        [([view.code_version, view.config_hash], 1)],
    )


def _dispatches(view: View) -> Iterator[Metric]:
    seen = view.seen
    known = [one for one in seen.dispatches.values() if one.asks(seen.now)]
    in_force = sum(one.in_force(seen.now) for one in known)
    yield gauge("curtaild_dispatches_in_force", "Dispatches in force.", in_force)
    yield gauge(
        "curtaild_dispatches_to_come",
        "Dispatches accepted that have not started.",
        len(known) - in_force,
    )
    yield gauge(
        "curtaild_dispatch_overdue",
        "Open dispatches in force for longer than their program allows.",
        len(list(overdue(seen))),
    )
    yield gauge("curtaild_manual_orders", "Manual orders that stand.", len(seen.orders))
    yield gauge("curtaild_maintenance_locks", "Places under lock.", len(seen.locks))


def _loop(view: View) -> Iterator[Metric]:
    yield counter("curtaild_cycles_total", "Decisions taken.", view.cycles)
    yield gauge(
        "curtaild_cycle_duration_seconds", "How long the last decision took.", view.cycle_seconds
    )
    yield gauge(
        "curtaild_decided_timestamp_seconds",
        "Site time of the last decision, as Unix time.",
        view.plan.at.timestamp(),
    )
    yield gauge(
        "curtaild_start_time_seconds",
        "Site time at which the process started, as Unix time.",
        view.started_at.timestamp(),
    )


def _reloads(view: View) -> Iterator[Metric]:
    reloads = view.reloads
    yield counters(
        "curtaild_reloads_total",
        "Times that the configuration was read again, by result.",
        ["result"],
        by_name({"applied": reloads.applied, "refused": reloads.refused}),
    )
    yield gauge(
        "curtaild_config_last_reload_successful",
        "0 where the last reload was refused and the site goes on as before.",
        float(not reloads.problem),
    )


def _ledger(view: View) -> Iterator[Metric]:
    ledger = view.ledger
    yield gauge("curtaild_ledger_writable", "1 while the ledger can write.", float(ledger.writable))
    yield gauge("curtaild_ledger_waiting", "Records that are not yet on disk.", ledger.waiting)
    yield counter("curtaild_ledger_records_written_total", "Records written.", ledger.written)
