"""The worked example of the design, number by number."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from controller.core.economics.steps import concave, steps
from controller.reasons import Reason
from tests.scenarios.worked_example import HASHPRICE, NOW, S19K, decided


def test_each_step_has_the_break_even_of_its_hashes_and_watts() -> None:
    found = [step.break_even_per_mwh for step in steps(concave(S19K), HASHPRICE, Decimal("0.02"))]
    # 54.7 TH/s for 1,055 W: 54.7 / 1000 × 56.67 / 24 × 0.98 an hour, over 0.001055 MWh.
    by_hand = Decimal("54.7") / 1000 * HASHPRICE / 24 * Decimal("0.98") / Decimal("0.001055")
    assert round(found[0], 6) == round(by_hand, 6)
    assert [f"{value:.2f}" for value in found] == ["119.98", "101.75", "82.79"]


def test_before_it_starts_the_dispatch_changes_nothing_but_the_outlook() -> None:
    plan, _, next_at = decided(NOW, 48, dispatched=True)
    assert plan.commands == ()
    assert plan.target_w == plan.expected_w == 60 * 2_794 + 5_000
    assert (plan.outlook[0].what, plan.outlook[0].limit_w) == ("dispatch starts", 40_000)
    assert next_at == NOW + timedelta(minutes=1)


def test_in_force_it_leaves_the_best_steps_within_40_kw() -> None:
    plan, state, next_at = decided(NOW + timedelta(minutes=10), 48, dispatched=True)
    assert plan.limit_w == 40_000
    # 40 kW less 2 % headroom, 5 kW of other load and 60 × 25 W of standby leave 32.7 kW: the first
    # step for 30 miners, and what is left is enough for one to take the second.
    assert plan.target_w == 5_000 + 60 * 25 + 30 * 1_055 + 705
    orders = Counter((command.level, command.reason) for command in plan.commands)
    dispatched = Reason.DISPATCH
    assert orders == {
        ("off", dispatched): 30,
        ("265MHz", dispatched): 29,
        ("415MHz", dispatched): 1,
    }
    assert {command.dispatch for command in plan.commands} == {"ers-1"}
    assert plan.expected_w == 60 * 2_794 + 5_000, "nothing is proven yet"
    assert len(state.motions) == 60
    assert next_at == plan.at + timedelta(seconds=10), "when meter and miners can be compared"


def test_a_price_above_every_break_even_stops_everything() -> None:
    plan, _, _ = decided(NOW + timedelta(minutes=10), 2_900, dispatched=False)
    assert plan.target_w == 5_000 + 60 * 25
    assert {command.reason for command in plan.commands} == {Reason.UNPROFITABLE}
    assert len(plan.commands) == 60
