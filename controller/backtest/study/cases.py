"""What is played: which machines, what their starts cost, when prices are known, and the limit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from controller.backtest.news import KnownAt
from controller.config.compose import Settings
from controller.model.fleet import Level
from controller.simulator.luxos.catalog import load_model
from controller.wiring import SETTINGS

MINERS = 1000
ADDER_PER_MWH = 10
"""Transmission and fees, $."""
OVERSIZE = Decimal("1.3")
"""A limited site has machines for 130 % of what it may import."""
LIMITED_BLOCKS = 17
"""In so many parts the miners of a limited site move: at the default level 13 of them fill the
limit up to half a per cent, which few other numbers do."""
UNLIMITED_KW = 100_000
"""More than the miners can draw."""
GROUP = "hall"
_DEFAULT = "default"


@dataclass(frozen=True)
class Machine:
    """A kind of miner, and the levels that it is offered."""

    name: str
    levels: tuple[Level, ...]
    """By rising power, beside off."""
    nominal_w: int
    """As its plate or its default profile says; an import limit is sized by it, so that ways to run
    the same miners are compared under the same limit."""


@dataclass(frozen=True)
class StartCost:
    """What a start costs beside its power."""

    name: str
    lost_s: int
    """Power without hash."""
    wear_per_mw: int
    """$ for each MW that is started."""


@dataclass(frozen=True)
class Case:
    """A site to be played."""

    machine: Machine
    start: StartCost
    known_at: KnownAt
    """When the price of an interval is published: as it begins, or when it is over."""
    limited: bool = False

    @property
    def mw(self) -> float:
        """What all of its miners draw at their top level; of a limited site, the limit."""
        if self.limited:
            return float(self.import_limit_kw) / 1000
        return self.machine.levels[-1].power_w * MINERS / 1_000_000

    @property
    def import_limit_kw(self) -> Decimal:
        if not self.limited:
            return Decimal(UNLIMITED_KW)
        return round(Decimal(self.machine.nominal_w * MINERS) / 1000 / OVERSIZE, 2)


def _single(name: str, power_w: int, hashrate_ths: int) -> Machine:
    """On and off only, as on the plate."""
    level = Level(name="on", power_w=power_w, hashrate_ths=Decimal(hashrate_ths))
    return Machine(name, (level,), power_w)


def _recorded() -> tuple[Level, ...]:
    """The profiles of an S19k Pro, as one reported them."""
    return tuple(
        Level(name=name, power_w=row["Watts"], hashrate_ths=Decimal(str(row["Hashrate"])))
        for name, row in load_model("s19k_pro").profiles.items()
    )


_PROFILES = _recorded()
_AT = [one.name for one in _PROFILES].index(_DEFAULT)
_NOMINAL_W = _PROFILES[_AT].power_w

S19J_PRO = _single("S19j Pro", 3068, 104)
S19K_PRO = Machine("S19k Pro", _PROFILES[_AT : _AT + 1], _NOMINAL_W)
S19K_PRO_LOWER = Machine("S19k Pro, up to default", _PROFILES[: _AT + 1], _NOMINAL_W)
S19K_PRO_ALL = Machine(f"S19k Pro, {len(_PROFILES)} profiles", _PROFILES, _NOMINAL_W)
S21 = _single("S21", 3500, 200)

LIGHT = StartCost("light", lost_s=300, wear_per_mw=0)
HEAVY = StartCost("heavy", lost_s=900, wear_per_mw=3)
STARTS = (LIGHT, HEAVY)

KNOWN_AT: tuple[KnownAt, ...] = ("end", "start")
ON_OFF = (S19J_PRO, S19K_PRO, S21)
SHAPES = (S19K_PRO, S19K_PRO_LOWER, S19K_PRO_ALL)
"""The same miners with ever more levels."""

MAIN = (
    *(Case(*each) for each in product(ON_OFF, STARTS, KNOWN_AT)),
    *(Case(S19K_PRO_ALL, start, "end") for start in STARTS),
)
"""What waiting for a price costs is asked of machines that are on or off."""
LEVELS = tuple(Case(machine, LIGHT, "end") for machine in SHAPES)
SPLIT = tuple(Case(*each, "end") for each in product(ON_OFF, STARTS))
"""Those whose gain is looked into."""
LIMITED = tuple(Case(machine, LIGHT, "end", limited=True) for machine in (S19K_PRO, S19K_PRO_ALL))
"""On or off, and levels. Profiles above the default are of no use under this limit."""
ALL = tuple(dict.fromkeys((*MAIN, *LEVELS, *LIMITED)))
"""Each once."""


def settings_of(case: Case) -> Settings:
    """The site of a case. What it needs to be complete and is not asked for in a back-test, such as
    addresses, is made up."""
    return SETTINGS.model_validate(
        {
            "site": {
                "id": "study",
                "currency": "USD",
                "zone": "America/Chicago",
                "import_limit_kw": case.import_limit_kw,
                "headroom_percent": 0,
            },
            "groups": {GROUP: {"miners": {"driver": "luxos", "addresses": ["10.0.0.0/24"]}}},
            "economics": {
                "adder_per_mwh": ADDER_PER_MWH,
                "start_lost_s": case.start.lost_s,
                "start_wear_per_mw": case.start.wear_per_mw,
            },
            "pacing": {
                "minimum_on_s": 600,
                "minimum_off_s": 300,
                "restore_kw_per_minute": 1_000_000,
            },
            "ledger": {"adapter": "sqlite"},
            "state_dir": "state",
            "backtest": {"groups": {GROUP: _miners(case)}},
        }
    )


def _miners(case: Case) -> dict[str, object]:
    """Without a limit all of them do the same, so one block stands for them."""
    levels = [
        {"name": one.name, "power_w": one.power_w, "hashrate_ths": one.hashrate_ths}
        for one in case.machine.levels
    ]
    return {"miners": MINERS, "blocks": LIMITED_BLOCKS if case.limited else 1, "levels": levels}
