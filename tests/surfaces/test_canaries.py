"""What a person on shift reads of firmwares that were told nothing here before."""

from __future__ import annotations

import pytest

from controller.model.plan import Rehearsal
from controller.model.remembered import CanaryStage, Waiver
from controller.reasons import Reason
from controller.surfaces.families.canaries import families
from controller.surfaces.present.canaries import canaries
from tests.surfaces.views import NOW, a_view, plan_now

WAIVER = Waiver(at=NOW, reason=Reason.EMERGENCY, miners=1)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            Rehearsal(stage=CanaryStage.GOING, miner="a-01", waiting=9),
            [
                "notice: Waiting for a-01, the first of luxos 1 that is told anything here, to "
                "come back as it was: 9 miners."
            ],
        ),
        (
            Rehearsal(stage=CanaryStage.SOUGHT, miner="", waiting=1),
            ["warning: Waiting, as none can be tried now: 1 miner of luxos 1."],
        ),
        (
            Rehearsal(stage=CanaryStage.BARRED, miner="a-01", waiting=9, why="it has no pools"),
            [
                "alarm: Told nothing: 9 miners of luxos 1, because of its canary a-01: it has no "
                "pools. Look after it; then name the firmware under pacing.known_firmware."
            ],
        ),
        (
            Rehearsal(stage=CanaryStage.SOUGHT, miner="", waiting=0, waived=WAIVER),
            [
                "warning: Told before a canary of luxos 1 had come back, as an emergency order is "
                "in force: 1 miner. Look whether they have their pools."
            ],
        ),
        (Rehearsal(stage=CanaryStage.RETURNING, miner="a-01", waiting=0), []),
    ],
)
def test_it_is_said_who_waits_for_whom(one: Rehearsal, said: list[str]) -> None:
    view = a_view(plan=plan_now(rehearsals={"luxos 1": one}))
    assert [f"{each.severity}: {each.text}" for each in canaries(view)] == said


def test_who_waits_is_counted_by_firmware_and_stage() -> None:
    barred = Rehearsal(stage=CanaryStage.BARRED, miner="a-01", waiting=9, why="no pools")
    [family] = families(a_view(plan=plan_now(rehearsals={"luxos 1": barred})))
    assert [(one.labels, one.value) for one in family.samples] == [
        ({"firmware": "luxos 1", "stage": "barred"}, 9)
    ]
