"""What holds of every decision."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from hypothesis import given, settings
from msgspec.structs import replace

from controller.core.decide import decide
from controller.model.base import encode, from_plain, to_plain
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from tests.core.promises import broken
from tests.core.strategies import GROUPS, settled, situations

LARGEST_STEP_W = 2_794 - 25


@settings(max_examples=400)
@given(situations())
def test_keeps_every_promise(situation: tuple[Snapshot, State]) -> None:
    seen, state = situation
    assert broken(seen, state, *decide(seen, state)) == []


@given(situations())
def test_equal_inputs_give_equal_bytes_even_through_json(
    situation: tuple[Snapshot, State],
) -> None:
    seen, state = situation
    once = encode(decide(seen, state))
    assert encode(decide(seen, state)) == once
    again = from_plain(to_plain(seen), Snapshot), from_plain(to_plain(state), State)
    assert encode(decide(*again)) == once


@given(situations())
def test_the_order_of_mappings_does_not_matter(situation: tuple[Snapshot, State]) -> None:
    seen, state = situation
    turned = (
        replace(
            seen,
            **{
                name: dict(reversed(list(getattr(seen, name).items())))
                for name in ("meters_w", "dispatches", "curves", "cohorts", "moving", "outcomes")
            },
        ),
        replace(state, motions=dict(reversed(list(state.motions.items())))),
    )
    assert encode(decide(*turned)) == encode(decide(seen, state))


def target_w(seen: Snapshot, state: State) -> int:
    plan, _, _ = decide(seen, state)
    return plan.target_w


@given(settled())
def test_more_limit_never_grants_less(situation: tuple[Snapshot, State]) -> None:
    seen, state = situation
    sites = [replace(seen.site, import_limit_w=watts) for watts in range(0, 40_000, 1_000)]
    targets = [target_w(replace(seen, site=site), state) for site in sites]
    assert targets == sorted(targets)


def targets_by_price(seen: Snapshot, state: State) -> list[int]:
    prices = [-100, 0, 60, 70, 80, 85, 90, 95, 100, 110, 120, 140, 5000]
    said = [Fresh(value=Decimal(price), at=seen.now) for price in prices]
    return [target_w(replace(seen, price_per_mwh=price), state) for price in said]


@given(settled())
def test_a_higher_price_never_raises_the_target(situation: tuple[Snapshot, State]) -> None:
    seen, state = situation
    groups = {name: replace(group, limit_w=None) for name, group in seen.site.groups.items()}
    site = replace(seen.site, import_limit_w=100_000, groups=groups)
    targets = targets_by_price(replace(seen, site=site, dispatches={}), state)
    assert targets == sorted(targets, reverse=True)


@given(settled())
def test_under_limits_it_raises_the_target_by_less_than_a_step_of_each_group(
    situation: tuple[Snapshot, State],
) -> None:
    """Without a large step that has become too dear, small ones can fill a limit better."""
    targets = targets_by_price(*situation)
    most_w = len(GROUPS) * LARGEST_STEP_W
    assert all(later - earlier < most_w for earlier, later in combinations(targets, 2))
