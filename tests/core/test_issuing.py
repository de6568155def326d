"""New commands, and what becomes of those that they overrule or that are told once more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.core.obedience.motions import Orders
from controller.core.pacing.issuing import begin_moves, issue_repeats
from controller.core.pacing.moves import Move, Step
from controller.core.situation import assess
from controller.model.fleet import OFF, Command, Motion, Stage
from controller.model.seen import State
from controller.model.site import Pacing
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.paced_sites import FULL_W, hall, later, looked

SEEN = looked(hall("a", 1, "default"), Pacing())
SEEN = replace(SEEN, cohorts={}, moving=hall("a", 1, "default"))
LOW, FULL = 0, 1


def before(stage: Stage = Stage.SENT, *, late: bool = False, told: str = "c7") -> Motion:
    """On its way down since 20 s."""
    command = Command(id=told, miner="a0", level=OFF, reason=Reason.DISPATCH, at=later(-20))
    return Motion(
        command=command,
        stage=stage,
        group="a",
        curve="plain",
        from_level="default",
        proven_w=FULL_W,
        deadline=later(10),
        late=late,
    )


def step(from_rung: int, to_rung: int) -> Step:
    [pool] = assess(looked(hall("a", 1, "default"), Pacing()), State(), Orders(1)).pools
    level = pool.levels[from_rung].name
    return Step(Move(pool, "a0", from_rung, to_rung, level, FULL_W), Reason.PROFITABLE)


def begun(motion: Motion | None, told: Step) -> tuple[Motion, Orders]:
    orders = Orders(8)
    motions = {} if motion is None else {"a0": motion}
    return begin_moves(SEEN, motions, [told], orders)["a0"], orders


def test_an_order_in_flight_is_overruled_before_the_next_one_begins() -> None:
    after, orders = begun(before(), step(LOW, FULL))
    told = [(one.command.id, one.stage, one.detail) for one in orders.events]
    assert told == [("c7", Stage.FAILED, "overruled"), ("c000000008", Stage.INTENDED, "")]
    assert (after.command.level, after.stage) == ("default", Stage.INTENDED)


@pytest.mark.parametrize("motion", [None, before(Stage.CONFIRMED), before(Stage.INTENDED, told="")])
def test_nothing_is_overruled_that_is_done_or_was_never_told(motion: Motion | None) -> None:
    _, orders = begun(motion, step(LOW, FULL))
    assert [one.stage for one in orders.events] == [Stage.INTENDED]


@pytest.mark.parametrize(
    ("stage", "was_late", "told", "late"),
    [
        (Stage.FAILED, False, step(LOW, FULL), True),
        (Stage.SENT, True, step(LOW, FULL), False),
        (Stage.SENT, True, step(FULL, LOW), True),
        (Stage.FAILED, False, step(FULL, LOW), False),
    ],
)
def test_who_is_late_stays_late_on_the_way_down_and_who_was_given_up_is_on_the_way_up(
    stage: Stage, was_late: bool, told: Step, late: bool
) -> None:
    after, _ = begun(before(stage, late=was_late), told)
    assert after.late is late


def test_repeats_are_numbered_by_the_names_of_their_miners() -> None:
    motions = {name: before(Stage.INTENDED, told="") for name in ("b", "a")}
    orders = Orders(8)
    after = issue_repeats(motions, orders, (), NOW)
    assert {name: one.command.id for name, one in after.items()} == {
        "a": "c000000008",
        "b": "c000000009",
    }
    assert len(orders.commands) == 2


def test_one_that_is_held_has_its_time_from_when_it_is_told() -> None:
    """Its 30 s begin anew at each look; nothing is told."""
    orders = Orders(8)
    held = issue_repeats({"a0": before(Stage.INTENDED, told="")}, orders, {"a0"}, NOW)["a0"]
    assert (held.command.id, held.command.at) == ("", NOW)
    assert held.deadline == NOW + timedelta(seconds=30)
    assert orders.commands == []


def test_an_order_that_was_told_goes_on_as_it_was() -> None:
    orders = Orders(8)
    motions = {"a0": before()}
    assert issue_repeats(motions, orders, (), NOW) == motions
    assert (orders.commands, orders.next_command) == ([], 8)
