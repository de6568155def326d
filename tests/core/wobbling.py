"""A site under a limit that binds, whose miners and meter wobble: how often miners are told
something for it.

The wobble is a keyed hash of who and when, so that every run is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import blake2b

from controller.core.decide import decide
from controller.model.fleet import Curve, Level
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Site
from tests.core.cases.sites import NOW
from tests.scenarios.model_fleet import ModelFleet, ModelMiner

LOOK_S = 10
CURVE = Curve(
    levels=(
        Level(name="off", power_w=30, hashrate_ths=Decimal(0)),
        Level(name="full", power_w=1030, hashrate_ths=Decimal(40)),
    )
)


@dataclass(frozen=True, slots=True)
class Wobble:
    """How far each strays from what is nominal, at the most, either way."""

    together: float = 0
    """All miners at once: the voltage of the grid, the heat of the day."""
    each: float = 0
    """Each miner by itself."""
    meter: float = 0
    """What the meter shows, of what is drawn."""
    lasts_s: int = LOOK_S
    mean: Decimal = Decimal(1)
    """What miners draw on average, of what is nominal."""

    def drawn(self, miner: str, at: datetime) -> Decimal:
        strays = self.together * self._unit("all", at) + self.each * self._unit(miner, at)
        return self.mean + Decimal(str(round(strays, 6)))

    def shown_w(self, drawn_w: int, at: datetime) -> int:
        return round(drawn_w * (1 + self.meter * self._unit("meter", at)))

    def _unit(self, key: str, at: datetime) -> float:
        moment = int(at.timestamp()) // self.lasts_s
        digest = blake2b(f"{key}/{moment}".encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big") / (2**31 - 0.5) - 1


class WobblingSite:
    """Miners of one hall that would all pay, and have no room for all."""

    def __init__(self, wobble: Wobble, limit_w: int, miners: int, headroom: str) -> None:
        self.wobble, self.limit_w, self.now, self.state = wobble, limit_w, NOW, State()
        self._headroom = Decimal(headroom)
        self.fleet = ModelFleet(
            {
                f"a-{number:03}": ModelMiner(group="a", curve="plain", levels=CURVE, level="full")
                for number in range(miners)
            }
        )

    def look(self) -> Plan:
        """One look; what was decided is sent at once."""
        for name, miner in self.fleet.miners.items():
            miner.draw = self.wobble.drawn(name, self.now)
        self.fleet.advance(self.now)
        plan, self.state, _ = decide(self._seen(), self.state)
        self.fleet.send(plan.commands, self.now)
        self.now += timedelta(seconds=LOOK_S)
        return plan

    def _seen(self) -> Snapshot:
        cohorts, moving = self.fleet.seen(self.now, self.state.motions.keys())
        shown_w = self.wobble.shown_w(self.fleet.power_w(), self.now)
        return Snapshot(
            now=self.now,
            site=Site(
                id="s",
                currency="USD",
                zone="UTC",
                import_limit_w=self.limit_w,
                groups={"a": Group()},
                headroom=self._headroom,
            ),
            price_per_mwh=Fresh(value=Decimal(48), at=self.now),
            hashprice_per_ph_day=Fresh(value=Decimal(60), at=self.now),
            meters_w={SITE: Fresh(value=shown_w, at=self.now)},
            curves={"plain": CURVE},
            cohorts=cohorts,
            moving=moving,
            outcomes=self.fleet.outcomes(),
            fleet_known=True,
        )

    def hours(self, count: float) -> list[Plan]:
        """Every plan of so many hours."""
        end = self.now + timedelta(hours=count)
        plans = []
        while self.now < end:
            plans.append(self.look())
        return plans


def commands(plans: list[Plan]) -> int:
    return sum(len(plan.commands) for plan in plans)
