"""How `curtaild plan` prints a plan."""

from __future__ import annotations

from controller.commands.plan import lines
from controller.surfaces.present import state
from tests.surfaces import views


def test_the_plan_with_its_reasons() -> None:
    plan = views.plan_now()
    text = "\n".join(lines(state.plan_now(views.a_view(plan=plan)), "USD"))
    assert plan.mode.value in text.splitlines()[0]
    for limit in plan.limits:
        assert limit.reason.text in text
        assert limit.source in text
    for allocation in plan.allocations.values():
        assert allocation.group in text
        assert allocation.reason.text in text
    for command in plan.commands:
        assert command.reason.text in text


def test_a_shortfall_is_not_overlooked() -> None:
    plan = views.plan_now(shortfall_w=12_500)
    assert "SHORTFALL: 12.5 kW" in "\n".join(lines(state.plan_now(views.a_view(plan=plan)), "USD"))


def test_an_unknown_price_is_called_so() -> None:
    plan = views.plan_now(marginal_price_per_mwh=None)
    assert "price unknown" in next(iter(lines(state.plan_now(views.a_view(plan=plan)), "USD")))
