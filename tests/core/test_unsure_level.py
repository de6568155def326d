"""A miner that does not say at which level it is, and whose power no meter shows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.model.fleet import EvidenceGrade, Stage
from controller.model.grid import SITE
from controller.model.quality import Missing, Observed
from controller.model.seen import State
from controller.model.site import MeterSilence, Pacing
from tests.core.movable import motion
from tests.core.paced_sites import hall, looked, told

LOWER = Decimal(90)
"""At this price the middle level of its curve is best."""


@pytest.mark.parametrize(("level", "goes_to"), [("", "off"), ("default", "340MHz")])
def test_where_nothing_may_start_it_is_turned_off_and_not_to_a_lower_level(
    level: str, goes_to: str
) -> None:
    """It counts in full and may stand still: a lower level could wake it."""
    (name, one), *_ = hall("a", 1, "default", curve="three").items()
    unsure = replace(one, level=level, power_w=25, grade=EvidenceGrade.INFERRED)
    seen = looked({name: unsure}, Pacing(), price=LOWER)
    site = replace(seen.site, meter_silence=MeterSilence(safe_w=100_000, after_s=60))
    plan, _, _ = told(replace(seen, site=site, meters_w={SITE: Missing(why="never heard")}))
    assert [(command.miner, command.level) for command in plan.commands] == [(name, goes_to)]


@pytest.mark.parametrize(("level", "goes_to"), [("", "off"), ("default", "340MHz")])
def test_so_is_one_that_was_given_up_on_its_way_up(level: str, goes_to: str) -> None:
    (name, one), *_ = hall("a", 1, "default", curve="three").items()
    unsure = replace(one, level=level, power_w=25, grade=EvidenceGrade.INFERRED)
    given_up = motion(Stage.FAILED, "default", "off", rest_s=600, curve="three")
    seen = looked({name: unsure}, Pacing(), price=LOWER)
    site = replace(seen.site, meter_silence=MeterSilence(safe_w=100_000, after_s=60))
    never: dict[str, Observed[int]] = {SITE: Missing(why="never heard")}
    moving = replace(seen, site=site, meters_w=never, cohorts={}, moving={name: unsure})
    plan, _, _ = told(moving, State(motions={name: given_up}))
    assert [(command.miner, command.level) for command in plan.commands] == [(name, goes_to)]
