"""Power comes back while a dispatch is in force: every miner hashes before anybody can tell it
anything. Each is told to stop in the very look in which it is heard."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from controller.core.decide import decide
from controller.core.obedience.command import resumed
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, Command, MinerSeen, Motion, Stage
from controller.model.grid import SITE, Dispatch, ReduceTo
from controller.model.plan import Mode, Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

NAMES = ("m1", "m2", "m3", "m4", "m5")
FULL_W = 2_794
HALL = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=90_000,
    groups={"a": Group()},
    pacing=Pacing(minimum_on_s=3_600, restore_w_per_minute=1),
)
DISPATCH = Dispatch(
    id="ers-1",
    version=1,
    program="p",
    authority="grid",
    issued_at=NOW - timedelta(hours=1),
    received_at=NOW - timedelta(hours=1),
    start=NOW - timedelta(minutes=30),
    target=ReduceTo(kw=Decimal(4)),
    limit_w=4_000,
)


def told(name: str, level: str, stage: Stage, proven_w: int, attempt: int = 1) -> Motion:
    at = NOW - timedelta(minutes=9)
    command = Command(
        id=f"c-{name}", miner=name, level=level, reason=Reason.DISPATCH, at=at, attempt=attempt
    )
    return Motion(
        command=command,
        stage=stage,
        group="a",
        curve="plain",
        from_level="default",
        proven_w=proven_w,
        deadline=at + timedelta(seconds=30),
        rest_until=None if stage is Stage.SENT else NOW + timedelta(minutes=50),
    )


BEFORE = State(
    motions={
        "m1": told("m1", OFF, Stage.FAILED, FULL_W, attempt=3),
        "m2": told("m2", OFF, Stage.CONFIRMED, 25),
        "m3": told("m3", OFF, Stage.SENT, FULL_W, attempt=3),
        "m4": told("m4", "default", Stage.CONFIRMED, FULL_W),
    },
    other_w={SITE: 500},
    meter_heard_at=NOW - timedelta(minutes=10),
    next_command=50,
)
"""As the process left it that ended with the power."""


def look(state: State, second: int, heard: set[str]) -> tuple[Plan, State]:
    now = NOW + timedelta(seconds=second)
    everyone = {name: _seen(name in heard, second) for name in NAMES}
    seen = Snapshot(
        now=now,
        site=HALL,
        meters_w={SITE: Fresh(value=500 + len(NAMES) * FULL_W, at=now)},
        dispatches={DISPATCH.id: DISPATCH},
        curves=CURVES,
        cohorts=cohorts({n: m for n, m in everyone.items() if n not in state.motions}),
        moving={n: m for n, m in everyone.items() if n in state.motions},
        fleet_known=len(heard) == len(NAMES),
    )
    plan, after, _ = decide(seen, state)
    return plan, after


def _seen(heard: bool, second: int) -> MinerSeen:
    if not heard:
        return MinerSeen(group="a", curve="plain", level="", power_w=0, reachable=False)
    at = NOW + timedelta(seconds=second)
    return MinerSeen(group="a", curve="plain", level="default", power_w=FULL_W, at=at)


def test_each_is_told_in_the_look_in_which_it_is_heard() -> None:
    """What the meter shows is drawn by those not yet heard: so nobody is spared for the 4 kW, which
    leave room for one of them, until all are heard."""
    _, state = look(resumed(BEFORE), 0, set())
    for second, name in enumerate(NAMES[:-1], start=1):
        plan, state = look(state, second, set(NAMES[:second]))
        assert plan.mode is Mode.STARTING
        assert {(one.miner, one.level) for one in plan.commands} >= {(name, OFF)}
    plan, _ = look(state, len(NAMES), set(NAMES))
    assert plan.mode is not Mode.STARTING
    assert plan.target_w == 500 + FULL_W + 4 * 25


def test_all_at_once_where_all_are_heard_at_once() -> None:
    plan, _ = look(resumed(BEFORE), 0, set(NAMES))
    assert [one.level for one in plan.commands] == [OFF] * 4
    assert plan.target_w == 500 + FULL_W + 4 * 25


def test_a_process_that_ends_in_order_changes_nothing_for_those_that_rest() -> None:
    resting = State(motions={"m2": BEFORE.motions["m2"]})
    assert resumed(resting) == resting
