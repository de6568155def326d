"""A repeat that has to wait was never told: its time does not run, and what its miner does in the
meantime it does on the command before, which the ledger knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.obedience.command import advance, is_due
from controller.core.obedience.evidence import Look
from controller.core.pacing.staging import SITE_DOWN, SITE_UP
from controller.ledger.check_commands import CommandsCheck
from controller.model.fleet import (
    CONFIRMED,
    FAILED,
    INTENDED,
    OFF,
    SENT,
    Command,
    CommandEvent,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Stage,
)
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.quality import Fresh, Missing
from controller.model.records import CommandRecorded
from controller.model.seen import State
from controller.model.site import Pacing
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW
from tests.core.paced_sites import CHEAP, DEAR, FULL_W, OFF_W, later, looked, miner

PLAIN = CURVES["plain"]
STEP_S = 60
PACED = Pacing(largest_step_down_w=FULL_W, largest_step_up_w=FULL_W, step_s=STEP_S)
STOP = Command(id="c1", miner="a0", level=OFF, reason=Reason.UNPROFITABLE, at=later(-30))
START = replace(STOP, level="default", reason=Reason.PROFITABLE, at=later(-300))


def overdue(command: Command) -> Motion:
    """Told so once, in vain: its time ends now."""
    stops = command.level == OFF
    return Motion(
        command=command,
        stage=SENT,
        group="a",
        curve="plain",
        from_level="default" if stops else OFF,
        proven_w=FULL_W if stops else OFF_W,
        deadline=NOW,
    )


def told_before(command: Command) -> list[CommandEvent]:
    intended = CommandEvent(
        command=command, stage=INTENDED, at=command.at, group="a", power_w=FULL_W
    )
    return [intended, replace(intended, stage=SENT)]


@dataclass
class Hall:
    """One miner, and a step of the site that others have used until 55 s from now."""

    state: State
    events: list[CommandEvent]
    level: str
    price: Decimal | None
    limit_w: int = 1_000_000
    more: Mapping[str, str | bool] = field(default_factory=dict)
    """Of the miner."""

    @staticmethod
    def waiting(command: Command, **more: str) -> Hall:
        stops = command.level == OFF
        step = SITE_DOWN if stops else SITE_UP
        state = State(
            motions={"a0": overdue(command)},
            staged_at={step: later(-5)},
            staged_w={step: FULL_W},
            next_command=2,
        )
        level, price = ("default", DEAR) if stops else (OFF, CHEAP)
        here = Hall(state, told_before(command), level, price, more=more)
        plan = here.look(0)
        assert plan.commands == ()
        assert is_due(here.state.motions["a0"])
        return here

    def look(self, seconds: float) -> Plan:
        now = later(seconds)
        seen_as = replace(miner("a", self.level), at=now, **self.more)
        seen = looked({"a0": seen_as}, PACED, limit_w=self.limit_w, now=now)
        price = Missing(why="silent") if self.price is None else Fresh(value=self.price, at=now)
        seen = replace(seen, price_per_mwh=price)
        if self.state.motions:
            seen = replace(seen, cohorts={}, moving={"a0": seen_as})
        plan, self.state, _ = decide(seen, self.state)
        self.events += plan.events
        return plan

    @property
    def stages(self) -> list[tuple[str, Stage]]:
        """Those that this look and later ones have found."""
        return [(one.command.id, one.stage) for one in self.events[2:]]


def findings(events: Sequence[CommandEvent]) -> list[str]:
    """What `curtaild ledger verify` has to say of them."""
    check = CommandsCheck()
    return [
        found.reason
        for seq, event in enumerate(events)
        for found in check.see(seq, CommandRecorded(at=event.at, event=event))
    ]


def test_who_obeys_meanwhile_has_obeyed_the_command_before() -> None:
    here = Hall.waiting(STOP)
    here.level = OFF
    plan = here.look(5)
    assert plan.commands == ()
    assert here.stages == [("c1", FAILED), ("c1", CONFIRMED)]
    assert here.events[-1].command == STOP
    assert here.state.motions["a0"].command == STOP
    assert findings(here.events) == []


def test_its_time_does_not_run_however_long_nobody_looks() -> None:
    """30 s are what a stop has. Once told, it is the second of its three attempts, with a time of
    its own."""
    here = Hall.waiting(STOP)
    assert here.look(40).commands == ()
    assert here.stages == [("c1", FAILED)]
    plan = here.look(STEP_S - 5)
    assert [(one.id, one.level, one.attempt) for one in plan.commands] == [("c000000002", OFF, 2)]
    told = here.state.motions["a0"]
    assert told.deadline == later(STEP_S - 5 + 30)
    here.level = OFF
    here.look(STEP_S)
    assert here.stages[1:] == [("c000000002", INTENDED), ("c000000002", CONFIRMED)]
    assert findings(here.events) == []


def test_one_that_is_overruled_has_failed_already() -> None:
    here = Hall.waiting(START)
    here.limit_w = 2 * OFF_W
    plan = here.look(5)
    assert [one.level for one in plan.commands] == [OFF]
    assert here.stages == [("c1", FAILED), ("c000000002", INTENDED)]
    assert findings(here.events) == []


def test_a_start_is_not_told_once_more_where_starts_have_closed_meanwhile() -> None:
    here = Hall.waiting(START)
    here.price = None
    for seconds in (5, STEP_S, 2 * STEP_S):
        assert here.look(seconds).commands == ()
    assert "a0" not in here.state.motions
    here.price = CHEAP
    plan = here.look(3 * STEP_S)
    assert [(one.level, one.attempt) for one in plan.commands] == [("default", 1)]
    assert findings(here.events) == []


@pytest.mark.parametrize(
    ("ceiling", "told"),
    [
        pytest.param("default", [("default", 2)], id="as high as it was told"),
        pytest.param(OFF, [], id="off"),
    ],
)
def test_a_start_is_not_told_once_more_above_what_a_person_allows_by_now(
    ceiling: str, told: list[tuple[str, int]]
) -> None:
    """That a miner of a new firmware goes lower may wait for its canary; that it rises need not."""
    here = Hall.waiting(START, firmware="new 1")
    here.more = {"firmware": "new 1", "ceiling": ceiling}
    plan = here.look(STEP_S - 5)
    assert [(one.level, one.attempt) for one in plan.commands] == told


@pytest.mark.parametrize(
    ("ceiling", "told"),
    [pytest.param("default", ["default"], id="as high"), pytest.param(OFF, [], id="off")],
)
def test_nor_is_one_that_draws_as_much_by_its_last_word(ceiling: str, told: list[str]) -> None:
    """It says nothing any more, and would start again where it has gone off meanwhile."""
    here = Hall.waiting(START, firmware="new 1")
    here.level = "default"
    here.more = {"firmware": "new 1", "ceiling": ceiling, "reachable": False}
    assert [one.level for one in here.look(STEP_S - 5).commands] == told


def test_to_come_down_halfway_is_told_once_more_though_a_person_wants_it_off() -> None:
    """That it goes off waits for the canary of its firmware."""
    halfway = replace(STOP, level="340MHz")
    motion = replace(overdue(STOP), command=halfway, curve="three")
    runs = replace(miner("a", "default", curve="three"), firmware="new 1", ceiling=OFF)
    seen = replace(looked({}, Pacing()), moving={"a0": runs})
    plan, *_ = decide(seen, State(motions={"a0": motion}, next_command=2))
    assert [(one.level, one.attempt) for one in plan.commands] == [("340MHz", 2)]


def test_a_stop_needs_no_permission_and_goes_on_waiting_for_its_turn() -> None:
    here = Hall.waiting(STOP)
    here.price = None
    assert here.look(5).commands == ()
    plan = here.look(STEP_S - 5)
    assert [(one.level, one.attempt) for one in plan.commands] == [(OFF, 2)]


def test_a_start_that_is_let_go_leaves_the_stop_that_nothing_proved() -> None:
    """When a meter shows that one, it is booked to the last command that was told."""
    motion = replace(overdue(START), proven_w=FULL_W)
    off = MinerSeen(
        group="a", curve="plain", level=OFF, power_w=OFF_W, at=NOW, grade=EvidenceGrade.INFERRED
    )
    due = advance(motion, off, PLAIN, None, Look(NOW, PACED, may_start=True)).motion
    assert due is not None
    assert is_due(due)
    closed = Look(later(5), PACED, may_start=False, unheard={"a0"})
    left, events = advance(due, off, PLAIN, None, closed)
    assert left is not None
    assert (left.stage, left.command.id, left.command.level) == (FAILED, "c1", OFF)
    assert events == ()
    shown = Look(later(10), PACED, may_start=True, shown={"a0": SITE})
    read = replace(off, at=later(8))
    [event] = advance(left, read, PLAIN, None, shown).events
    assert (event.command.id, event.command.level, event.stage) == ("c1", OFF, CONFIRMED)
    assert event.command.at == START.at


@pytest.mark.parametrize("seconds", [3_569, 3_570])
def test_a_contest_that_ends_while_its_switch_waits_to_be_told_again(seconds: float) -> None:
    """An hour after its first telling: whom no meter has shown to be off goes on counting."""
    switch = replace(STOP, level="cut", reason=Reason.CONTESTED)
    says_so = MinerSeen(
        group="a", curve="plain", level="cut", power_w=0, at=NOW, grade=EvidenceGrade.INFERRED
    )
    due = advance(overdue(switch), says_so, PLAIN, None, Look(NOW, PACED, may_start=True)).motion
    assert due is not None
    assert is_due(due)
    look = Look(NOW + timedelta(seconds=seconds), PACED, may_start=True, unheard={"a0"})
    after = advance(due, says_so, PLAIN, None, look).motion
    assert after is not None
    over = seconds == 3_570
    assert after.stage is (FAILED if over else INTENDED)
    assert after.command.id == ("c1" if over else "")
