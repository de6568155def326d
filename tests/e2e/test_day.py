"""The main job: a spike and a dispatch, with daemon, farm and a real Prometheus as processes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.configuration import CHEAP, DEAR
from tests.e2e.conftest import sites_in
from tests.e2e.day import ALL_KW, DISPATCH_KW, MINERS, Day, new_day


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with sites_in(tmp_path_factory.mktemp("day")) as new_site:
        passed = new_day(new_site(groups=MINERS))
        passed.run()
        yield passed


def test_miners_curtail_and_return(day: Day) -> None:
    assert day.true_kw["cheap"] > 0.97 * ALL_KW
    assert day.true_kw["spike"] < 0.02 * ALL_KW
    assert day.true_kw["after the spike"] > 0.97 * ALL_KW
    assert 0.7 * DISPATCH_KW < day.true_kw["dispatch"] <= DISPATCH_KW
    assert day.true_kw["after the dispatch"] > 0.97 * ALL_KW
    assert day.exit_code == 0


def test_the_receipt_is_idempotent(day: Day) -> None:
    first, repeated = day.answers["first"], day.answers["repeated"]
    assert (first.status, repeated.status) == (201, 200)
    assert first.json == {
        "received": True,
        "id": "ers-1",
        "version": 1,
        "limit_kw": DISPATCH_KW,
        "repeated": False,
    }
    assert repeated.json == first.json | {"repeated": True}
    contradicted = day.answers["contradicted"]
    assert contradicted.status == 409
    assert contradicted.json["code"] == "contradictory"
    assert not contradicted.json["received"]


def test_prometheus_saw_it(day: Day) -> None:
    power_w = day.prometheus.series("curtaild_site_power_watts")
    target_w = day.prometheus.series("curtaild_site_target_watts")
    limit_w = day.prometheus.series("curtaild_site_limit_watts")
    assert max(power_w) > 970 * ALL_KW
    assert min(power_w) < 20 * ALL_KW
    assert min(limit_w) == 1000 * DISPATCH_KW
    under_dispatch = [
        (power, target)
        for power, target, limit in zip(power_w, target_w, limit_w, strict=False)
        if limit == 1000 * DISPATCH_KW
    ]
    assert all(target <= 1000 * DISPATCH_KW for _, target in under_dispatch)
    assert min(power for power, _ in under_dispatch) <= 1000 * DISPATCH_KW


def test_prometheus_saw_no_fault(day: Day) -> None:
    assert set(day.prometheus.series("curtaild_alive")) == {1.0}
    assert set(day.prometheus.series("curtaild_ledger_writable")) == {1.0}
    assert set(day.prometheus.series("curtaild_site_shortfall_watts")) == {0.0}
    failures = day.prometheus.query("curtaild_fleet_failures_total[1h]")
    assert not any(sum(samples) for samples in failures.values())


def test_commands_are_confirmed_by_power(day: Day) -> None:
    commands = day.site.export("commands")
    spike = [one for one in commands if one["reason"] == "unprofitable"]
    asked = [one for one in commands if one["dispatch"] == "ers-1"]
    assert len({one["miner"] for one in spike if one["level"] == "off"}) == sum(MINERS.values())
    assert asked
    for one in [*spike, *asked]:
        if one["failure"] == "overruled":
            continue  # another command to the same miner took its place before it could act
        assert one["confirmed_at"] > one["intended_at"]
        assert one["grade"] == ("group_meter" if reports_no_watts(one["miner"]) else "self_report")
        assert one["level"] != "off" or one["confirmed_w"] <= 100  # fleet.asleep_below_w


def reports_no_watts(miner: str) -> bool:
    """Whether it is one of the stock Antminers, whose addresses come last."""
    host = miner.partition(":")[0]
    return int(host.rpartition(".")[2]) > MINERS["hall-a"]


def test_intervals_carry_energy_and_money(day: Day) -> None:
    intervals = day.site.export("intervals")
    dear = [one for one in intervals if one["price_per_mwh"] == str(Decimal(DEAR) + 10)]
    asked = [one for one in intervals if one["dispatches"] == ["ers-1"]]
    assert len(dear) == 1
    assert asked
    metered = [one for one in intervals if one["energy_wh"] is not None]
    assert len(metered) >= len(intervals) - 1  # the first began before the daemon
    for one in metered:
        restated = Decimal(one["energy_wh"]) * Decimal(one["price_per_mwh"]) / 1_000_000
        assert abs(restated - Decimal(one["energy_cost"])) < Decimal("0.000001")


def test_each_curtailed_kwh_has_one_cause(day: Day) -> None:
    rows = day.site.export("curtailed")
    of_spike = [one for one in rows if one["reason"] == "unprofitable"]
    assert total(of_spike, "avoided_cost") > total(of_spike, "foregone_revenue") > 0
    assert total([one for one in rows if one["reason"] == "dispatch"], "energy_wh") > 1000
    for start in {one["start_at"] for one in rows}:
        reasons = [one["reason"] for one in rows if one["start_at"] == start]
        assert len(reasons) == len(set(reasons))


def test_the_totals_are_the_sum_of_the_rows(day: Day) -> None:
    money = day.last_state["money"]
    curtailed, intervals = day.site.export("curtailed"), day.site.export("intervals")
    assert money["avoided_cost"] == pytest.approx(float(total(curtailed, "avoided_cost")))
    assert money["foregone_revenue"] == pytest.approx(float(total(curtailed, "foregone_revenue")))
    assert money["energy_cost"] >= float(total(intervals, "energy_cost")) > 0


def total(rows: list[dict[str, Any]], column: str) -> Decimal:
    return sum((Decimal(one[column]) for one in rows), Decimal(0))


def test_csv_says_what_json_says(day: Day) -> None:
    code, out = day.site.command("ledger", "export", "intervals")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    lines = day.site.export("intervals")
    assert [plain(row["energy_wh"]) for row in rows] == [line["energy_wh"] for line in lines]
    assert [row["start_at"] for row in rows] == [line["start_at"] for line in lines]
    assert {Decimal(row["price_per_mwh"]) for row in rows} == {
        Decimal(CHEAP) + 10,
        Decimal(DEAR) + 10,
    }


def plain(text: str) -> Any:
    return text or None


def test_the_books_are_whole_and_replay(day: Day) -> None:
    day.site.assert_books_are_whole()
