"""Miners: how they can run, how they are seen, what they are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from controller.model.base import Model
from controller.reasons import Reason

OFF = "off"
"""The name of the level at which a miner does not hash. It still draws its standby watts."""


CUT = "cut"
"""What a miner is told whose switch has to open: it draws nothing, and nobody can wake it. No curve
has it; told any level at which it hashes after that, its switch closes first."""


IDLE = frozenset({OFF, CUT})
"""Levels at which nothing hashes."""


class EvidenceGrade(StrEnum):
    """How a power figure is known, best first."""

    OUTLET = "outlet"
    GROUP_METER = "group_meter"
    SELF_REPORT = "self_report"
    INFERRED = "inferred"


class Level(Model, frozen=True, kw_only=True, cache_hash=True):
    """One way a miner can run."""

    name: str
    power_w: int
    hashrate_ths: Decimal


class Curve(Model, frozen=True, kw_only=True, cache_hash=True, dict=True, gc=True):
    """The levels of one kind of miner, by rising power; the first is `off`."""

    levels: tuple[Level, ...]

    def level(self, name: str) -> Level:
        """The level of that name.

        Raises:
            KeyError: the curve has no such level.
        """
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, Level]:
        return {level.name: level for level in reversed(self.levels)}

    @property
    def off(self) -> Level:
        return self.levels[0]

    @property
    def top(self) -> Level:
        return self.levels[-1]


class Identity(Model, frozen=True, kw_only=True):
    """What a miner is: remembered, so that a restart probes nothing."""

    miner: str
    address: str
    port: int
    firmware: str
    model: str
    version: str
    mac: str = ""
    own_level: str = ""
    """The level the operator had it at when it was first met."""


class MinerReading(Model, frozen=True, kw_only=True):
    """The last that is known of a miner."""

    miner: str
    group: str
    curve: str = ""
    """Key of its curve; empty until it has been identified."""
    level: str = ""
    """The level it says it is at, or `off`; empty where it does not say."""
    power_w: int = 0
    """Its last proven power. A miner never heard counts with the top of its group's curve."""
    hashrate_ths: Decimal = Decimal(0)
    at: datetime | None = None
    """When it was last heard."""
    reachable: bool = False
    grade: EvidenceGrade = EvidenceGrade.SELF_REPORT
    accepted: int | None = None
    """Shares that its pools have accepted, as it counts them; None where it does not say."""
    accepted_difficulty: int | None = None
    """What the difficulties of those shares add up to; None where it does not say."""
    firmware: str = ""
    """Its firmware and version; empty where it cannot be said how it is set, so that no canary
    would show anything."""
    settings: str | None = None
    """A digest of what commands leave alone, its pools before all; empty where it has no pools,
    None where it was not asked."""
    failure: str = ""
    """Why it could not be read the last time."""


class Standing(StrEnum):
    """Whether a cohort's miners can be told anything."""

    PRESENT = "present"
    UNREACHABLE = "unreachable"
    LOCKED = "locked"


class Cohort(Model, frozen=True, kw_only=True):
    """Miners of a group that are alike for the decision and at rest."""

    group: str
    curve: str
    level: str
    standing: Standing
    members: tuple[str, ...]
    """Sorted."""
    power_w: int
    """Their power together; of the unreachable, the last that was proven."""
    grade: EvidenceGrade = EvidenceGrade.SELF_REPORT
    ceiling: str = ""
    """The highest level that a person allows them; empty: any."""
    firmware: str = ""


class MinerSeen(Model, frozen=True, kw_only=True):
    """A miner in motion, seen by itself."""

    group: str
    curve: str
    level: str
    power_w: int
    at: datetime | None = None
    reachable: bool = True
    locked: bool = False
    grade: EvidenceGrade = EvidenceGrade.SELF_REPORT
    ceiling: str = ""
    """The highest level that a person allows it; empty: any."""
    firmware: str = ""
    settings: str | None = None
    """See `MinerReading`."""


class Command(Model, frozen=True, kw_only=True):
    """One order to one miner."""

    id: str
    miner: str
    level: str
    reason: Reason
    at: datetime
    attempt: int = 1
    dispatch: str = ""


class Stage(StrEnum):
    """Where a command stands. Its return value proves nothing: only power confirms."""

    INTENDED = "intended"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    WITHHELD = "withheld"
    """Not sent: shadow mode."""


INTENDED, SENT, CONFIRMED, FAILED = Stage.INTENDED, Stage.SENT, Stage.CONFIRMED, Stage.FAILED
INFERRED = EvidenceGrade.INFERRED
"""By names of their own: each of these is asked for several times of every miner in motion, and
Python 3.11 takes longer to look up a member of an enumeration than to call a function."""


class Outcome(Model, frozen=True, kw_only=True):
    """What the fleet reports of a command: sent, or failed with the reason."""

    command: str
    miner: str
    stage: Stage
    at: datetime
    detail: str = ""


class CommandEvent(Model, frozen=True, kw_only=True):
    """A command reached a stage: what the ledger keeps of it."""

    command: Command
    stage: Stage
    at: datetime
    group: str
    power_w: int
    """What the miner counts with from now."""
    grade: EvidenceGrade = EvidenceGrade.SELF_REPORT
    detail: str = ""


class Motion(Model, frozen=True, kw_only=True):
    """A miner that was told something, until it has arrived and rested."""

    command: Command
    stage: Stage
    group: str
    curve: str
    from_level: str
    proven_w: int
    """Its last proven power before the command."""
    from_command_at: datetime | None = None
    """Of a repeat, when it was first told: what response times are measured from."""
    deadline: datetime
    """By when its power has to show it."""
    rest_until: datetime | None = None
    """Once confirmed: until when comfort leaves it alone. Once failed: until the next try."""
    late: bool = False
    """It was to come down and has let a deadline pass: until it obeys, others make its room."""
    lost: bool = False
    """It could not be reached since, or nobody looked: its attempts begin anew."""
    told: Command | None = None
    """While its command waits to be told once more, the last that it was told."""


Curves = Mapping[str, Curve]
