"""Money by the interval: known examples, worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.model.plan import Curtailed
from controller.reasons import Reason
from tests.core.cycles import STOPPED, booked, cycle, every, meter, moment
from tests.core.dispatches import accepted, at, sent

QUARTER = 900


def test_a_quarter_of_an_hour_by_hand() -> None:
    cycles = every(5, 0, QUARTER + 5)
    readings = [meter(0, 7_000), meter(895, 31_900), meter(905, 32_100)]
    _, (settled,) = booked(cycles, readings)
    interval = settled.interval
    assert (interval.start, interval.end) == (moment(0), moment(QUARTER))
    assert interval.version == 1
    # half way from 31.9 to 32.1 kWh, less 7 kWh
    assert interval.energy_wh == 25_000
    assert interval.energy_estimated_wh is None
    # 25 kWh x 50 $/MWh
    assert interval.energy_cost == Decimal("1.25")
    # 48 $/MWh and 2 of adders
    assert interval.price_per_mwh == 50
    # 2 PH/s x 50 $/PH/day x 0.98 x 900 s
    assert interval.hash_revenue == Decimal(98) * 900 / 86_400
    (curtailed,) = interval.curtailed.values()
    # 40 kW for a quarter of an hour
    assert curtailed.energy_wh == 10_000
    assert curtailed.avoided_cost == Decimal("0.5")
    # 1 PH/s x 50 $/PH/day x 0.98 x 900 s
    assert curtailed.foregone_revenue == Decimal(49) * 900 / 86_400


def test_each_interval_gets_its_own_price_even_if_no_cycle_falls_on_the_boundary() -> None:
    before = every(7, 0, 896, price=48, price_until=QUARTER)
    after = every(7, 903, 1_806, price=98, price_from=QUARTER)
    _, settled = booked([*before, *after, cycle(2_000)])
    assert [each.interval.price_per_mwh for each in settled] == [50, 100]


def test_a_price_that_changes_within_an_interval_is_averaged_over_time() -> None:
    cycles = [*every(5, 0, 295, price=0), *every(5, 300, 960, price=Decimal(90))]
    _, (settled,) = booked(cycles)
    # a third at 0 and two thirds at 90, and 2 of adders
    assert settled.interval.price_per_mwh == 62
    # avoided at the price of the time: 40 kW x (1/12 h x 2 + 1/6 h x 92) / 1000
    (curtailed,) = settled.interval.curtailed.values()
    assert curtailed.avoided_cost == pytest.approx(Decimal("0.62"))


def test_at_a_negative_price_consumption_earns_and_curtailment_costs() -> None:
    readings = [meter(0, 0), meter(QUARTER, 25_000)]
    _, (settled,) = booked(every(5, 0, QUARTER, price=-42), readings)
    assert settled.interval.energy_cost == -1
    assert settled.interval.curtailed[Reason.UNPROFITABLE].avoided_cost == Decimal("-0.4")


def test_without_a_price_energy_is_counted_and_no_money_claimed() -> None:
    readings = [meter(0, 0), meter(QUARTER, 25_000)]
    _, (settled,) = booked(every(5, 0, QUARTER, price=None), readings)
    interval = settled.interval
    assert interval.energy_wh == 25_000
    assert interval.price_per_mwh is None
    assert interval.energy_cost is None
    curtailed = interval.curtailed[Reason.UNPROFITABLE]
    assert curtailed.energy_wh == 10_000
    assert curtailed.avoided_cost == 0
    assert curtailed.foregone_revenue > 0


def test_the_mean_price_is_over_the_time_in_which_there_was_one() -> None:
    cycles = [*every(5, 0, 595, price=None), *every(5, 600, 960, price=78, price_from=0)]
    _, (settled,) = booked(cycles)
    assert settled.interval.price_per_mwh == 80
    # the last 300 s of 40 kW
    curtailed = settled.interval.curtailed[Reason.UNPROFITABLE]
    assert curtailed.avoided_cost == pytest.approx(Decimal(40_000) / 12 * 80 / 1_000_000)


def test_a_price_acted_upon_beyond_its_end_counts_as_long_as_the_cycle_speaks() -> None:
    _, (settled,) = booked(every(5, 0, 960, price_from=-900, price_until=0))
    assert settled.interval.price_per_mwh == 50
    assert settled.interval.curtailed[Reason.UNPROFITABLE].avoided_cost == Decimal("0.5")


def test_a_price_acted_upon_at_its_very_end_counts_as_long_as_the_cycle_speaks() -> None:
    last = cycle(0, price_from=-900, price_until=0)
    _, (settled,) = booked([last, *every(5, 5, 960, price=None)])
    assert settled.interval.price_per_mwh == 50
    # 5 s of 40 kW
    curtailed = settled.interval.curtailed[Reason.UNPROFITABLE]
    assert curtailed.avoided_cost == pytest.approx(Decimal(40_000) * 5 / 3600 * 50 / 1_000_000)


def test_without_a_hashprice_no_revenue_is_claimed() -> None:
    _, (settled,) = booked(every(5, 0, 960, hashprice=None))
    assert settled.interval.hash_revenue == 0
    assert settled.interval.curtailed[Reason.UNPROFITABLE].foregone_revenue == 0


def test_hashes_that_nobody_pays_for_are_no_loss_but_what_a_client_would_pay_is() -> None:
    both = Curtailed(power_w=40_000, hashrate_ths=Decimal(1_000), clients_per_day=Decimal(96))
    causes = {Reason.INCOME_LOST: both, Reason.UNPROFITABLE: both}
    _, (settled,) = booked(every(5, 0, 960, curtailed=causes))
    foregone = {why: one.foregone_revenue for why, one in settled.interval.curtailed.items()}
    # 96 $ a day for 900 s, and 1 PH/s x 50 $/PH/day x 0.98 x 900 s
    assert foregone == {
        Reason.INCOME_LOST: 1,
        Reason.UNPROFITABLE: 1 + Decimal(49) * 900 / 86_400,
    }


def test_each_cause_keeps_its_own_energy() -> None:
    by_dispatch = {Reason.DISPATCH: Curtailed(power_w=60_000, hashrate_ths=Decimal(2_000))}
    cycles = [*every(5, 0, 295), *every(5, 300, 960, curtailed=by_dispatch)]
    _, (settled,) = booked(cycles)
    energies = {reason: one.energy_wh for reason, one in settled.interval.curtailed.items()}
    assert energies == {
        Reason.UNPROFITABLE: pytest.approx(Decimal(40_000) / 12),
        Reason.DISPATCH: 10_000,
    }
    assert list(energies) == [Reason.DISPATCH, Reason.UNPROFITABLE]


def test_an_interval_names_the_dispatches_that_were_in_force_in_it() -> None:
    dispatches = [
        accepted(sent(id="early", start=at(2), end=at(4))),
        accepted(sent(id="across", start=at(14), end=at(40))),
        accepted(sent(id="to the end", start=at(2), end=at(15))),
        accepted(sent(id="later", start=at(15), end=at(40))),
        accepted(sent(id="called off", start=at(2), end=at(40), cancelled=True)),
        replace(accepted(sent(id="as usual", start=at(2), end=at(40))), asks_nothing=True),
    ]
    _, settled = booked(every(5, 0, 1_860, dispatches=dispatches))
    assert [each.interval.dispatches for each in settled] == [
        ("across", "early", "to the end"),
        ("across", "later"),
    ]


def test_the_dispatches_of_an_interval_stand_by_name() -> None:
    dispatches = [accepted(sent(id=name, start=at(2), end=at(4))) for name in "hfdbgeca"]
    _, (settled,) = booked(every(5, 0, 960, dispatches=dispatches))
    assert settled.interval.dispatches == tuple("abcdefgh")


def test_time_without_cycles_is_not_claimed() -> None:
    cycles = [*every(5, 0, 100), *every(5, 500, 965)]
    _, (settled,) = booked(cycles)
    # 160 s until the cycle at 100 s no longer speaks, and 400 s from 500 s on
    curtailed = settled.interval.curtailed[Reason.UNPROFITABLE]
    assert curtailed.energy_wh == pytest.approx(Decimal(40_000) * 560 / 3600)
    assert settled.interval.hash_revenue == pytest.approx(Decimal(98) * 560 / 86_400)


def test_over_a_crash_the_prices_hold_that_were_known_before_and_after_it() -> None:
    cycles = [
        *every(5, 0, 100, price=8, price_from=0, price_until=300),
        *every(5, 700, 965, price=38, price_from=300, price_until=900, curtailed={}),
    ]
    _, (settled,) = booked(cycles)
    # 10 for 300 s and 40 for 600 s
    assert settled.interval.price_per_mwh == 30
    # the cycle before the crash speaks for a minute, at the price of then
    curtailed = settled.interval.curtailed[Reason.UNPROFITABLE]
    assert curtailed.avoided_cost == pytest.approx(Decimal(40_000) * 160 / 3600 * 10 / 1_000_000)


def test_nothing_is_recorded_of_intervals_of_which_nothing_is_known() -> None:
    _, settled = booked([*every(5, 0, 900), *every(5, 9_000, 9_965, curtailed=STOPPED)])
    assert [each.interval.start for each in settled] == [moment(0), moment(900), moment(9_000)]
    assert settled[1].interval.curtailed[Reason.UNPROFITABLE].energy_wh == pytest.approx(
        Decimal(40_000) * 60 / 3600
    )


def test_intervals_close_in_order_also_where_the_counter_knows_of_an_earlier_one() -> None:
    readings = [meter(850, 0), meter(1_850, 27_778)]
    _, settled = booked([*every(5, 905, 915), cycle(1_860)], readings)
    assert [each.interval.start for each in settled] == [moment(0), moment(QUARTER)]


@pytest.mark.parametrize("back", [470, 440])
def test_a_clock_corrected_by_up_to_a_minute_counts_no_time_twice(back: int) -> None:
    _, (settled,) = booked([*every(5, 0, 500), *every(5, back, 965)])
    assert settled.interval.curtailed[Reason.UNPROFITABLE].energy_wh == 10_000


def test_site_time_set_back_begins_other_books() -> None:
    day = every(5, 0, 965)
    acc, settled = booked([*every(5, 0, 7_200), *day])
    assert settled[-1].interval == booked(day)[1][-1].interval
    assert acc.closed_until == moment(QUARTER)


def test_site_time_set_back_within_the_first_interval_begins_other_books() -> None:
    again = every(5, 400, 965)
    assert booked([*every(5, 0, 500), *again])[1] == booked(again)[1]
