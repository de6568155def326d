"""How long it took from a measured signal to the command that followed from it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.app.responses import Responses
from controller.model.fleet import Command, Outcome, Stage
from controller.model.plan import Plan
from controller.model.quality import Fresh, Observed, Stale
from controller.model.seen import Snapshot
from controller.model.view import Response
from controller.reasons import Reason
from tests.core.bounded import NOW, look, rule, site
from tests.surfaces.views import plan_now

HERTZ = rule(scope="site", signal="hertz", reason=Reason.FREQUENCY)


def seen(hertz: Observed[Decimal], *outcomes: Outcome) -> Snapshot:
    declared = site(rules={"underfrequency": HERTZ})
    told = {one.command: one for one in outcomes}
    return replace(look(declared, {"hertz": hertz}, NOW), outcomes=told)


def plan(*commands: tuple[str, Reason]) -> Plan:
    told = tuple(
        Command(id=name, miner=name, level="off", reason=reason, at=NOW)
        for name, reason in commands
    )
    return plan_now(commands=told)


def outcome(command: str, seconds: float, stage: Stage = Stage.SENT) -> Outcome:
    return Outcome(command=command, miner=command, stage=stage, at=NOW + timedelta(seconds=seconds))


def test_it_counts_from_the_measurement_to_the_moment_of_sending() -> None:
    responses = Responses()
    measured = Fresh(value=Decimal(49), at=NOW - timedelta(seconds=2))
    responses.look(seen(measured), plan(("a", Reason.FREQUENCY), ("b", Reason.UNPROFITABLE)))
    assert responses.found == {}
    sent = (outcome("a", 0.5), outcome("b", 0.1))
    responses.look(seen(measured, *sent), plan(("c", Reason.FREQUENCY)))
    assert responses.found == {"hertz": Response(times=1, last_s=2.5, worst_s=2.5)}
    responses.look(seen(measured, outcome("c", -1)), plan())
    assert responses.found == {"hertz": Response(times=2, last_s=1.0, worst_s=2.5)}


def test_what_was_not_sent_does_not_count_nor_what_no_signal_caused() -> None:
    responses = Responses()
    measured = Fresh(value=Decimal(49), at=NOW)
    responses.look(seen(measured), plan(("a", Reason.FREQUENCY)))
    responses.look(seen(measured, outcome("a", 1, Stage.FAILED)), plan())
    stale = Stale(value=Decimal(49), at=NOW)
    responses.look(seen(stale), plan(("b", Reason.FREQUENCY)))
    responses.look(seen(stale, outcome("b", 1)), plan())
    assert responses.found == {}
