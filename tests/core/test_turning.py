"""The prices that an explanation names are true of the decision itself."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import assume, given

from controller.model.fleet import OFF
from controller.model.plan import Plan
from controller.model.seen import Snapshot, State
from tests.core.at_rest import at_rest, planned, whatever
from tests.core.cases.chances import cases, many

CENT = Decimal("0.01")
Resting = tuple[Snapshot, State, Plan] | None
ANYWHERE = at_rest() | cases(whatever, size=900)


def powers(plan: Plan, group: str) -> list[int]:
    """Of its pools, in the order of their keys."""
    return [one.power_w for _, one in sorted(plan.allocations.items()) if one.group == group]


def more(plan: Plan, before: Plan, group: str) -> bool:
    """Whether any pool of the group is to draw more."""
    both = zip(powers(plan, group), powers(before, group), strict=True)
    return any(then > now for then, now in both)


def runs(plan: Plan, group: str) -> bool:
    mine = (one for one in plan.allocations.values() if one.group == group)
    return any(set(one.counts) - {OFF} for one in mine)


@many()
@given(ANYWHERE)
def test_what_turns_at_a_price_that_is_named_does_so_just_beyond_it_and_not_before(
    resting: Resting,
) -> None:
    assume(resting is not None)
    assert resting is not None
    for group in resting[2].explained:
        the_next_step_starts_below(resting, group)
        the_first_step_stops_above(resting, group)
        nothing_runs_above(resting, group)


def the_next_step_starts_below(resting: tuple[Snapshot, State, Plan], group: str) -> None:
    seen, state, plan = resting
    price = plan.explained[group].more_below_per_mwh
    if price is not None:
        assert more(planned(seen, state, price - CENT), plan, group)
        assert not more(planned(seen, state, price + CENT), plan, group)


def the_first_step_stops_above(resting: tuple[Snapshot, State, Plan], group: str) -> None:
    seen, state, plan = resting
    price = plan.explained[group].less_above_per_mwh
    if price is not None:
        assert more(plan, planned(seen, state, price + CENT), group)
        assert not more(plan, planned(seen, state, price - CENT), group)


def nothing_runs_above(resting: tuple[Snapshot, State, Plan], group: str) -> None:
    seen, state, plan = resting
    price = plan.explained[group].off_above_per_mwh
    if price is not None:
        assert not runs(planned(seen, state, price + CENT), group)
        assert runs(planned(seen, state, price - CENT), group)
