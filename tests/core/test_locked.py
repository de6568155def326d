"""To a miner in a locked place nothing is told but to go off, whatever it was on its way to."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.pacing.staging import SITE_DOWN
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, Command, EvidenceGrade, MinerSeen, Motion, Stage
from controller.model.grid import MaintenanceLock
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

LOW, TOP = "340MHz", "default"
LOW_W, TOP_W, OFF_W = (CURVES["three"].level(name).power_w for name in (LOW, TOP, OFF))
STEP_S = 60
SITE = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=90_000,
    groups={"a": Group()},
    pacing=Pacing(largest_step_down_w=TOP_W, step_s=STEP_S),
)
LOCK = MaintenanceLock(id="a", place="a", person="Ada", why="the busbar", since=NOW)
LEFT_FOR_LESS = {SITE_DOWN: TOP_W - 1_500}
"""Of the step of a moment ago there is room for a lower level, and none for a stop."""


def told(level: str, from_level: str, stage: Stage = Stage.SENT, told_s: int = 40) -> Motion:
    """A command that has let its deadline pass, or was given up."""
    failed = stage is Stage.FAILED
    at = NOW - timedelta(seconds=told_s)
    return Motion(
        command=Command(id="c1", miner="a1", level=level, reason=Reason.DISPATCH, at=at),
        stage=stage,
        group="a",
        curve="three",
        from_level=from_level,
        proven_w=CURVES["three"].level(from_level).power_w,
        deadline=NOW - timedelta(seconds=1),
        rest_until=NOW + timedelta(seconds=300) if failed else None,
    )


def shows(level: str, grade: EvidenceGrade = EvidenceGrade.SELF_REPORT) -> MinerSeen:
    power_w = CURVES["three"].level(level).power_w
    return MinerSeen(
        group="a", curve="three", level=level, power_w=power_w, at=NOW, locked=True, grade=grade
    )


def snapshot(miner: MinerSeen) -> Snapshot:
    return Snapshot(
        now=NOW,
        site=SITE,
        price_per_mwh=Fresh(value=Decimal(48), at=NOW),
        hashprice_per_ph_day=Fresh(value=Decimal(60), at=NOW),
        meters_w={"site": Fresh(value=20_000, at=NOW)},
        curves=CURVES,
        moving={"a1": miner},
        locks={"a": LOCK} if miner.locked else {},
        fleet_known=True,
    )


def look(motion: Motion, miner: MinerSeen, state: State) -> tuple[Plan, State]:
    seen = snapshot(miner)
    plan, after, _ = decide(seen, replace(state, motions={"a1": motion}, next_command=2))
    return plan, after


WAITS = State(
    staged_at={SITE_DOWN: NOW - timedelta(seconds=STEP_S - 1)}, staged_w=dict(LEFT_FOR_LESS)
)
"""The stop's turn comes with the next step of the site."""
LATE = told(LOW, TOP)
OVERDUE = [
    (LATE, shows(TOP)),
    (told(TOP, LOW, told_s=400), shows(LOW)),
    (
        replace(told(LOW, TOP), command=replace(told(LOW, TOP).command, id="", attempt=2)),
        shows(TOP),
    ),
    (told(LOW, TOP, Stage.FAILED, 700), shows(LOW, EvidenceGrade.INFERRED)),
]


@pytest.mark.parametrize(("motion", "miner"), OVERDUE)
def test_no_level_is_told_once_more_while_the_stop_waits_for_its_turn(
    motion: Motion, miner: MinerSeen
) -> None:
    due = replace(motion, rest_until=NOW) if motion.stage is Stage.FAILED else motion
    plan, after = look(due, miner, WAITS)
    assert plan.commands == ()
    then, _ = look(after.motions["a1"], miner, State())
    assert [(c.level, c.reason) for c in then.commands] == [(OFF, Reason.MAINTENANCE_LOCK)]


@pytest.mark.parametrize(
    ("motion", "miner"),
    [
        (told(LOW, TOP, Stage.FAILED), shows(TOP)),
        (told(LOW, TOP, Stage.FAILED), shows(LOW, EvidenceGrade.INFERRED)),
        (told(LOW, OFF, Stage.FAILED), shows(OFF)),
        (told(TOP, LOW, Stage.FAILED), shows(LOW)),
    ],
)
def test_one_given_up_on_its_way_to_a_level_goes_off_at_once(
    motion: Motion, miner: MinerSeen
) -> None:
    """Who may still come up as it was told must not: it is told off, not left until its time."""
    plan, after = look(motion, miner, State())
    assert [(c.level, c.reason) for c in plan.commands] == [(OFF, Reason.MAINTENANCE_LOCK)]
    assert after.motions["a1"].proven_w >= max(motion.proven_w, miner.power_w)


def test_one_that_cannot_be_reached_is_told_when_it_can() -> None:
    lost = replace(shows(TOP), reachable=False)
    plan, after = look(told(LOW, TOP, Stage.FAILED), lost, State())
    assert plan.commands == ()
    then, _ = look(after.motions["a1"], shows(TOP), State())
    assert [c.level for c in then.commands] == [OFF]


def test_once_released_the_repeat_that_waited_is_told() -> None:
    _, after = look(told(LOW, TOP), shows(TOP), WAITS)
    plan, _ = look(after.motions["a1"], replace(shows(TOP), locked=False), State())
    assert [(c.level, c.attempt) for c in plan.commands] == [(LOW, 2)]


@pytest.mark.parametrize("attempt", [1, 2, 3])
@pytest.mark.parametrize("locked", [True, False])
def test_others_make_the_room_of_one_that_let_its_deadline_pass_in_the_same_look(
    attempt: int, *, locked: bool
) -> None:
    """Told once more or given up, it goes on drawing 2,794 of 4,000 W: another has to go off."""
    late = told(LOW, TOP)
    late = replace(late, command=replace(late.command, attempt=attempt), late=attempt > 1)
    miner = replace(shows(TOP), locked=locked)
    site = replace(SITE, import_limit_w=4_000, groups={"a": Group(), "b": Group()}, pacing=Pacing())
    seen = replace(
        snapshot(miner),
        site=site,
        meters_w={"site": Fresh(value=2 * TOP_W, at=NOW)},
        cohorts=cohorts({"b1": replace(shows(TOP), group="b", locked=False)}),
    )
    plan, _, _ = decide(seen, State(motions={"a1": late}, other_w={"site": 0}))
    assert ("b1", OFF) in [(one.miner, one.level) for one in plan.commands]
