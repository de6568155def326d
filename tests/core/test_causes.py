"""The cause of every watt that is off, and the reason that speaks for a group, by hand.

A miner of the curve "plain" draws 2,794 W and hashes 121.8 TH/s, 25 W at standby. "three" also has
a level of 1,414 W and 70.2 TH/s. At 56.67 USD/PH/day the step of "plain" breaks even at 103.86
USD/MWh, those of "three" at 119.34 and 88.29.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from controller.core.decide import decide
from controller.model.fleet import OFF, Command, MinerSeen, Motion, Stage
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW
from tests.core.paced_sites import EACH_W, FULL_W, dispatch, hall, later, looked, miner

LOW, TOP = "340MHz", "default"
SECOND_W = FULL_W - CURVES["three"].level(LOW).power_w
AT_ONCE = Pacing(minimum_on_s=0, minimum_off_s=0)
FAIR, BETWEEN, DEAR = Decimal(60), Decimal(95), Decimal(200)


def seen_of(miners: Mapping[str, MinerSeen], price: Decimal = FAIR, **more: Any) -> Snapshot:
    return looked(miners, AT_ONCE, price=price, **more)


def planned(seen: Snapshot, state: State | None = None) -> Plan:
    return decide(seen, state or State())[0]


def off_w(plan: Plan) -> dict[Reason, int]:
    return {reason: one.power_w for reason, one in plan.curtailed.items()}


def told(name: str, level: str, rests_s: float, **more: Any) -> Motion:
    """A miner that has done what it was told a minute ago, and rests so long from now."""
    reason, curve = more.pop("reason", Reason.PROFITABLE), more.get("curve", "plain")
    plain: dict[str, Any] = {
        "stage": Stage.CONFIRMED,
        "group": "a",
        "curve": curve,
        "from_level": TOP if level == OFF else OFF,
        "proven_w": CURVES[curve].level(level).power_w,
        "deadline": later(-30),
        "rest_until": later(rests_s),
    }
    command = Command(id=f"c-{name}", miner=name, level=level, reason=reason, at=later(-60))
    return Motion(command=command, **plain | more)


def moving(seen: Snapshot, *motions: tuple[Motion, MinerSeen]) -> tuple[Snapshot, State]:
    """The site with miners in motion, each as it is seen."""
    miners = {motion.command.miner: one for motion, one in motions}
    site_w = sum(one.power_w for one in seen.cohorts.values())
    site_w += sum(one.power_w for one in miners.values())
    meters = {SITE: Fresh(value=site_w, at=NOW)}
    state = State(motions={motion.command.miner: motion for motion, _ in motions})
    return replace(seen, moving=miners, meters_w=meters), state


def test_where_all_run_nothing_is_off() -> None:
    assert planned(seen_of(hall("a", 4, TOP))).curtailed == {}


def test_only_the_step_that_does_not_pay_is_off_for_money() -> None:
    """At 95 the first step of "three" pays, and the second does not."""
    plan = planned(seen_of(hall("a", 5, LOW, curve="three"), BETWEEN))
    assert off_w(plan) == {Reason.UNPROFITABLE: 5 * SECOND_W}
    assert plan.curtailed[Reason.UNPROFITABLE].hashrate_ths == 5 * Decimal("51.6")


def test_a_limit_keeps_off_what_it_cuts_and_the_rest_waits() -> None:
    """12 kW leave room for four of ten; none of these has started yet."""
    plan = planned(seen_of(hall("a", 10, OFF), dispatches={"ers-1": dispatch(12_000)}))
    assert off_w(plan) == {Reason.DISPATCH: 6 * EACH_W, Reason.STAGED_RESTORE: 4 * EACH_W}


def test_money_comes_before_a_limit_and_what_still_runs_is_not_off() -> None:
    """The floor of 9 kW needs four of ten and 6 kW have room for two, but three still run: of the
    seven that are off money keeps off six."""
    off = {f"off-{name}": one for name, one in hall("a", 7, OFF).items()}
    limited = {"groups": {"a": Group(floor_w=9_000)}, "dispatches": {"ers-1": dispatch(6_000)}}
    plan = planned(seen_of(hall("a", 3, TOP) | off, DEAR, **limited))
    assert off_w(plan) == {Reason.UNPROFITABLE: 6 * EACH_W, Reason.DISPATCH: EACH_W}


def test_a_lock_keeps_off_the_whole_curve() -> None:
    """2 x (2,794 - 25) W and 2 x 121.8 TH/s."""
    plan = planned(seen_of(hall("a", 2, OFF, locked=True, curve="three")))
    assert off_w(plan) == {Reason.MAINTENANCE_LOCK: 5_538}
    assert plan.curtailed[Reason.MAINTENANCE_LOCK].hashrate_ths == Decimal("243.6")


def test_who_runs_in_full_until_others_come_back_is_cut_by_nothing_yet() -> None:
    """The power of b costs 10 more. Its five have the room that the five of a take once they have
    rested."""
    groups = {"a": Group(), "b": Group(adder_per_mwh=Decimal(10))}
    seen = seen_of(hall("b", 5, TOP), groups=groups, limit_w=14_200)
    resting = [(told(f"a{number}", OFF, 300), miner("a", OFF)) for number in range(5)]
    explained = planned(*moving(seen, *resting)).explained
    assert explained["a"].reason is Reason.MINIMUM_OFF
    assert (explained["b"].reason, explained["b"].running) == (Reason.PROFITABLE, 5)


def test_fans_are_waited_for_before_room_is() -> None:
    """12 kW less 500 W have room for four of ten, and none of them may start yet."""
    groups = {"a": Group(cooling=Cooling(power_w=500, before_s=120))}
    seen = seen_of(hall("a", 10, OFF), groups=groups, dispatches={"ers-1": dispatch(12_000)})
    one = planned(seen, decide(seen, State())[1]).explained["a"]
    assert (one.reason, one.bound, one.source) == (Reason.COOLING, None, "")
    assert one.until == later(120)


def test_what_was_raised_a_moment_ago_is_too_new_to_be_lowered_for_money() -> None:
    """At 95 the second step of "three" does not pay, and its first does."""
    raised = told("a0", TOP, 300, curve="three", from_level=LOW)
    seen = seen_of({}, BETWEEN)
    one = planned(*moving(seen, (raised, miner("a", TOP, curve="three")))).explained["a"]
    assert (one.reason, one.until, one.runs_w) == (Reason.MINIMUM_ON, later(300), FULL_W)


def test_a_level_raised_to_a_moment_ago_is_too_new_for_the_next() -> None:
    raised = told("a0", LOW, 300, curve="three")
    plan = planned(*moving(seen_of({}), (raised, miner("a", LOW, curve="three"))))
    assert off_w(plan) == {Reason.MINIMUM_OFF: SECOND_W}


def test_what_a_miner_that_refused_to_rise_lacks_is_off_for_disobedience() -> None:
    how: dict[str, Any] = {"curve": "three", "from_level": LOW, "proven_w": 1_414}
    refused = told("a0", TOP, 300, stage=Stage.FAILED, **how)
    plan = planned(*moving(seen_of({}), (refused, miner("a", LOW, curve="three"))))
    assert off_w(plan) == {Reason.DISOBEDIENT: SECOND_W}
