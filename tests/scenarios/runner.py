"""Runs a scenario: the decision in a closed loop with a world that answers it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.core.decide import decide
from controller.model.plan import Plan
from controller.model.seen import Snapshot, State
from tests.scenarios.form import Scenario
from tests.scenarios.model_fleet import ModelFleet
from tests.scenarios.site_of import at
from tests.scenarios.world import World


@dataclass(frozen=True, slots=True)
class Cycle:
    """One look: what went into the decision, what came out, and what was true."""

    seen: Snapshot
    before: State
    plan: Plan
    after: State
    next_at: datetime
    power_w: int
    """At the site's connection, as it truly was."""
    running: dict[str, dict[str, int]]

    @property
    def minute(self) -> float:
        return (self.seen.now - at(0)).total_seconds() / 60


def run(scenario: Scenario) -> list[Cycle]:
    """Every look from the first minute to the last."""
    world, state, now = World(scenario), State(), at(0)
    cycles = []
    while now <= at(scenario.minutes):
        cycle = look(world, state, now)
        cycles.append(cycle)
        state = cycle.after
        now = _next(scenario, world, cycle)
    return cycles


def look(world: World, state: State, now: datetime) -> Cycle:
    """One round of the loop; what was decided is sent at once."""
    world.advance(now)
    seen = world.look(now, state.motions.keys(), state.asked)
    plan, after, next_at = decide(seen, state)
    world.heed(plan)
    cycle = Cycle(seen, state, plan, after, next_at, world.power_w(now), _running(world.fleet))
    world.fleet.send(plan.commands, now)
    return cycle


def _running(fleet: ModelFleet) -> dict[str, dict[str, int]]:
    return {group: dict(levels) for group, levels in fleet.running().items()}


def _next(scenario: Scenario, world: World, cycle: Cycle) -> datetime:
    """As the daemon: after a cycle's time, or sooner where the decision or news asks for it."""
    moments = [cycle.next_at, cycle.seen.now + timedelta(seconds=scenario.cycle_s)]
    news = world.next_event(cycle.seen.now)
    return min(moments if news is None else [*moments, news])
