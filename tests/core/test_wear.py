"""Who of equals goes first, who may be started again, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from controller.core.pools.wear import HOUR, Row, tired, worn
from controller.model.fleet import MinerSeen
from controller.model.remembered import Wear
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing, Site
from tests.core.cases.chances import many
from tests.core.cases.sites import NOW
from tests.core.test_staging import of_miners

NAMES = tuple(f"m{number:03}" for number in range(200))


def seen(starts_per_hour: int | None = None, names: tuple[str, ...] = NAMES) -> Snapshot:
    site = Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=1_000_000,
        groups={"a": Group()},
        pacing=Pacing(starts_per_hour=starts_per_hour),
    )
    return Snapshot(now=NOW, site=site, cohorts={"a": of_miners(names)})


def started(*minutes_ago: float) -> Wear:
    recent = tuple(NOW - timedelta(minutes=minutes) for minutes in minutes_ago)
    return Wear(starts=len(recent), recent=recent)


def state(wear: Mapping[str, Wear]) -> State:
    return State(wear=wear)


def test_who_was_started_least_goes_first() -> None:
    wear = {"m000": Wear(starts=2), "m001": Wear(starts=1), "m003": Wear(starts=1)}
    row = Row("day", wear).first(("m000", "m001", "m002", "m003"), 4)
    assert row[0] == "m002"
    assert set(row[1:3]) == {"m001", "m003"}
    assert row[3] == "m000"
    assert Row("day", wear).first(("m000", "m001", "m002", "m003"), 1) == ["m002"]


def test_equals_go_in_another_order_on_another_day() -> None:
    one, other = Row("2023-09-06", {}).first(NAMES, 200), Row("2023-09-07", {}).first(NAMES, 200)
    assert sorted(one) == sorted(other) == sorted(NAMES)
    assert one != other
    assert one != sorted(NAMES)
    assert Row("2023-09-06", {}).first(NAMES, 200) == one


@many()
@given(st.integers(0, 200), st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3)))
def test_fewer_are_the_first_of_more(count: int, starts: dict[str, int]) -> None:
    row = Row("salt", {name: Wear(starts=number) for name, number in starts.items()})
    assert row.first(NAMES, count) == row.first(NAMES, len(NAMES))[:count]


def test_a_place_in_the_row_does_not_depend_on_who_else_stands_there() -> None:
    everyone = Row("salt", {}).first(NAMES, 200)
    half = NAMES[::2]
    assert Row("salt", {}).first(half, 100) == [name for name in everyone if name in half]


def test_a_miner_may_be_started_so_often_within_the_hour() -> None:
    wear = {"m000": started(50, 10), "m001": started(59, 58), "m002": started(61, 10)}
    assert tired(seen(2), state(wear)) == {
        "m000": NOW + timedelta(minutes=10),
        "m001": NOW + timedelta(minutes=1),
    }
    assert tired(seen(3), state(wear)) == {}
    assert tired(seen(None), state(wear)) == {}


def test_an_hour_after_its_start_it_may_again() -> None:
    exactly = {"m000": Wear(starts=1, recent=(NOW - HOUR,))}
    just_not = {"m000": Wear(starts=1, recent=(NOW - HOUR + timedelta(seconds=1),))}
    assert tired(seen(1), state(exactly)) == {}
    assert tired(seen(1), state(just_not)) == {"m000": NOW + timedelta(seconds=1)}


def test_starts_are_counted_and_old_ones_forgotten_by_the_hour() -> None:
    before = {"m000": Wear(starts=7, recent=(NOW - HOUR, NOW - timedelta(minutes=5)))}
    after = worn(seen(2), before, ["m000", "m001"])
    assert after == {
        "m000": Wear(starts=8, recent=(NOW - timedelta(minutes=5), NOW)),
        "m001": Wear(starts=1, recent=(NOW,)),
    }
    assert before["m000"].starts == 7


def test_without_a_ration_no_moments_are_kept() -> None:
    before = {"m000": started(5)}
    assert worn(seen(), before, ["m000"]) == {"m000": Wear(starts=2)}


def test_where_nothing_starts_the_very_same_is_remembered() -> None:
    before = {"m000": Wear(starts=1)}
    assert worn(seen(2), before, []) is before
    assert worn(seen(2, names=("m000",)), before, []) is before


def test_who_left_is_known_until_as_many_others_were_started() -> None:
    """It may come back, and is no novice then."""
    two = seen(names=("m000", "m001"))
    first = worn(two, {"gone": Wear(starts=3)}, ["m000"])
    assert first == {"gone": Wear(starts=3), "m000": Wear(starts=1)}
    assert worn(two, first, ["m001"]) == {"m000": Wear(starts=1), "m001": Wear(starts=1)}


def test_who_left_the_configuration_is_forgotten() -> None:
    before = {"gone": Wear(starts=3), "m000": Wear(starts=1), "m001": Wear(starts=2)}
    two = seen(names=("m000", "m001"))
    assert worn(two, before, []) == {"m000": Wear(starts=1), "m001": Wear(starts=2)}
    moving = Snapshot(
        now=NOW,
        site=two.site,
        cohorts={"a": of_miners(("m000",))},
        moving={"m001": MinerSeen(group="a", curve="plain", level="off", power_w=25)},
    )
    assert worn(moving, before, []).keys() == {"m000", "m001"}
