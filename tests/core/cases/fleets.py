"""A small site that lives: its miners, what its meters and sources say of it, and what is true."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.core.limits.ceilings import Ceilings
from controller.core.scopes import scopes_of
from controller.model.fleet import IDLE, OFF
from controller.model.grid import SITE, Dispatch, MaintenanceLock, ManualOrder
from controller.model.plan import Plan
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.seen import Snapshot, State
from controller.model.site import Site
from tests.core.cases.chances import Chances
from tests.core.cases.miners import KEYS
from tests.core.cases.sites import BREAKER, CURVES, GROUPS, NEIGHBOUR, NOW, site
from tests.core.cases.situations import PRICES
from tests.scenarios.model_fleet import ModelFleet, ModelMiner

SIGNALS = {"available": (40, 12, 0), "temperature": (20, 34, 36, 50), "heat": (0, 4000, 9000)}
VALUES = {"price": PRICES, "hashprice": (60, 30), **SIGNALS}
METERS = (SITE, BREAKER, "a")
FANS = "fans"


@dataclass
class Market:
    """Of prices and signals: what was said last, and what has fallen silent or was never heard."""

    said: dict[str, Decimal]
    since: datetime = NOW
    quiet: dict[str, str] = field(default_factory=dict)

    def word(self, name: str, now: datetime) -> Observed[Decimal]:
        quiet = self.quiet.get(name, "")
        if quiet == "missing":
            return Missing(why="silent")
        if quiet == "stale":
            return Stale(value=self.said[name], at=self.since)
        return Fresh(value=self.said[name], at=now)


@dataclass
class Life:
    """One site, and whatever happens to it."""

    site: Site
    fleet: ModelFleet
    market: Market
    meters: dict[str, str]
    """By scope: whether its meter reads, is silent or stands still."""
    other_w: int
    neighbour_w: int
    utc_offset_s: int
    now: datetime = NOW
    dispatches: dict[str, Dispatch] = field(default_factory=dict)
    orders: dict[str, ManualOrder] = field(default_factory=dict)
    locks: dict[str, MaintenanceLock] = field(default_factory=dict)
    strayed_at: dict[str, datetime] = field(default_factory=dict)
    """By miner that did not obey, until when."""
    fans_on: dict[str, bool] = field(default_factory=dict)
    shown: dict[str, Fresh[int]] = field(default_factory=dict)
    known: bool = True
    paid: bool = True
    troubled: bool = True
    """Whether anybody ever does otherwise than told."""
    sound_ever: bool = True
    """Whether no meter ever failed."""
    load_at: datetime = NOW - timedelta(days=1)
    """When other load last changed."""

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.fleet.advance(self.now)
        self.sound_ever = self.sound_ever and self.sound()
        for name, miner in self.fleet.miners.items():
            if miner.behaviour != "obey":
                self.strayed_at[name] = self.now
        for kept in (self.dispatches, self.orders):
            for name in [n for n, one in kept.items() if _over(one, self.now)]:
                del kept[name]

    def look(self, state: State) -> Snapshot:
        now, in_force = self.now, [one for one in self.orders.values() if one.in_force(self.now)]
        ceilings = Ceilings(in_force, CURVES)
        at_rest, moving = self.fleet.seen(now, state.motions.keys(), self.locks.keys(), ceilings)
        word = self.market.word
        return Snapshot(
            now=now,
            site=self.site,
            price_per_mwh=word("price", now),
            hashprice_per_ph_day=word("hashprice", now),
            meters_w={scope: self._metered(scope) for scope in self.meters},
            signals={**{name: word(name, now) for name in SIGNALS}, FANS: self._fans()},
            utc_offset_s=self.utc_offset_s,
            dispatches=dict(self.dispatches),
            orders=dict(self.orders),
            locks=dict(self.locks),
            curves=CURVES,
            cohorts=at_rest,
            moving=moving,
            canaries=self.fleet.each(now, state.asked, self.locks.keys(), ceilings),
            outcomes=self.fleet.outcomes(),
            paid_at=dict.fromkeys(GROUPS, now if self.paid else NOW),
            fleet_known=self.known,
        )

    def obey(self, plan: Plan) -> None:
        self.fans_on = dict(plan.cooling)
        self.fleet.send(plan.commands, self.now)

    def power_w(self, scope: str) -> int:
        """What is truly drawn there, that of fans and neighbours included."""
        if scope == NEIGHBOUR:
            return self.neighbour_w
        inside = [name for name in GROUPS if scope in scopes_of(self.site, name)]
        drawn_w = sum(self.fleet.power_w(name) + self._fans_w(name) for name in inside)
        if scope == SITE:
            drawn_w += self.other_w + len(self._behind()) * self.neighbour_w
        return drawn_w

    def _behind(self) -> list[str]:
        """By neighbour behind the site's meter, its own meter."""
        return [one.meter for one in self.site.neighbours.values() if one.behind_site_meter]

    def unseen_w(self) -> int:
        """What no meter but the site's shows."""
        shown = {meter for meter in self._behind() if self.meters.get(meter) == "reads"}
        return self.other_w + (len(self._behind()) - len(shown)) * self.neighbour_w

    def sound(self) -> bool:
        """Whether every meter shows what it should."""
        return set(self.meters.values()) <= {"reads"}

    def obedient(self, since: datetime) -> list[ModelMiner]:
        """The miners that run, do as they are told and did so all the time since then."""
        return [
            one
            for name, one in self.fleet.miners.items()
            if self.strayed_at.get(name, NOW - timedelta(1)) < since and one.level not in IDLE
        ]

    def _fans_w(self, group: str) -> int:
        cooling = self.site.groups[group].cooling
        return cooling.power_w if cooling is not None and self.fans_on.get(group) else 0

    def _fans(self) -> Observed[Decimal]:
        return Fresh(value=Decimal(int(any(self.fans_on.values()))), at=self.now)

    def _metered(self, scope: str) -> Observed[int]:
        does, last = self.meters[scope], self.shown.get(scope)
        if does == "reads" or (last is None and does == "frozen"):
            self.shown[scope] = Fresh(value=self.power_w(scope), at=self.now)
        elif last is None:
            return Missing(why="never heard")
        elif does == "silent":
            return Stale(value=last.value, at=last.at)
        return replace(self.shown[scope], at=self.now)


def _over(one: Dispatch | ManualOrder, now: datetime) -> bool:
    return one.over(now) if isinstance(one, Dispatch) else one.until <= now


def life(chances: Chances) -> Life:
    """At its beginning, before anything has gone wrong."""
    declared = site(chances)
    own = [scope for scope in METERS[1:] if chances.one_in(4)]
    metered = [SITE, *own, *(NEIGHBOUR for n in declared.neighbours.values() if n.meter)]
    miners = _miners(chances, declared)
    return Life(
        site=declared,
        fleet=ModelFleet(miners),
        market=Market({name: Decimal(chances.of(found)) for name, found in VALUES.items()}),
        meters=dict.fromkeys(metered, "reads"),
        other_w=chances.of([0, 0, 2_000]),
        neighbour_w=chances.of([0, 3_000, 6_000]),
        utc_offset_s=chances.of([0, -18_000]),
        fans_on={one.group: True for one in miners.values() if one.level != OFF},
        known=not chances.one_in(4),
        troubled=not chances.one_in(4),
    )


def _miners(chances: Chances, declared: Site) -> dict[str, ModelMiner]:
    found = {}
    for group in GROUPS:
        key, says_watts = chances.of(KEYS), not chances.one_in(4)
        for number in range(chances.below(5)):
            levels = CURVES[key]
            found[f"{group}{number}"] = ModelMiner(
                group,
                key,
                levels,
                level=chances.of([levels.top.name, OFF, levels.levels[1].name]),
                draw=Decimal(chances.of(["1", "1", "1", "0.95", "1.05"])),
                reports_watts=says_watts,
                stop_s=chances.of([5, 5, 25]),
                start_s=chances.of([20, 20, 28]),
                switched=declared.groups[group].switched,
            )
    return found
