"""Miners of the simplest kind that can still misbehave: the closed loop of scenarios and tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.core.ceilings import Ceilings
from controller.core.cohorts import cohorts
from controller.model.fleet import (
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
    behaviour: str = "obey"
    goal: str = ""
    there_at: datetime | None = None
    claims: str = ""
    """The level that a liar reports."""
    heard: MinerSeen | None = None

    def tell(self, level: str, now: datetime, takes: timedelta) -> None:
        """A start draws power at once and reports it when it hashes; a stop takes its time."""
        if self.behaviour == "lie":
            self.claims = level
        elif self.behaviour == "obey":
            self.goal, self.there_at = level, now + takes

    def set_to(self, level: str) -> None:
        self.level, self.goal, self.there_at, self.claims = level, "", None, ""

    def advance(self, now: datetime) -> None:
        if self.there_at is not None and self.there_at <= now:
            self.level, self.goal, self.there_at = self.goal, "", None

    @property
    def power_w(self) -> int:
        """What it truly draws."""
        return max(self._power_w(self.level), self._power_w(self.goal or self.level))

    def _power_w(self, name: str) -> int:
        nominal_w = self.levels.level(name).power_w
        return nominal_w if name == OFF else int(nominal_w * self.draw)

    def report(self, now: datetime, *, locked: bool) -> MinerSeen:
        """What is known of it: of one that hangs, the last it said."""
        reachable = self.behaviour != "hang"
        if reachable or self.heard is None:
            says = self.claims or self.level
            power_w = self._power_w(says) if self.claims else self.power_w
            grade = EvidenceGrade.SELF_REPORT
            if not self.reports_watts:
                power_w, grade = self.levels.level(says).power_w, EvidenceGrade.INFERRED
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
        )


@dataclass(slots=True)
class ModelFleet:
    """All miners of a site, by name."""

    miners: dict[str, ModelMiner]
    stop_s: int = 5
    start_s: int = 20
    _outcomes: dict[str, Outcome] = field(default_factory=dict)

    def advance(self, now: datetime) -> None:
        for miner in self.miners.values():
            miner.advance(now)

    def send(self, commands: Iterable[Command], now: datetime) -> None:
        for command in commands:
            miner = self.miners[command.miner]
            takes = self.stop_s if command.level == OFF else self.start_s
            miner.tell(command.level, now, timedelta(seconds=takes))
            problem = {"refuse": "it refused", "hang": "no answer"}.get(miner.behaviour, "")
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
        everyone = {
            name: replace(
                miner.report(now, locked=name in locked or miner.group in locked),
                ceiling=ceilings.of(name, miner.group, miner.curve) if ceilings else "",
            )
            for name, miner in self.miners.items()
        }
        at_rest = {name: miner for name, miner in everyone.items() if name not in moving}
        return cohorts(at_rest), {name: everyone[name] for name in sorted(moving)}

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
