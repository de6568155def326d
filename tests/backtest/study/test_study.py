"""A whole study on made-up prices: what was found fits together."""

from __future__ import annotations

import pytest

from controller.backtest.report.result import CEILING, HOUSE
from controller.backtest.study.cases import LEVELS, LIMITED, SPLIT, Case
from controller.backtest.study.findings import USUAL, Findings
from controller.backtest.study.running import STORM, STRIKE


@pytest.fixture(params=["stormy", "two_years"])
def found(request: pytest.FixtureRequest) -> Findings:
    chosen: Findings = request.getfixturevalue(request.param)
    return chosen


def test_gains_add_up_to_the_profit_of_the_report(found: Findings) -> None:
    for hub in found.hubs:
        for case in SPLIT:
            for way in (HOUSE, STRIKE, CEILING):
                split = found.gains(hub, case)[found.calm].ways[way]
                assert split.net == pytest.approx(found.gain(hub, case, found.calm, way))


def test_starts_cost_their_wear_and_lost_hash(found: Findings) -> None:
    """What a start loses is the hash of its minutes, worth the break-even of what it draws."""
    for hub in found.hubs:
        for case in SPLIT:
            of = found.gains(hub, case)[found.calm]
            for own in of.ways.values():
                lost = own.starts * case.start.lost_s / 3600 * of.break_even * case.mw
                assert own.starting - own.wear == pytest.approx(lost, rel=0.05)
                assert own.wear == pytest.approx(
                    own.starts * case.start.wear_per_mw * case.mw, rel=0.02
                )


def test_nobody_gains_more_than_was_there(found: Findings) -> None:
    for hub in found.hubs:
        of = found.gains(hub, USUAL)[found.calm]
        for own in of.ways.values():
            assert own.gross <= sum(of.there) * 1.001


def test_more_levels_are_worth_no_less(found: Findings) -> None:
    for hub in found.hubs:
        free = [found.free(hub, case, found.calm) for case in LEVELS]
        assert free == sorted(free)
        best = [found.profit(hub, case, found.calm, CEILING) for case in LEVELS]
        assert all(most >= one for most, one in zip(free, best, strict=True))


def test_levels_help_a_limited_site(found: Findings) -> None:
    for hub in found.hubs:
        on_off, levels = (found.profit(hub, case, found.calm) for case in LIMITED)
        assert levels > on_off


def test_waiting_for_the_price_costs(found: Findings) -> None:
    for hub in found.hubs:
        early = Case(USUAL.machine, USUAL.start, "start")
        assert found.gain(hub, early, found.calm) > found.gain(hub, USUAL, found.calm)


def test_the_storm_stands_by_itself(stormy: Findings) -> None:
    for hub in stormy.hubs:
        of = stormy.gains(hub, USUAL)
        parts = of[stormy.calm].ways[HOUSE].net + of[STORM].ways[HOUSE].net
        assert parts == pytest.approx(stormy.gain(hub, USUAL, "2021"))
        assert of[STORM].days == 8


def test_years_without_the_storm_have_none(two_years: Findings) -> None:
    assert two_years.years == ["2021", "2022"]
    assert two_years.calm_years == ["2021", "2022"]
    assert not two_years.stormy
