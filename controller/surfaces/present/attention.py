"""What is stale, missing or broken, in sentences, the worst first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from controller.model.fleet import Stage, Standing
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.view import View
from controller.surfaces.api_models import Attention, Severity
from controller.surfaces.present.canaries import canaries
from controller.surfaces.present.disturbed import disturbed
from controller.surfaces.present.heard import heard
from controller.surfaces.present.measured import measured
from controller.surfaces.present.obligations import obligations
from controller.surfaces.present.overdue import overdue
from controller.surfaces.present.parts import duration
from controller.surfaces.present.word_of_people import word_of_people

T = TypeVar("T")

ALARM, WARNING, NOTICE = Severity.ALARM, Severity.WARNING, Severity.NOTICE
NAMED = 3
"""So many miners that are told nothing are named; of the rest the number."""


def attention(view: View, *, alive: bool) -> list[Attention]:
    """Everything a person on shift should know of; empty when all is well."""
    found = [
        *_loop(alive=alive),
        *_power(view),
        *_dispatches(view),
        *obligations(view),
        *word_of_people(view),
        *disturbed(view),
        *canaries(view),
        *measured(view),
        *heard(view),
        *_ledger(view),
        *_reload(view),
        *_adapters(view),
        *_miners(view),
        *_credentials(view.fleet.refused_credentials),
        *_told_nothing(view.fleet.problems),
    ]
    severities = list(Severity)
    return sorted(found, key=lambda one: severities.index(one.severity))


def _loop(*, alive: bool) -> Iterator[Attention]:
    if not alive:
        text = "The control loop does not complete its cycles: what is shown here is old."
        yield Attention(severity=ALARM, about="control", text=text)


def _power(view: View) -> Iterator[Attention]:
    plan, meter = view.plan, view.seen.meters_w.get(SITE)
    if plan.shortfall_w > 0:
        text = f"The limit is exceeded by {_kw(plan.shortfall_w)} that nothing here can turn off."
        yield Attention(severity=ALARM, about="limit", text=text)
    if isinstance(meter, Fresh) and meter.value > plan.limit_w:
        text = f"The site draws {_kw(meter.value - plan.limit_w)} more than its limit."
        yield Attention(severity=WARNING, about="limit", text=text)


def _dispatches(view: View) -> Iterator[Attention]:
    """An open dispatch past its program's longest duration needs a fresh word of its source."""
    for dispatch in overdue(view.seen):
        lasted = duration((view.seen.now - dispatch.start).total_seconds())
        text = f"Dispatch {dispatch.id} is open and has lasted {lasted}: ask {dispatch.authority}."
        yield Attention(severity=ALARM, about="dispatch", text=text)


def _ledger(view: View) -> Iterator[Attention]:
    if not view.ledger.writable:
        why = view.ledger.last_error or "no reason was given"
        text = f"The ledger cannot write, control goes on without record: {why}."
        yield Attention(severity=ALARM, about="ledger", text=text)


def _reload(view: View) -> Iterator[Attention]:
    if view.reloads.problem:
        text = f"The last reload was refused, the site goes on as before: {view.reloads.problem}."
        yield Attention(severity=WARNING, about="configuration", text=text)


def _adapters(view: View) -> Iterator[Attention]:
    for name, one in sorted(view.adapters.items()):
        if not one.running:
            why = one.last_error or "no reason was given"
            yield Attention(severity=WARNING, about=name, text=f"{name} is down: {why}.")
        elif one.link is not None and not one.link.connected and one.last_error:
            text = f"{name} is not connected and tries again: {one.last_error}."
            yield Attention(severity=WARNING, about=name, text=text)


def _miners(view: View) -> Iterator[Attention]:
    seen = view.seen
    if not seen.fleet_known:
        text = "The miners are still being heard for the first time."
        yield Attention(severity=NOTICE, about="fleet", text=text)
    lost = sum(
        len(one.members) for one in seen.cohorts.values() if one.standing is Standing.UNREACHABLE
    ) + sum(not one.reachable for one in seen.moving.values())
    if lost:
        text = f"Out of reach, counted with the last proven power: {_miners_of(lost)}."
        yield Attention(severity=WARNING, about="fleet", text=text)
    refused = sum(one.stage is Stage.FAILED for one in view.state.motions.values())
    if refused:
        text = f"Did not do what was ordered, others stand in: {_miners_of(refused)}."
        yield Attention(severity=WARNING, about="fleet", text=text)


def _credentials(refused: int) -> Iterator[Attention]:
    if refused:
        text = (
            f"Our name and password are refused: {_miners_of(refused)}. They are not asked again "
            "until the password file holds another password, or a restart."
        )
        yield Attention(severity=WARNING, about="credentials", text=text)


def _told_nothing(problems: tuple[str, ...]) -> Iterator[Attention]:
    for problem in problems[:NAMED]:
        yield Attention(severity=WARNING, about="fleet", text=f"Told nothing: {problem}.")
    if (more := len(problems) - NAMED) > 0:
        text = f"Told nothing either: {_miners_of(more)}."
        yield Attention(severity=WARNING, about="fleet", text=text)


def _miners_of(count: int) -> str:
    return "1 miner" if count == 1 else f"{count} miners"


def _kw(power_w: int) -> str:
    return f"{power_w / 1000:.1f} kW"
