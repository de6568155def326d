"""Miners of the simplest kind that can still misbehave: the closed loop of scenarios and tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.core.limits.ceilings import Ceilings
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import (
    CUT,
    OFF,
    Cohort,
    Command,
    Curve,
    EvidenceGrade,
    Level,
    MinerSeen,
    Outcome,
    Stage,
)

WAKES_AFTER = timedelta(seconds=30)
"""When somebody else wakes a miner again that went off."""


@dataclass(slots=True)
class ModelMiner:
    """Draws the power of a level, and reports the level; both may lag or lie."""

    group: str
    curve: str
    levels: Curve
    level: str
    draw: Decimal = Decimal(1)
    """What it draws while it hashes, of its curve's power."""
    reports_watts: bool = True
    stop_s: int = 5
    start_s: int = 20
    switched: bool = False
    """Whether a switch can cut its power. It obeys, and meters where the miner does."""
    firmware: str = ""
    pools: str = "its own"
    """How it is set; empty where it has lost its pools."""
    behaviour: str = "obey"
    goal: str = ""
    there_at: datetime | None = None
    claims: str = ""
    """The level that a liar reports."""
    off_since: datetime | None = None
    heard: MinerSeen | None = None

    def tell(self, level: str, now: datetime) -> None:
        """A start draws power at once and reports it when it hashes; a stop takes its time."""
        takes = timedelta(seconds=self.stop_s if level == OFF else self.start_s)
        if self.level == CUT and level == OFF:  # which it is
            return
        if self.level == CUT:  # its switch closes, and it boots as it likes
            self.level = self.levels.top.name
        if level == CUT:
            self.level, self.goal, self.there_at = CUT, "", None
        elif self.behaviour == "lie":
            self.claims = level
        elif self.behaviour in ("obey", "wake", "forget") and level != self.goal:
            self.pools = "" if self.behaviour == "forget" else self.pools
            self.goal, self.there_at = level, now + takes

    def set_to(self, level: str) -> None:
        """By somebody else, who reaches nobody behind an open switch."""
        if self.level != CUT:
            self.level, self.goal, self.there_at, self.claims = level, "", None, ""

    def problem_with(self, level: str) -> str:
        """Why a command fails at once; empty where it does not."""
        if level == CUT or self.level == CUT:
            return "" if self.switched else "it has no switch"
        return {"refuse": "it refused", "hang": "no answer"}.get(self.behaviour, "")

    def advance(self, now: datetime) -> None:
        if self.there_at is not None and self.there_at <= now:
            self.level, self.goal, self.there_at = self.goal, "", None
        if self.level != OFF or self.goal:
            self.off_since = None
        elif self.off_since is None:
            self.off_since = now
        elif self.behaviour == "wake" and now - self.off_since >= WAKES_AFTER:
            self.set_to(self.levels.top.name)
            self.off_since = None

    @property
    def power_w(self) -> int:
        """What it truly draws."""
        return max(self._power_w(self.level), self._power_w(self.goal or self.level))

    def _power_w(self, name: str) -> int:
        if name == CUT:
            return 0
        nominal_w = self.levels.level(name).power_w
        return nominal_w if name == OFF else int(nominal_w * self.draw)

    def report(self, now: datetime, *, locked: bool) -> MinerSeen:
        """What is known of it: of one that hangs, the last it said."""
        reachable = self.behaviour != "hang" or self.level == CUT
        if reachable or self.heard is None:
            cut = self.level == CUT
            says = CUT if cut else self.claims or self.level
            power_w = self._power_w(says) if self.claims else self.power_w
            grade = EvidenceGrade.OUTLET if cut else EvidenceGrade.SELF_REPORT
            if not self.reports_watts:
                power_w = 0 if cut else self.levels.level(says).power_w
                grade = EvidenceGrade.INFERRED
            self.heard = MinerSeen(
                group=self.group, curve=self.curve, level=says, power_w=power_w, at=now, grade=grade
            )
        heard = self.heard
        return MinerSeen(
            group=heard.group,
            curve=heard.curve,
            level=heard.level,
            power_w=heard.power_w,
            at=heard.at,
            reachable=reachable,
            locked=locked,
            grade=heard.grade,
            firmware=self.firmware,
            settings=self.pools,
        )


@dataclass(slots=True)
class ModelFleet:
    """All miners of a site, by name."""

    miners: dict[str, ModelMiner]
    _outcomes: dict[str, Outcome] = field(default_factory=dict)

    def advance(self, now: datetime) -> None:
        for miner in self.miners.values():
            miner.advance(now)

    def send(self, commands: Iterable[Command], now: datetime) -> None:
        for command in commands:
            miner = self.miners[command.miner]
            problem = miner.problem_with(command.level)
            if command.level != CUT or not problem:
                miner.tell(command.level, now)
            self._outcomes[command.id] = Outcome(
                command=command.id,
                miner=command.miner,
                stage=Stage.FAILED if problem else Stage.SENT,
                at=now,
                detail=problem,
            )

    def outcomes(self) -> dict[str, Outcome]:
        """What became of commands since the last call."""
        drained, self._outcomes = self._outcomes, {}
        return drained

    def power_w(self, group: str = "") -> int:
        """Of a group, or of all."""
        return sum(one.power_w for one in self.miners.values() if group in ("", one.group))

    def seen(
        self,
        now: datetime,
        moving: Collection[str],
        locked: Collection[str] = (),
        ceilings: Ceilings | None = None,
    ) -> tuple[dict[str, Cohort], dict[str, MinerSeen]]:
        """The miners at rest as cohorts, and those in motion by name."""
        everyone = self.each(now, self.miners, locked, ceilings)
        at_rest = {name: miner for name, miner in everyone.items() if name not in moving}
        return cohorts(at_rest), {name: everyone[name] for name in sorted(moving)}

    def each(
        self,
        now: datetime,
        names: Iterable[str],
        locked: Collection[str] = (),
        ceilings: Ceilings | None = None,
    ) -> dict[str, MinerSeen]:
        """How these are, and are set."""
        some = {name: self.miners[name] for name in names}
        return {
            name: replace(
                miner.report(now, locked=name in locked or miner.group in locked),
                ceiling=ceilings.of(name, miner.group, miner.curve) if ceilings else "",
            )
            for name, miner in some.items()
        }

    def running(self) -> Mapping[str, Mapping[str, int]]:
        """By group, how many miners truly are at each level."""
        found: dict[str, dict[str, int]] = {}
        for miner in self.miners.values():
            levels = found.setdefault(miner.group, {})
            levels[miner.level] = levels.get(miner.level, 0) + 1
        return found


def curve_of(levels: Iterable[Level]) -> Curve:
    """By rising power; the first is off."""
    return Curve(levels=tuple(sorted(levels, key=lambda level: level.power_w)))
