"""What counts under a limit, and what of it nothing can be told to: line by line."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from controller.core.counting.power import drawn, expected_w, fixed_w
from controller.model.fleet import Cohort, Standing
from controller.model.grid import SITE
from controller.model.quality import Fresh, Stale
from controller.model.seen import Snapshot
from controller.model.site import Breaker, Group, Site
from tests.core.cases.sites import CURVES, NOW

HALLS = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=90_000,
    groups={"a": Group(breaker="main"), "b": Group(breaker="main"), "c": Group(breaker="west")},
    breakers={"main": Breaker(), "west": Breaker()},
)
OTHER = {SITE: 1_000}
FULL_W = 2_794


def some(curve: str, power_w: int) -> Cohort:
    return Cohort(
        group="a",
        curve=curve,
        level="default",
        standing=Standing.PRESENT,
        members=(curve,),
        power_w=power_w,
    )


SEEN = Snapshot(
    now=NOW,
    site=HALLS,
    meters_w={SITE: Stale(value=9_000, at=NOW)},
    curves=CURVES,
    cohorts={"a": some("plain", FULL_W)},
    fleet_known=True,
)
"""One miner runs, and no meter says what is drawn now."""
METERED = replace(SEEN, meters_w={SITE: Fresh(value=9_000, at=NOW)})
WITH_A_STRANGER = replace(SEEN, cohorts={**SEEN.cohorts, "?": some("strange", 4_000)})
FANS = {SITE: 300}


def fixed(
    seen: Snapshot,
    other: Mapping[str, int] = OTHER,
    least_w: Mapping[str, int] | None = None,
    fans_w: Mapping[str, int] | None = None,
) -> dict[str, int]:
    return fixed_w(seen, drawn(seen, {}), other, least_w or {}, fans_w or {})


def expected(
    seen: Snapshot,
    other: Mapping[str, int] = OTHER,
    least_w: Mapping[str, int] | None = None,
    fans_w: Mapping[str, int] | None = None,
) -> dict[str, int]:
    return expected_w(seen, drawn(seen, {}), other, least_w or {}, fans_w or {})


def test_other_load_fans_and_miners_of_an_unknown_kind_can_be_told_nothing() -> None:
    assert fixed(SEEN, fans_w=FANS)[SITE] == 1_000 + 300
    assert fixed(WITH_A_STRANGER, fans_w=FANS)[SITE] == 1_000 + 300 + 4_000


def test_all_of_it_and_what_miners_draw_counts_under_limits() -> None:
    assert expected(SEEN, fans_w=FANS)[SITE] == FULL_W + 1_000 + 300
    assert expected(WITH_A_STRANGER, fans_w=FANS)[SITE] == FULL_W + 4_000 + 1_000 + 300


def test_what_a_meter_shows_beyond_that_counts_at_once_and_is_nobody_s_yet() -> None:
    """Just after something moved what other load comes to is not known anew; 5,206 W may be
    that of miners on their way."""
    assert expected(METERED, fans_w=FANS)[SITE] == 9_000 + 300
    assert fixed(METERED)[SITE] == 1_000


def test_before_every_miner_was_heard_it_may_be_one_of_theirs() -> None:
    assert fixed(replace(METERED, fleet_known=False))[SITE] == 9_000 - FULL_W


@pytest.mark.parametrize(("least_w", "fixed_is_w"), [(3_794, 1_000), (3_795, 1_001)])
def test_what_a_disputed_meter_shows_counts_where_it_is_more_than_is_known(
    least_w: int, fixed_is_w: int
) -> None:
    assert fixed(SEEN, least_w={SITE: least_w})[SITE] == fixed_is_w
    assert expected(SEEN, least_w={SITE: least_w})[SITE] == least_w


def test_where_nobody_is_nothing_counts() -> None:
    for counted in (fixed(SEEN), expected(SEEN)):
        assert {counted[scope] for scope in ("b", "c", "west")} == {0}


@pytest.mark.parametrize(
    ("other", "behind_main_w"),
    [
        ({"a": 3_000, "b": 2_000}, 5_000),
        ({"a": 3_000, "b": 2_000, "main": 1_000}, 1_000),
    ],
)
def test_a_breaker_has_its_own_meter_s_word_or_that_of_its_groups(
    other: dict[str, int], behind_main_w: int
) -> None:
    assert fixed(SEEN, other)["main"] == behind_main_w
    assert expected(SEEN, other)["main"] == behind_main_w + FULL_W
