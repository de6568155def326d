"""What programs may ask for and the site has not been measured to do. Warnings, no errors: the
contract is what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_FLOOR, Decimal
from zoneinfo import ZoneInfo

from controller.config.power_return import Warned
from controller.core.deliverable.within import HORIZONS_S, asked_w, demand, given_s, measured
from controller.model.plan import Deliverable, Plan
from controller.model.site import Program

HUNDREDTH = Decimal("0.01")
UNMEASURED = "nothing has been measured yet: what programs may ask is not compared"


def warnings(programs: Mapping[str, Program], plan: Plan | None, zone: str) -> list[Warned]:
    """By program, in the order of the file. `plan` is the last that was recorded."""
    if plan is None or len(plan.deliverable) != len(HORIZONS_S):
        return []
    return [one for name, each in programs.items() for one in _of(name, each, plan, zone)]


def _of(name: str, program: Program, plan: Plan, zone: str) -> Iterator[Warned]:
    found = demand(program, plan.deliverable, plan.curtailed, plan.limits)
    if found is None:
        return
    key = "reserve_kw" if program.reserve_w == asked_w(program) else "capacity_kw"
    sure = _confidence(measured(plan.deliverable, program), found.measured_w)
    day = plan.at.astimezone(ZoneInfo(zone)).date()
    yield Warned(
        f"programs.{name}.{key}",
        f"program {name} may ask {_kw(found.asked_w)} within {given_s(program)} s; the site has "
        f"been measured to shed {_kw(found.measured_w)} (confidence {sure}) on {day}",
    )


def _confidence(could: Deliverable, measured_w: int) -> Decimal:
    """Of all that was measured: what is off already is certain to be."""
    sheds_w = min(could.shed_w, measured_w)
    if not measured_w:
        return Decimal(0)
    sure_w = sheds_w * could.shed_confidence + measured_w - sheds_w
    return (sure_w / measured_w).quantize(HUNDREDTH, ROUND_FLOOR)


def _kw(power_w: int) -> str:
    return f"{power_w / 1000:,.0f} kW" if power_w % 1000 == 0 else f"{power_w / 1000:,.1f} kW"
