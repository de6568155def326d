"""Metrics: the view in base units, what is not known left out."""

from __future__ import annotations

from collections import Counter

import pytest

from controller.core.dispatches.body import Code
from controller.model.grid import SITE
from controller.model.plan import Mode
from controller.model.quality import Missing
from controller.reasons import Reason
from tests.surfaces.conftest import Served
from tests.surfaces.exposition import key, samples_of, text_of
from tests.surfaces.views import a_view, plan_now, seen_now

SAMPLES = samples_of(text_of(a_view()))


@pytest.mark.parametrize(
    ("sample", "value"),
    [
        (key("site_power_watts"), 52_400),
        (key("site_limit_watts"), 39_200),
        (key("site_target_watts"), 38_700),
        (key("site_expected_watts"), 51_900),
        (key("site_shortfall_watts"), 0),
        (key("group_power_watts", group="container-a"), 31_200),
        (key("group_reported_watts", group="container-a"), 6 * 3_300 + 18 * 15 + 3 * 900),
        (key("group_target_watts", group="container-b"), 7_020),
        (key("group_limit_watts", group="container-a"), 110_000),
        (key("price_per_mwh", currency="USD"), 2900.17),
        (key("marginal_price_per_mwh", currency="USD"), 2912.67),
        (key("feed_age_seconds", kind="price", scope="site"), 310),
        (key("feed_age_seconds", kind="meter", scope="site"), 12),
        (key("feed_quality", kind="hashprice", scope="site", quality="stale"), 1),
        (key("feed_quality", kind="hashprice", scope="site", quality="fresh"), 0),
        (key("adapter_errors_total", adapter="site-meter", kind="feed"), 3),
        (key("adapter_running", adapter="hashprice", kind="feed"), 0),
        (key("samples_refused_total", feed="ercot", reason="late"), 2),
        (key("dispatches_in_force"), 1),
        (key("dispatches_to_come"), 1),
        (key("dispatches_refused_total", code="stale_version"), 2),
        (key("manual_orders"), 1),
        (key("maintenance_locks"), 1),
        (key("miners", group="container-a", standing="present", level="normal"), 6),
        (key("miners", group="container-a", standing="present", level="off"), 17 + 3),
        (key("miners", group="container-a", standing="locked", level="off"), 1),
        (key("miners", group="container-b", standing="unreachable", level=""), 1),
        (key("motions"), 5),
        (key("commands", stage="sent"), 2),
        (key("commands", stage="withheld"), 0),
        (key("fleet_failures_total", failure="timeout"), 4),
        (key("fleet_commands_sent_total"), 61),
        (key("curtailed_watts", reason="dispatch"), 75_900),
        (key("curtailed_watts", reason="group_limit"), 0),
        (key("cycles_total"), 9_120),
        (key("cycle_duration_seconds"), 0.0031),
        (key("ledger_writable"), 1),
        (key("ledger_waiting"), 2),
        (key("ledger_records_written_total"), 18_204),
        (key("books_energy_joules_total"), 2_310_000 * 3600),
        (key("books_avoided_cost", currency="USD"), 1104.20),
        (key("books_expected_hashes_total"), 4e18),
        (key("books_accepted_hashes_total"), 3.8e18),
        (key("mode", mode="normal"), 1),
        (key("mode", mode="failsafe"), 0),
        (key("shadow"), 0),
        (key("alive"), 1),
        (key("build_info", version="0.1.0", config_hash="4be1c0"), 1),
    ],
)
def test_a_sample(sample: tuple[str, frozenset[tuple[str, str]]], value: float) -> None:
    assert SAMPLES[sample] == pytest.approx(value)


def test_closed_enumerations_are_whole() -> None:
    assert sum(name == "curtaild_mode" for name, _ in SAMPLES) == len(Mode)
    assert sum(name == "curtaild_curtailed_watts" for name, _ in SAMPLES) == len(Reason)


def test_what_is_not_fresh_is_absent() -> None:
    seen = seen_now(price_per_mwh=Missing(why="no file"), meters_w={SITE: Missing(why="no answer")})
    found = samples_of(text_of(a_view(seen=seen, plan=plan_now(marginal_price_per_mwh=None))))
    assert key("price_per_mwh", currency="USD") not in found
    assert key("marginal_price_per_mwh", currency="USD") not in found
    assert key("hashprice_per_ph_day", currency="USD") not in found
    assert key("site_power_watts") not in found
    assert key("feed_age_seconds", kind="meter", scope="site") not in found
    assert found[key("feed_quality", kind="meter", scope="site", quality="missing")] == 1


def test_before_the_first_cycle_only_health_and_refusals() -> None:
    found = samples_of(text_of(None, alive=False, refused=Counter(malformed=2)))
    codes = {key("dispatches_refused_total", code=code.value): 0 for code in Code}
    assert found == {
        **codes,
        key("alive"): 0,
        key("dispatches_refused_total", code="malformed"): 2,
    }


def test_a_counter_begins_at_zero_so_that_its_first_count_is_an_increase() -> None:
    assert SAMPLES[key("samples_refused_total", feed="ercot", reason="frozen")] == 0
    assert SAMPLES[key("dispatches_refused_total", code="over")] == 0


def test_refusals_at_the_door_and_by_the_inbox_are_one_counter() -> None:
    found = samples_of(text_of(a_view(), refused=Counter(malformed=2, unauthenticated=5)))
    assert found[key("dispatches_refused_total", code="malformed")] == 3
    assert found[key("dispatches_refused_total", code="unauthenticated")] == 5


async def test_they_are_served_as_text(served: Served) -> None:
    answer = await served.http.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert samples_of(await answer.text())[key("site_power_watts")] == 52_400
