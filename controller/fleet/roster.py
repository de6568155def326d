"""Who belongs to the fleet, and the last that is known of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from controller.errors import PermanentError
from controller.fleet.curves import curve_key, named_in, offered
from controller.fleet.driver import AskedDriver, DeclaredDriver, Driver, Measured
from controller.fleet.faults import is_for_a_person, is_refusal_of_credentials
from controller.fleet.segments import usual_segment
from controller.fleet.settings import FleetSettings, GroupMiners
from controller.model.fleet import (
    CUT,
    IDLE,
    Command,
    Curve,
    EvidenceGrade,
    Identity,
    MinerReading,
)
from controller.model.view import MinerEntry


@dataclass(frozen=True, slots=True)
class Opened:
    """What its switch says of a miner that it has cut."""

    since: datetime
    """When it was first read to be open."""
    at: datetime
    """When that was read last."""
    failure: str = ""
    """Why it can be read no longer."""


@dataclass(slots=True)
class Member:
    """One configured miner."""

    miner: str
    group: str
    address: str
    port: int
    driver: Driver
    allowed: Sequence[str] | None
    segment: str
    """The network segment that it hangs on."""
    poll_s: float
    """Site seconds between two reads,"""
    poll_moving_s: float
    """and while it was told something and does not show it yet."""
    mac: str = ""
    """The MAC address that it is declared to have; empty where none is."""
    asked: AskedDriver | None = None
    """Its driver, where that can say how it is set."""
    identity: Identity | None = None
    previous: Identity | None = None
    """What it was before it answered as something else,"""
    changed_at: datetime | None = None
    """and since when."""
    curve: Curve | None = None
    """What it may be told; None until it has been identified."""
    curve_key: str = ""
    failures: int = 0
    """Failed reads in a row."""
    reachable: bool = False
    measured: Measured | None = None
    """The last that it said."""
    at: datetime | None = None
    """From when on the last it said is true."""
    failure: str = ""
    problem: str = ""
    """Why it can be read and not told anything."""
    shut_out: str = ""
    """Why it will not be read either until a person acts."""
    refused_credentials: bool = False
    """Whether that is because it, or its group, did not accept our name and password."""
    opened: Opened | None = None
    """None while its switch is closed, or it has none."""
    afterwards: Command | None = None
    """What it is to be told when it answers again: its switch was closed for it."""

    def identified(self, identity: Identity, full: Curve) -> None:
        """It is this, and offers these levels: which it may be told is its group's choice."""
        self.identity = identity
        try:
            self.curve, self.problem = offered(full, identity, self.allowed), ""
        except PermanentError as error:
            self.curve, self.problem = None, str(error)
        self.curve_key = curve_key(identity, self.curve) if self.curve else ""

    def changed(self, before: Identity, at: datetime) -> None:
        """It answers as something else than it was."""
        self.previous, self.changed_at = before, at

    def disowned(self, why: str) -> None:
        """Another machine answers in its place: it is told nothing until it is back."""
        self.identity, self.curve, self.problem = None, None, why

    def heard(self, measured: Measured, at: datetime) -> bool:
        """Take a read that began at `at`; whether this makes it reachable."""
        returned = not self.reachable
        self.measured, self.at = measured, at
        self.reachable, self.failures, self.failure, self.shut_out = True, 0, "", ""
        self.refused_credentials = False
        return returned

    def failed(self, error: BaseException, unreachable_after: int) -> bool:
        """Take a failed read; whether this makes it unreachable."""
        self.failures += 1
        self.failure = str(error)
        self.shut_out = self.failure if is_for_a_person(error) else ""
        self.refused_credentials = is_refusal_of_credentials(error)
        lost = self.reachable and self.failures >= unreachable_after
        self.reachable = self.reachable and not lost
        return lost

    def switch_read(self, at: datetime, *, closed: bool) -> bool:
        """Take what its switch read as from `at` on; whether that makes another reading."""
        before = self.opened
        if before is not None and at < before.at:
            return False
        if not closed:
            self.opened = Opened(before.since if before else at, at)
        elif before is not None:
            # it boots, and nothing that it said before is true of it
            self.opened, self.reachable, self.failures = None, False, 0
        return not closed or before is not None

    def switch_unread(self, why: str) -> bool:
        """Take that its switch can no longer be read; whether that makes another reading."""
        if self.opened is not None:
            self.opened = replace(self.opened, failure=why)
        return self.opened is not None

    @property
    def is_cut(self) -> bool:
        """Whether its switch is open. The word of a miner that answers all the same counts more:
        what was opened is not its switch."""
        if self.opened is None:
            return False
        return self.at is None or self.at <= self.opened.since or not self.reachable

    @property
    def miswired(self) -> str:
        """What is the matter where it answers behind its open switch."""
        if self.opened is None or self.is_cut:
            return ""
        return (
            f"{self.miner}: it answers though its switch reads open: "
            f"check the order and the wiring of groups.{self.group}.switches"
        )

    def is_place_of(self, other: Member) -> bool:
        """Whether the same miner is to be found there, spoken with in the same way."""
        mine = (self.address, self.port, self.mac, self.driver.firmware)
        return mine == (other.address, other.port, other.mac, other.driver.firmware)

    def take_over(self, other: Member) -> None:
        """What was last heard of it."""
        self.failures, self.reachable, self.failure = other.failures, other.reachable, other.failure
        self.measured, self.at = other.measured, other.at
        self.opened, self.afterwards = other.opened, other.afterwards
        self.previous, self.changed_at = other.previous, other.changed_at

    def comes_down(self, level: str) -> bool:
        """Whether it would draw less there than it last showed."""
        if self.is_cut:
            return level == CUT
        if self.measured is None or self.curve is None:
            return level in IDLE
        watts = {one.name: one.power_w for one in self.curve.levels}
        return watts.get(level, 0) < self.measured.power_w

    def shows(self, level: str) -> bool:
        """Whether it is there by what it just said."""
        return not self.failures and self._level() == level != ""

    def entry(self, reading: MinerReading) -> MinerEntry:
        return MinerEntry(
            reading=reading,
            address=self.address,
            port=self.port,
            identity=self.identity,
            previous=self.previous,
            changed_at=self.changed_at,
        )

    def reading(self) -> MinerReading:
        if self.opened is not None and self.is_cut:
            return self._cut_off(self.opened)
        said = self.measured
        return MinerReading(
            miner=self.miner,
            group=self.group,
            curve=self.curve_key,
            level=self._level(),
            power_w=said.power_w if said else 0,
            hashrate_ths=said.hashrate_ths if said and self.reachable else Decimal(0),
            at=self.at,
            reachable=self.reachable,
            grade=said.grade if said else EvidenceGrade.SELF_REPORT,
            accepted=said.accepted if said and self.reachable else None,
            accepted_difficulty=said.accepted_difficulty if said and self.reachable else None,
            firmware=self._firmware(),
            settings=said.settings if said and self.reachable else None,
            failure=self.failure or self.miswired or (self.problem if self.at else ""),
        )

    def _firmware(self) -> str:
        known = self.identity if self.asked is not None else None
        return f"{known.firmware} {known.version}" if known else ""

    def _cut_off(self, opened: Opened) -> MinerReading:
        """By the word of its switch, which meters nothing."""
        return MinerReading(
            miner=self.miner,
            group=self.group,
            curve=self.curve_key,
            level=CUT,
            at=opened.at,
            firmware=self._firmware(),
            reachable=not opened.failure,
            grade=EvidenceGrade.INFERRED,
            failure=opened.failure,
        )

    def _level(self) -> str:
        if self.measured is None or self.curve is None:
            return ""
        return named_in(self.curve, self.measured.level, self.measured.power_w)


def roster(
    groups: Mapping[str, GroupMiners], drivers: Mapping[str, Driver], settings: FleetSettings
) -> dict[str, Member]:
    """Every configured miner by its id.

    Raises:
        PermanentError: one is in two groups.
    """
    members: dict[str, Member] = {}
    for group, declared in groups.items():
        for miner, place in declared.miners().items():
            if miner in members:
                other = members[miner].group
                raise PermanentError(
                    f"groups.{group}.miners: {miner} belongs to group {other} already; "
                    "take it out of one of them"
                )
            driver = drivers[declared.driver]
            if isinstance(driver, DeclaredDriver):
                driver.enrol(miner, declared)
            members[miner] = Member(
                miner,
                group,
                place.address,
                place.port,
                driver,
                declared.levels,
                segment=declared.segment or usual_segment(place.address),
                poll_s=declared.poll_s or settings.poll_s,
                poll_moving_s=declared.poll_moving_s or settings.poll_moving_s,
                mac=place.mac,
                asked=driver if isinstance(driver, AskedDriver) else None,
            )
    return members
