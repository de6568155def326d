"""How many of a group would be to run if nobody had to wait, by hand: ten miners that stand."""

from __future__ import annotations

from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, Standing
from controller.model.grid import SITE
from controller.model.plan import Explanation
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from tests.core.at_rest import some
from tests.core.cases.sites import NOW
from tests.core.paced_sites import CHEAP, DEAR
from tests.core.test_canary_steps import RUN, look, new
from tests.core.test_explain import ERS, a_site, at, dispatch
from tests.core.test_promised_edges import resting

STOPPED = some("a", "plain", 10, OFF)


def stopped(seen: Snapshot) -> Explanation:
    """Of miners that were stopped just now, and may not start yet."""
    meters = {SITE: Fresh(value=250, at=NOW)}
    seen = replace(seen, cohorts={}, moving=STOPPED, meters_w=meters)
    return decide(seen, State(motions=resting(STOPPED)))[0].explained["a"]


def test_who_may_not_start_yet_is_wanted_to() -> None:
    one = stopped(at("60"))
    assert (one.running, one.wanted) == (0, 10)


def test_who_would_not_pay_is_not_wanted() -> None:
    assert stopped(at("200")).wanted == 0


def test_no_more_are_wanted_than_limits_leave_room_for() -> None:
    """10 kW: 0.25 of standby, and three steps of 2.769."""
    one = stopped(at("60", a_site(programs=ERS), dispatches=dispatch(10_000)))
    assert (one.running, one.wanted) == (0, 3)


def test_nobody_is_wanted_who_cannot_be_told() -> None:
    seen = at("60")
    gone = {name: replace(one, reachable=False) for name, one in STOPPED.items()}
    away = cohorts({**gone, **some("a", "three", 1, OFF)})
    assert {one.standing for one in away.values()} == {Standing.PRESENT, Standing.UNREACHABLE}
    one = decide(replace(seen, cohorts=away), State())[0].explained["a"]
    assert (one.miners, one.wanted) == (1, 1)


def test_who_waits_for_a_canary_is_wanted() -> None:
    plan, _ = look(new(OFF, "a1", "a2", "a3"), price=CHEAP)
    one = plan.explained["a"]
    assert (one.running, one.wanted) == (0, 3)


def test_who_only_stops_once_a_canary_has_returned_goes_on_until_then() -> None:
    plan, _ = look(RUN, price=DEAR)
    assert plan.explained["a"].wanted == 3
