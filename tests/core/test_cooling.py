"""Fans before heat: when miners may start, when fans run, and what their power counts as."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.obedience.motions import Orders
from controller.core.pools.cooling import (
    attended,
    fans,
    heard,
    heating,
    moments,
    resting_w,
    running,
    turned,
    unmetered_w,
    warmed,
)
from controller.core.situation import assess
from controller.model.fleet import OFF, Cohort, Command, MinerSeen, Motion, Stage, Standing
from controller.model.grid import SITE
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.remembered import CoolingState
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

PROVEN = Cooling(power_w=2_000, before_s=60, after_s=120, signal="fans", at_least=Decimal(4))
TIMED = Cooling(power_w=2_000, before_s=60, after_s=120)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def seen(cooling: Cooling, **more: object) -> Snapshot:
    site = Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=50_000,
        groups={"a": Group(cooling=cooling, breaker="main"), "b": Group()},
        breakers={"main": Breaker()},
        settle_s=10,
    )
    return replace(Snapshot(now=NOW, site=site), **more)


def state(**cooling: datetime | None) -> State:
    return State(cooling={"a": CoolingState(**cooling)})


def fresh(value: int) -> Fresh[Decimal]:
    return Fresh(value=Decimal(value), at=NOW)


def cohort(group: str, level: str) -> Cohort:
    return Cohort(
        group=group,
        curve="plain",
        level=level,
        standing=Standing.PRESENT,
        members=(f"{group}1",),
        power_w=25,
    )


@pytest.mark.parametrize(("on_s", "ready"), [(59.9, False), (60, True), (61, True)])
def test_fans_without_a_signal_run_so_long_before_anybody_starts(on_s: float, ready: bool) -> None:
    [one] = fans(seen(TIMED), state(on_since=ago(on_s))).values()
    assert one.ready(NOW) is ready
    assert not one.failing(NOW)


def test_fans_that_rest_are_not_ready_unless_they_need_no_time() -> None:
    assert not fans(seen(TIMED), State())["a"].ready(NOW)
    assert fans(seen(Cooling(power_w=500)), State())["a"].ready(NOW)
    assert not fans(seen(Cooling(signal="fans")), state(on_since=ago(600)))["a"].ready(NOW)


@pytest.mark.parametrize(("shown_s", "ready"), [(59.9, False), (60, True)])
def test_with_a_signal_it_has_to_show_it_for_so_long(shown_s: float, ready: bool) -> None:
    told = state(on_since=ago(600), shown_since=ago(shown_s))
    assert fans(seen(PROVEN), told)["a"].ready(NOW) is ready


@pytest.mark.parametrize(("on_s", "failing"), [(119.9, False), (120, True)])
def test_fans_not_seen_a_minute_after_their_time_fail(on_s: float, failing: bool) -> None:
    assert fans(seen(PROVEN), state(on_since=ago(on_s)))["a"].failing(NOW) is failing
    shown = state(on_since=ago(on_s), shown_since=ago(1))
    assert not fans(seen(PROVEN), shown)["a"].failing(NOW)
    assert not fans(seen(PROVEN), State())["a"].failing(NOW)


@pytest.mark.parametrize(
    ("signal", "shows"),
    [
        (fresh(4), True),
        (fresh(5), True),
        (fresh(3), False),
        (Stale(value=Decimal(4), at=ago(90)), False),
        (Missing(why="never heard"), False),
    ],
)
def test_only_a_fresh_signal_that_is_high_enough_shows_it(
    signal: Observed[Decimal], shows: bool
) -> None:
    found = heard(seen(PROVEN, signals={"fans": signal}), State())
    assert found == ({"a": CoolingState(shown_since=NOW)} if shows else {})


def test_the_time_runs_from_when_the_signal_first_showed_it() -> None:
    told = state(on_since=ago(90), shown_since=ago(30))
    assert heard(seen(PROVEN, signals={"fans": fresh(4)}), told) == dict(told.cooling)
    lost = heard(seen(PROVEN, signals={"fans": fresh(3)}), told)
    assert lost == {"a": CoolingState(on_since=ago(90))}


def test_what_a_signal_showed_is_forgotten_with_it() -> None:
    """Named again one day, it has to show it anew."""
    told = state(on_since=ago(90), shown_since=ago(30))
    assert heard(seen(TIMED), told) == {"a": CoolingState(on_since=ago(90))}


def motion(level: str, stage: Stage) -> Motion:
    return Motion(
        command=Command(id="c1", miner="a1", level=level, reason=Reason.DISPATCH, at=ago(5)),
        stage=stage,
        group="a",
        curve="plain",
        from_level="default",
        proven_w=2_794,
        deadline=NOW,
    )


@pytest.mark.parametrize(
    ("told", "stage", "level", "heats"),
    [
        (OFF, Stage.CONFIRMED, OFF, False),
        (OFF, Stage.SENT, OFF, True),
        (OFF, Stage.CONFIRMED, "default", True),
        ("default", Stage.INTENDED, OFF, True),
        ("default", Stage.CONFIRMED, OFF, True),
    ],
)
def test_whatever_is_not_proven_off_heats(told: str, stage: Stage, level: str, heats: bool) -> None:
    miner = MinerSeen(group="a", curve="plain", level=level, power_w=25)
    there = seen(TIMED, moving={"a1": miner}, cohorts={"b": cohort("b", OFF)})
    assert heating(there, {"a1": motion(told, stage)}) == ({"a"} if heats else set())


def test_miners_at_rest_heat_where_they_run() -> None:
    there = seen(TIMED, cohorts={"a": cohort("a", "default"), "b": cohort("b", OFF)})
    assert heating(there, {}) == {"a"}
    assert heating(seen(TIMED, cohorts={"a": cohort("a", "")}), {}) == {"a"}


def test_fans_run_where_miners_do_or_are_to_start() -> None:
    off = seen(TIMED, cohorts={"a": cohort("a", OFF)})
    assert attended(off, State(), {}, ()) == {}
    assert attended(off, State(), {}, {"a"}) == {"a": CoolingState(on_since=NOW)}
    runs = seen(TIMED, cohorts={"a": cohort("a", "default")})
    assert attended(runs, State(), {}, ()) == {"a": CoolingState(on_since=NOW)}
    before = state(on_since=ago(300), idle_since=ago(30))
    assert attended(runs, before, {}, ()) == {"a": CoolingState(on_since=ago(300))}
    assert running(runs.site, before) == {"a": True}
    assert running(runs.site, State()) == {"a": False}


@pytest.mark.parametrize(("idle_s", "on"), [(0, True), (119.9, True), (120, False)])
def test_they_run_on_after_the_last_has_stopped(idle_s: float, on: bool) -> None:
    off = seen(TIMED, cohorts={"a": cohort("a", OFF)})
    before = state(on_since=ago(900), idle_since=ago(idle_s) if idle_s else None)
    after = attended(off, before, {}, ())
    assert after == ({"a": CoolingState(on_since=ago(900), idle_since=ago(idle_s))} if on else {})


def test_what_the_signal_shows_is_kept_while_they_rest() -> None:
    off = seen(PROVEN, cohorts={"a": cohort("a", OFF)})
    before = state(on_since=ago(900), idle_since=ago(120), shown_since=ago(800))
    assert attended(off, before, {}, ()) == {"a": CoolingState(shown_since=ago(800))}


def test_fans_run_from_the_look_on_at_which_somebody_is_found_to_heat() -> None:
    runs = seen(TIMED, cohorts={"a": cohort("a", "default"), "b": cohort("b", "default")})
    assert warmed(runs, {}, {}) == {"a": CoolingState(on_since=NOW)}
    idle = {"a": CoolingState(on_since=ago(300), idle_since=ago(30))}
    assert warmed(runs, idle, {}) == {"a": CoolingState(on_since=ago(300))}
    off = seen(TIMED, cohorts={"a": cohort("a", OFF)})
    assert warmed(off, idle, {}) == idle
    assert warmed(off, {}, {}) == {}


def test_their_power_counts_wherever_no_meter_shows_it() -> None:
    on = state(on_since=ago(60))
    assert unmetered_w(seen(TIMED), on, {SITE: 9_000}) == {"main": 2_000, "a": 2_000}
    assert unmetered_w(seen(TIMED), on, {}) == {SITE: 2_000, "main": 2_000, "a": 2_000}
    assert unmetered_w(seen(TIMED), State(), {}) == {}


def test_while_they_rest_their_power_is_still_to_come() -> None:
    assert resting_w(seen(TIMED), State()) == {"a": 2_000}
    assert resting_w(seen(TIMED), state(on_since=ago(60))) == {}


def test_turned_on_or_off_they_count_before_a_meter_shows_it() -> None:
    site, on = seen(TIMED).site, {"a": CoolingState(on_since=NOW)}
    before = {SITE: 9_000, "b": 100}
    assert turned(site, before, {}, on) == {SITE: 11_000, "b": 100}
    assert turned(site, before, on, {}) == {SITE: 7_000, "b": 100}
    assert turned(site, {SITE: 1_500, "a": 0}, on, {}) == {SITE: 0, "a": 0}
    assert turned(site, before, on, on) == before


def test_a_breaker_without_a_meter_counts_fans_once_that_a_groups_meter_shows() -> None:
    metered = seen(
        TIMED,
        meters_w={"a": Fresh(value=2_100, at=NOW)},
        curves=CURVES,
        cohorts={"a": cohort("a", OFF)},
        fleet_known=True,
    )
    told = replace(state(on_since=ago(60)), other_w={"a": 2_000})
    assert assess(metered, told, Orders(1)).expected_w["main"] == 2_100


def test_it_looks_again_when_fans_are_ready_and_when_they_may_rest() -> None:
    on = state(on_since=ago(30), idle_since=ago(10))
    assert moments(seen(TIMED), on) == [ago(-30), ago(-110)]
    assert moments(seen(PROVEN), on) == [ago(-110)]
    assert moments(seen(PROVEN), state(shown_since=ago(20))) == [ago(-40)]
