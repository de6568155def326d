"""The room of fans is kept from the first start on, until a meter shows them: a closed loop."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from controller.core.decide import decide
from controller.model.fleet import OFF
from controller.model.grid import SITE
from controller.model.rules import Cooling
from controller.model.seen import State
from controller.model.site import Breaker, Group, Pacing, Site
from tests.core.cases.fleets import Life, Market
from tests.core.cases.sites import BREAKER, CURVES, NOW
from tests.scenarios.model_fleet import ModelFleet, ModelMiner

STEP_W, STANDBY_W, FANS_W = 2_769, 25, 3_000
ROOM_W = 6 * STANDBY_W + FANS_W + 5 * STEP_W
"""For five of six miners, beside the fans of three of them; without the fans, for all six."""
SAID = {"price": 48, "hashprice": 60, "available": 0, "temperature": 0, "heat": 0}


def life(metered: str, pacing: Pacing) -> Life:
    site = Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=ROOM_W,
        groups={
            "a": Group(cooling=Cooling(power_w=FANS_W, before_s=30, after_s=60), breaker=BREAKER),
            "b": Group(adder_per_mwh=Decimal(10), breaker=BREAKER),
            "c": Group(),
        },
        breakers={BREAKER: Breaker(limit_w=ROOM_W)},
        headroom=Decimal(0),
        pacing=pacing,
    )
    miners = {f"{g}{n}": ModelMiner(g, "plain", CURVES["plain"], OFF) for g in "ab" for n in "123"}
    market = Market({name: Decimal(value) for name, value in SAID.items()})
    return Life(site, ModelFleet(miners), market, {metered: "reads"}, 0, 0, 0)


@pytest.mark.parametrize("metered", [SITE, BREAKER])
@pytest.mark.parametrize("pace_w", [1_000_000, 6_000, 3_000])
def test_nobody_starts_to_be_stopped_for_the_sake_of_fans(metered: str, pace_w: int) -> None:
    """Those of hall a earn more, and wait for their fans; of hall b two may start before, whether a
    meter shows the fans yet or not."""
    pacing = Pacing(minimum_on_s=0, minimum_off_s=0, restore_w_per_minute=pace_w)
    here, state, told = life(metered, pacing), State(), []
    while here.now < NOW + timedelta(minutes=5):
        plan, state, _ = decide(here.look(state), state)
        told += [f"{one.miner[0]} {one.level}" for one in plan.commands]
        here.obey(plan)
        here.advance(5)
    assert sorted(told) == ["a default"] * 3 + ["b default"] * 2
