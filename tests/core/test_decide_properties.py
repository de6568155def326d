"""What holds of every decision."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from msgspec.structs import replace

from controller.core.decide import decide
from controller.model.base import encode, from_plain, to_plain
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from tests.core.promises import broken
from tests.core.strategies import settled, situations


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
                name: dict(reversed(getattr(seen, name).items()))
                for name in ("meters_w", "dispatches", "curves", "cohorts", "moving", "outcomes")
            },
        ),
        replace(state, motions=dict(reversed(state.motions.items()))),
    )
    assert encode(decide(*turned)) == encode(decide(seen, state))


@given(settled())
def test_more_limit_never_grants_less(situation: tuple[Snapshot, State]) -> None:
    seen, state = situation
    targets = [
        decide(replace(seen, site=replace(seen.site, import_limit_w=limit_w)), state)[0].target_w
        for limit_w in range(0, 40_000, 1_000)
    ]
    assert targets == sorted(targets)


@given(settled())
def test_a_higher_price_never_raises_the_target(situation: tuple[Snapshot, State]) -> None:
    seen, state = situation
    targets = [
        decide(replace(seen, price_per_mwh=Fresh(value=Decimal(price), at=seen.now)), state)[0]
        for price in (-100, 0, 60, 70, 80, 85, 90, 95, 100, 110, 120, 140, 5000)
    ]
    powers = [plan.target_w for plan in targets]
    assert powers == sorted(powers, reverse=True)
    assert SITE
