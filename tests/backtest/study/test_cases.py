"""The sites of the study are what they are said to be."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from controller.backtest.past import History
from controller.backtest.play import Backtest
from controller.backtest.series import Series, Steps
from controller.backtest.study.cases import (
    ALL,
    HEAVY,
    LIGHT,
    MINERS,
    S19J_PRO,
    S19K_PRO,
    S19K_PRO_ALL,
    S19K_PRO_LOWER,
    S21,
    Case,
    Machine,
    settings_of,
)
from controller.backtest.yardsticks.machine import Machine as Yard
from controller.simulator.luxos.catalog import load_model

NEW_YEAR = datetime(2022, 1, 1, 6, tzinfo=UTC)


def on_an_hour() -> History:
    """Of quarters, of which nothing is asked."""
    prices = Series(NEW_YEAR, 15, array("d", [40.0] * 4))
    return History(prices, Steps((NEW_YEAR,), array("d", [70.0])), "end", 0, 4)


def laid(case: Case) -> Yard:
    """The miners as yardsticks take them."""
    (kind,) = Backtest(settings_of(case), on_an_hour()).ground().kinds
    return kind.machine


@pytest.mark.parametrize(("machine", "j_per_th"), [(S19J_PRO, 29.5), (S19K_PRO, 22.9), (S21, 17.5)])
def test_machines_are_as_efficient_as_they_are_known(machine: Machine, j_per_th: float) -> None:
    top = machine.levels[-1]
    assert top.power_w / float(top.hashrate_ths) == pytest.approx(j_per_th, abs=0.05)


def test_the_recorded_curve_is_offered_in_three_shapes() -> None:
    recorded = list(load_model("s19k_pro").profiles)
    assert [one.name for one in S19K_PRO_ALL.levels] == recorded
    assert len(recorded) == 25
    assert [one.name for one in S19K_PRO_LOWER.levels] == recorded[:17]
    assert [one.name for one in S19K_PRO.levels] == ["default"]


def test_starts_cost_what_is_said() -> None:
    light, heavy = (laid(Case(S21, start, "end")).start for start in (LIGHT, HEAVY))
    assert (light.lost_h, light.wear_per_mw) == pytest.approx((5 / 60, 0))
    assert (heavy.lost_h, heavy.wear_per_mw) == pytest.approx((15 / 60, 3))


@pytest.mark.parametrize("case", ALL, ids=str)
def test_no_minimum_time_outlasts_an_interval(case: Case) -> None:
    machine = laid(case)
    assert (machine.minimum_on, machine.minimum_off, machine.count) == (1, 1, MINERS)


@pytest.mark.parametrize("machine", [S19K_PRO, S19K_PRO_LOWER, S19K_PRO_ALL])
def test_a_limited_site_has_130_per_cent_of_its_limit(machine: Machine) -> None:
    """At the default profile 1,000 miners draw 2,794 kW; 2,794 ÷ 1.3 is 2,149.23."""
    case = Case(machine, LIGHT, "end", limited=True)
    assert case.import_limit_kw == Decimal("2149.23")
    assert laid(case).power_mw[-1] * MINERS == pytest.approx(2.14923)
    assert case.mw == pytest.approx(2.14923)


def test_on_or_off_a_limit_is_all_but_filled() -> None:
    """Blocks are moved whole, and none of the 1,000 miners is left out of them."""
    case = Case(S19K_PRO, LIGHT, "end", limited=True)
    (machines,) = Backtest(settings_of(case), on_an_hour()).machines
    standby_w, top_w = (one.power_w for one in machines.curve.levels)
    room = float(case.import_limit_kw * 1000) - standby_w * MINERS
    fits = max(n for n in range(18) if sum(machines.sizes[:n]) * (top_w - standby_w) <= room)
    assert sum(machines.sizes) == MINERS
    assert sum(machines.sizes[:fits]) * (top_w - standby_w) > 0.995 * room


def test_a_site_without_a_limit_runs_all_at_the_top() -> None:
    case = Case(S19K_PRO_ALL, HEAVY, "start")
    assert laid(case).power_mw[-1] * MINERS == pytest.approx(case.mw) == 4.195


def test_every_case_is_played_once() -> None:
    assert len(set(ALL)) == len(ALL)
