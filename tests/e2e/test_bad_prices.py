"""A price file full of faults, through the whole daemon: it holds, counts, and says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from tests.e2e.configuration import CHEAP, DEAR, EPOCH
from tests.e2e.conftest import sites_in
from tests.e2e.scrape import metric
from tests.e2e.site import Site
from tests.e2e.waiting import until

ROWS = (
    *((minute, CHEAP) for minute in (0, 3, 6, 9)),
    (12, DEAR),
    (15, DEAR),
    (18, "NaN"),
    (21, "inf"),
    (24, "1e9"),
    # nothing for 27
    (30, CHEAP),
    (30, CHEAP),
    (30, "26.00"),
    (31, CHEAP),
    (33, "minus"),
    (0, "-inf"),
)
"""The last row is out of order."""
SPIKE_OVER, GOOD_AGAIN, ALL_SAID = 18, 30, 34
"""Minutes."""
REFUSALS = (
    "not_a_number",
    "infinite",
    "out_of_range",
    "duplicate",
    "contradictory",
    "overlapping",
)


@dataclass
class Seen:
    site: Site
    looks: list[dict[str, Any]] = field(default_factory=list)
    """Answers of /api/v1/state while there was no usable price."""
    most_kw: float = 0.0
    exposition: str = ""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    with sites_in(tmp_path_factory.mktemp("prices")) as new_site:
        yield through(new_site(rate=120))


def through(site: Site) -> Seen:
    site.plain["feeds"]["price"]["interval_minutes"] = 3
    site.plain["quality"] |= {"price_stale_after_s": 60}
    site.prices = ROWS
    site.farm()
    site.daemon()
    until(lambda: site.true_kw() < 1, "the curtailment")
    seen = Seen(site)
    until(lambda: minute(site) > SPIKE_OVER, "the end of the spike")
    while minute(site) < GOOD_AGAIN:
        true_kw, look = site.true_kw(), site.state()
        if SPIKE_OVER < minute_of(look) < GOOD_AGAIN:
            seen.looks.append(look)
            seen.most_kw = max(seen.most_kw, true_kw)
    until(lambda: site.true_kw() > 50, "the return on a good price")
    until(lambda: minute(site) > ALL_SAID, "the last of the rows")
    seen.exposition = site.get("/metrics").text
    return seen


def minute(site: Site) -> float:
    return (site.now() - EPOCH).total_seconds() / 60


def minute_of(look: dict[str, Any]) -> float:
    """When it was decided, which may be a while ago."""
    return (datetime.fromisoformat(look["at"]) - EPOCH).total_seconds() / 60


def test_nothing_starts_without_a_price(seen: Seen) -> None:
    assert seen.most_kw < 1
    assert {look["mode"] for look in seen.looks} == {"holding"}
    assert {look["motions"]["by_stage"]["intended"] for look in seen.looks} == {0}


def test_the_api_says_why(seen: Seen) -> None:
    readings = [look["price_per_mwh"] for look in seen.looks]
    qualities = {one["quality"] for one in readings}
    assert "missing" in qualities
    assert qualities <= {"stale", "missing"}
    assert all(one["why"] for one in readings if one["quality"] == "missing")
    said = [one for look in seen.looks for one in look["attention"] if one["about"] == "price"]
    assert len(said) == len(seen.looks)
    held = [group["allocations"] for look in seen.looks for group in look["groups"]]
    assert {one["because"]["reason"] for each in held for one in each} == {"price_unknown"}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_each_refusal_is_counted(seen: Seen, refusal: str) -> None:
    name = "curtaild_samples_refused_total"
    assert (metric(seen.exposition, name, feed="price", reason=refusal) or 0) >= 1


def test_the_ledger_keeps_what_was_refused(seen: Seen) -> None:
    refused = [one for one in seen.site.export("samples") if one["refused"]]
    assert {one["refused"] for one in refused} >= set(REFUSALS)
    assert {"NaN", "inf", "1e9", "minus"} <= {one["value"] for one in refused}


def test_the_feed_lives_on(seen: Seen) -> None:
    adapters = {one["name"]: one for one in seen.looks[-1]["adapters"]}
    assert adapters["price"]["running"]
    assert adapters["price"]["errors"] == 0
    seen.site.assert_books_are_whole()
