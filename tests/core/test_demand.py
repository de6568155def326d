"""When a program asks for more than the site was measured to shed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.deliverable.within import demand, measured
from controller.model.grid import SITE, Limit
from controller.model.plan import Curtailed, Deliverable
from controller.model.seen import State
from controller.model.site import Group, Program, Site
from controller.reasons import Reason
from tests.core.at_rest import seen_at, some

FOUND = tuple(
    Deliverable(
        within_s=within_s,
        shed_w=shed_w,
        add_w=0,
        shed_confidence=Decimal(0),
        add_confidence=Decimal(0),
    )
    for within_s, shed_w in ((10, 100), (60, 200), (600, 320), (1800, 400))
)


def program(**how: Any) -> Program:
    return Program(authority="grid", allowed=("reduce_to_kw",), **how)


@pytest.mark.parametrize(
    ("response_s", "notice_s", "shed_w"),
    [(0, 0, 100), (9, 0, 100), (59, 0, 100), (60, 0, 200), (599, 600, 320), (9_000, 0, 400)],
)
def test_a_program_is_judged_by_the_longest_horizon_within_its_time(
    response_s: int, notice_s: int, shed_w: int
) -> None:
    one = program(response_s=response_s, notice_s=notice_s)
    assert measured(FOUND, one).shed_w == shed_w


@pytest.mark.parametrize(("asked_w", "too_much"), [(320, False), (321, True)])
@pytest.mark.parametrize("what", ["reserve_w", "capacity_w"])
def test_a_program_that_asks_more_than_was_measured_is_told(
    what: str, asked_w: int, too_much: bool
) -> None:
    found = demand(program(response_s=600, **{what: asked_w}), FOUND, {})
    assert (found is not None) is too_much
    if found is not None:
        assert (found.asked_w, found.within_s, found.measured_w) == (321, 600, 320)


def test_what_was_told_to_be_off_counts_as_shed() -> None:
    asking = program(response_s=600, capacity_w=1_000)
    off: Mapping[Reason, Curtailed] = {
        Reason.UNPROFITABLE: Curtailed(power_w=680, hashrate_ths=Decimal(1))
    }
    assert demand(asking, FOUND, off) is None
    locked = {Reason.MAINTENANCE_LOCK: off[Reason.UNPROFITABLE]}
    assert demand(asking, FOUND, locked) is not None


@pytest.mark.parametrize("rated", [Reason.IMPORT_LIMIT, Reason.BREAKER_LIMIT, Reason.GROUP_LIMIT])
def test_what_never_could_run_beside_the_rest_is_nothing_shed(rated: Reason) -> None:
    """Of machines for 1 MW behind 500 kW, whatever keeps them off, 500 kW go at the most."""
    asking = program(response_s=600, capacity_w=501_000)
    rest = Curtailed(power_w=680_000, hashrate_ths=Decimal(1))
    assert demand(asking, FOUND, {rated: rest}) is not None
    assert demand(asking, FOUND, {Reason.UNPROFITABLE: rest}) is None
    connection = Limit(
        scope=SITE, limit_w=500_000, source="import limit", reason=Reason.IMPORT_LIMIT
    )
    found = demand(asking, FOUND, {Reason.UNPROFITABLE: rest}, [connection])
    assert found is not None
    assert found.measured_w == 500_000
    less = program(response_s=600, capacity_w=500_000)
    assert demand(less, FOUND, {Reason.UNPROFITABLE: rest}, [connection]) is None


def test_a_limit_that_ends_says_nothing_of_what_could_ever_be_shed() -> None:
    asking = program(response_s=600, capacity_w=320)
    called = Limit(scope=SITE, limit_w=100, source="d", reason=Reason.DISPATCH)
    assert demand(asking, FOUND, {}, [called]) is None


def a_site(**said: Any) -> Site:
    asking = program(capacity_w=900_000)
    return Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=1_000_000,
        groups={"a": Group()},
        programs={"ers": asking},
        **said,
    )


def test_the_plan_names_a_program_that_asks_too_much() -> None:
    plan, _, _ = decide(seen_at(Decimal(30), a_site(), some("a", "plain", 4)), State())
    assert plan.too_much_asked["ers"].asked_w == 900_000


def test_a_terse_plan_decides_the_same_and_tells_nobody_why() -> None:
    seen, terse = (
        seen_at(Decimal(300), a_site(terse=terse), some("a", "plain", 4)) for terse in (False, True)
    )
    (plan, state, at), (short, *rest) = decide(seen, State()), decide(terse, State())
    assert plan.commands
    assert rest == [state, at]
    told: dict[str, Any] = {"explained": {}, "outlook": (), "deliverable": (), "too_much_asked": {}}
    assert short == replace(plan, **told) != plan
