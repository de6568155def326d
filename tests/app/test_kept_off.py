"""What a reference is grossed up by: what the last decision knows to be kept off by dispatches."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from controller.model.plan import Curtailed, Mode, Plan
from controller.reasons import Reason
from tests.app.loop import CHEAP, Loop
from tests.app.office import Office
from tests.core.dispatches import NOW, SITE, at, by_kw, sent

TWO = replace(SITE, programs={**SITE.programs, "other": SITE.programs["ers"]})


def plan(target_w: int, expected_w: int, **curtailed_w: int) -> Plan:
    return Plan(
        at=NOW,
        mode=Mode.NORMAL,
        target_w=target_w,
        expected_w=expected_w,
        limit_w=160_000,
        curtailed={
            Reason(reason): Curtailed(power_w=power_w, hashrate_ths=Decimal(0))
            for reason, power_w in curtailed_w.items()
        },
    )


async def reference_w(decided: Plan | None) -> int | None:
    """Of "15 kW less than now" at 145 kW, while another program takes 40 off 180."""
    office = Office()
    office.desk.adopt(TWO, list, lambda _: {})
    forty = sent(start=at(-1), target=by_kw(40, "contract"))
    assert (await office.desk.dispatch(forty, "grid")).received
    office.power_w = replace(office.power_w, value=145_000)
    if decided is not None:
        office.desk.heed(decided)
    fifteen = sent(id="o-1", program="other", start=at(0), target=by_kw(15))
    assert (await office.desk.dispatch(fifteen, "grid")).received
    return office.active()["o-1"].reference_w


async def test_it_is_what_was_proven_and_what_is_on_its_way_down() -> None:
    assert await reference_w(None) == 180_000
    assert await reference_w(plan(145_000, 145_000)) == 145_000
    assert await reference_w(plan(145_000, 145_000, dispatch=20_000)) == 165_000
    assert await reference_w(plan(145_000, 145_000, dispatch=20_000, emergency=5_000)) == 170_000
    assert await reference_w(plan(145_000, 155_000, dispatch=20_000)) == 175_000
    assert await reference_w(plan(155_000, 145_000, dispatch=20_000)) == 165_000
    assert await reference_w(plan(145_000, 145_000, unprofitable=20_000)) == 145_000


async def test_each_decision_tells_the_desk() -> None:
    """A contract of 180 kW less 20 takes nothing off a site that draws 9."""
    loop = Loop()
    loop.desk.adopt(TWO, list, lambda _: {})
    loop.hashprice()
    loop.meter()
    loop.price(CHEAP)
    twenty = sent(start=at(-1), target=by_kw(20, "contract"))
    assert (await loop.desk.dispatch(twenty, "grid")).limit_kw == 160
    await loop.control.cycle()
    three = sent(id="o-1", program="other", start=at(0), target=by_kw(3))
    assert (await loop.desk.dispatch(three, "grid")).limit_kw == 6
