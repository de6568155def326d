"""A site on history: what it does is what the yardsticks know, by the true power of its miners."""

from __future__ import annotations

import asyncio
from array import array
from pathlib import Path

import pytest

from controller.backtest.accounts import total
from controller.backtest.play import Backtest, Played
from controller.backtest.quiet import Quiet
from controller.backtest.series import Steps
from controller.backtest.yard import yardsticks
from controller.errors import PermanentError
from tests.backtest.sites import DAY, S19J_PRO, START, THREE_LEVELS, backtest, history, settings_of

LEVELS = {"hall": {"miners": 100, "levels": THREE_LEVELS, "blocks": 4}}


def played(one: Backtest, keep: Path | None = None) -> Played:
    return asyncio.run(one.play(keep))


def profit(one: Played) -> float:
    return total(one.account.days.values()).profit


def yard(one: Backtest, name: str) -> float:
    return total(yardsticks(one.ground())[0][name].days.values()).profit


@pytest.mark.parametrize("known_at", ["start", "end"])
def test_without_start_costs_it_is_the_strike_at_break_even(known_at: str) -> None:
    """But for the seconds that power takes to come and go."""
    one = backtest(history(DAY, "start" if known_at == "start" else "end"))
    assert profit(played(one)) == pytest.approx(yard(one, "strike"), rel=0.002)
    assert yard(one, "strike") > 1.1 * yard(one, "always_on")


def test_levels_are_those_that_pay() -> None:
    one = backtest(history(DAY), settings_of(LEVELS))
    assert profit(played(one)) == pytest.approx(yard(one, "strike"), rel=0.002)
    assert yard(one, "strike") == pytest.approx(yard(one, "perfect"), rel=0.01)


def test_it_draws_what_its_miners_draw() -> None:
    """Off at 25 W each in the six dear intervals, at 306.8 kW in the others."""
    one = played(backtest(history(DAY)))
    sums = total(one.account.days.values())
    assert sums.energy_mwh == pytest.approx(0.3068 * 91 / 4 + 0.0025 * 5 / 4, rel=0.002)
    assert sums.curtailed_mwh == pytest.approx((0.3068 - 0.0025) * 5 / 4, rel=0.01)
    assert sums.hours == pytest.approx(91 / 4)
    assert sums.starts == 2
    assert list(one.load_kw)[:3] == pytest.approx([306.8] * 3)
    assert one.load_kw[42] == pytest.approx(2.5)


def test_the_books_say_the_same_energy() -> None:
    one = played(backtest(history(DAY)))
    sums = total(one.account.days.values())
    assert float(one.books.energy_wh) / 1e6 == pytest.approx(sums.energy_mwh, abs=0.08)


def test_looks_that_are_passed_over_would_have_changed_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = backtest(history(DAY * 3), settings_of(LEVELS))
    quick = played(one)
    monkeypatch.setattr(Quiet, "passes", lambda self, at: False)
    slow = played(one)
    assert slow.cycles > 2 * quick.cycles
    assert quick.account == slow.account
    assert quick.books == slow.books
    assert quick.load_kw == slow.load_kw


def test_what_is_known_before_the_judged_history_is_heard() -> None:
    """The price at which it begins was published before."""
    one = backtest(history(DAY, "end", first=43))
    assert played(one).load_kw[0] == pytest.approx(2.5, rel=0.5)


def test_what_came_before_the_judged_history_is_learned_of() -> None:
    """A spike is over at once, each time: so it is not worth a start to stop for one."""
    costly = {"adder_per_mwh": 10, "start_lost_s": 900, "start_wear_per_mw": 3}
    spikes = ([30.0] * 11 + [160.0]) * 200
    told = settings_of(economics=costly)
    beginner = played(backtest(history(spikes[-96:]), told))
    taught = played(backtest(history(spikes, first=len(spikes) - 96), told))
    assert total(beginner.account.days.values()).starts > 0
    assert total(taught.account.days.values()).starts == 0


def test_a_hashprice_counts_from_its_own_stamp_on() -> None:
    noon = START.replace(hour=12)
    steps = Steps((START, noon), array("d", [80.0, 8.0]))
    one = played(backtest(history([30.0] * 96, hashprice=steps)))
    assert list(one.load_kw)[23:26] == pytest.approx([306.8, 3.3, 2.5], rel=0.02)


def test_kept_books_are_those_of_a_daemon_and_no_others(tmp_path: Path) -> None:
    one = backtest(history(DAY), settings_of(LEVELS))
    kept = played(one, tmp_path)
    assert kept.account == played(one).account
    with pytest.raises(PermanentError, match="there are books already; name another folder"):
        played(one, tmp_path)


def test_faults_befall_as_many_blocks_as_declared() -> None:
    group = {"miners": 100, "levels": S19J_PRO, "blocks": 10, "faults": {"lie": 20, "die": 10}}
    one = backtest(history(DAY), settings_of({"hall": group}), faults=True)
    loads = list(played(one).load_kw)
    assert loads[0] == pytest.approx(306.8 * 0.9)
    assert loads[42] == pytest.approx(306.8 * 0.2 + 2.5 * 0.7, rel=0.01)
    healthy = backtest(history(DAY), settings_of({"hall": group}))
    assert played(healthy).load_kw[42] == pytest.approx(2.5)
