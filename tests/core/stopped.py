"""Four miners without watts of their own that say that they are off, and their hall's meter."""

from __future__ import annotations

from datetime import timedelta

from controller.model.fleet import OFF, Command, EvidenceGrade, MinerSeen, Motion, Stage
from controller.model.quality import Fresh, Observed
from controller.model.remembered import Balance
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

FULL_W, OFF_W = 2_794, 25
THEN = NOW + timedelta(seconds=20)
HALL = Site(id="s", currency="USD", zone="UTC", import_limit_w=90_000, groups={"a": Group()})
BALANCE = Balance(unexplained_w=500, meter_w=0, own_w=0, nameplate_w={})


def stopping(name: str, stage: Stage = Stage.SENT) -> Motion:
    return Motion(
        command=Command(id=f"c-{name}", miner=name, level=OFF, reason=Reason.DISPATCH, at=NOW),
        stage=stage,
        group="a",
        curve="plain",
        from_level="default",
        proven_w=FULL_W,
        deadline=NOW + timedelta(seconds=30),
        rest_until=NOW + timedelta(seconds=600) if stage is Stage.FAILED else None,
    )


def says(
    level: str, grade: EvidenceGrade = EvidenceGrade.INFERRED, curve: str = "plain"
) -> MinerSeen:
    power_w = CURVES[curve].level(level).power_w
    return MinerSeen(group="a", curve=curve, level=level, power_w=power_w, at=THEN, grade=grade)


STATE = State(
    motions={name: stopping(name) for name in ("m1", "m2", "m3", "m4")}, balances={"a": BALANCE}
)


def seen(meter: Observed[int], **miners: MinerSeen) -> Snapshot:
    moving = {name: says(OFF) for name in STATE.motions} | miners
    return Snapshot(
        now=THEN, site=HALL, meters_w={"a": meter}, curves=CURVES, moving=moving, fleet_known=True
    )


def at_meter(running: int) -> Fresh[int]:
    """The group's meter with so many of the four still running, and 500 W of fans."""
    return Fresh(value=500 + running * FULL_W + (4 - running) * OFF_W, at=THEN)
