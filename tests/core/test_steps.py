"""The steps of a curve, and how many of them are worth their power."""

from __future__ import annotations

from decimal import Decimal

import pytest

from controller.core.economics.steps import Step, concave, let_at, steps, worth_running
from controller.model.fleet import OFF, MinerSeen
from controller.model.quality import Fresh
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW, curve
from tests.core.sites_at_a_loss import left, plan_of, seen, site


@pytest.mark.parametrize(
    ("levels", "best"),
    [
        # Half of them off and half at `top` hash more for less: 65 TH/s for 1,000 W.
        ([("low", 1_020, "60"), ("top", 2_000, "130")], ["top"]),
        # On the line it is no better than the mix.
        ([("low", 1_000, "65"), ("top", 2_000, "130")], ["top"]),
        ([("low", 1_000, "66"), ("top", 2_000, "130")], ["low", "top"]),
        # More power for as many hashes, or for fewer, is never used; what comes above may be.
        ([("low", 1_000, "90"), ("same", 1_500, "90")], ["low"]),
        ([("low", 1_000, "90"), ("less", 1_500, "80")], ["low"]),
        ([("low", 1_000, "90"), ("less", 1_500, "80"), ("top", 2_000, "130")], ["low", "top"]),
        ([("none", 500, "0"), ("top", 2_000, "130")], ["top"]),
        # Half of them at `low` and half at `top` hash 145 TH/s for 2,000 W.
        ([("low", 1_000, "100"), ("mid", 2_000, "124"), ("top", 3_000, "190")], ["low", "top"]),
        # None hashes.
        ([("low", 1_000, "0"), ("top", 2_000, "0")], ["low"]),
    ],
)
def test_only_levels_that_no_mix_of_others_beats_are_used(
    levels: list[tuple[str, int, str]], best: list[str]
) -> None:
    off = (OFF, 0, "0")
    assert [level.name for level in concave(curve(off, *levels))] == [OFF, *best]


@pytest.mark.parametrize(("price", "runs"), [("0.01", 0), ("0", 2), ("-5", 2)])
def test_miners_that_hash_at_no_level_run_only_where_power_costs_nothing(
    price: str, runs: int
) -> None:
    models = {"idle": curve((OFF, 25, "0"), ("on", 3_000, "0"))}
    miners = {
        f"a-{number}": MinerSeen(group="a", curve="idle", level="on", power_w=3_000, at=NOW)
        for number in range(2)
    }
    market = Fresh(value=Decimal(price), at=NOW)
    plan = plan_of(seen(site(), miners, curves=models, price_per_mwh=market))
    assert left(plan) == {"a/idle": runs}
    stopped = [(OFF, Reason.UNPROFITABLE)] * (2 - runs)
    assert [(one.level, one.reason) for one in plan.commands] == stopped


def test_a_clients_steps_have_their_power_and_hashes_and_the_clients_price() -> None:
    """From 25 W to 1,414 W and 70.2 TH/s, and on to 2,794 W and 121.8 TH/s."""
    price = Decimal("60.5")
    assert let_at(CURVES["three"].levels, price) == (
        Step(1_389, Decimal("70.2"), price, 60_500_000),
        Step(1_380, Decimal("51.6"), price, 60_500_000),
    )


@pytest.mark.parametrize(
    ("price", "running", "worth"),
    [
        (60, 0, 2),
        (90, 0, 1),
        (91, 0, 0),
        (91, 1, 1),
        (100, 1, 1),
        (101, 1, 0),
        (60, 1, 2),
        (70, 1, 2),
        (71, 1, 1),
        (71, 2, 2),
        (80, 2, 2),
        (81, 2, 1),
    ],
)
def test_what_runs_has_to_beat_the_price_and_what_starts_the_margin_too(
    price: int, running: int, worth: int
) -> None:
    """Steps that break even at 100 and at 80 $/MWh, and a margin of 10 to start one.

    1 TH/s at 24 $ per PH/s and day earns 0.001 $ an hour: 100 TH/s for 1,000 W are 100 $/MWh.
    """
    levels = curve((OFF, 0, "0"), ("low", 1_000, "100"), ("top", 2_000, "180")).levels
    ladder = steps(levels, Decimal(24), Decimal(0))
    assert [step.break_even_per_mwh for step in ladder] == [100, 80]
    assert worth_running(ladder, Decimal(price), running, Decimal(10)) == worth
