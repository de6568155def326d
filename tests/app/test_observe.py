"""From readings to the snapshot: what counts with what, and who is seen by itself."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.app.board import BoardSettings
from controller.app.observe import Gathering, Observer, heard, miners
from controller.core.observations.heard import SignalBounds
from controller.core.observations.quality import Range
from controller.model.fleet import Curve, Level, MinerReading, Standing
from controller.model.quality import Fresh, Missing
from controller.model.samples import ConditionSample, SignalSample
from tests.app.loop import CURVE, Loop
from tests.app.office import order
from tests.core.dispatches import NOW

SMALL = Curve(
    levels=(CURVE.off, Level(name="full", power_w=1_000, hashrate_ths=Decimal(30))),
)
CURVES = {"k": CURVE, "small": SMALL}


def read(name: str, *, level: str = "full", curve: str = "k", group: str = "north") -> MinerReading:
    return MinerReading(
        miner=name,
        group=group,
        curve=curve,
        level=level,
        power_w=CURVES[curve].level(level).power_w,
        at=NOW,
        reachable=True,
    )


def unheard(name: str, *, curve: str = "", failure: str = "") -> MinerReading:
    return MinerReading(miner=name, group="north", curve=curve, failure=failure)


def power_w(*readings: MinerReading, fleet_known: bool = True) -> dict[str, int]:
    by_name = {one.miner: one for one in readings}
    found = miners(by_name, CURVES, (), fleet_known=fleet_known)
    return {name: one.power_w for name, one in found.items()}


def test_who_never_answered_counts_with_the_top_of_its_curve() -> None:
    assert power_w(unheard("m-1", curve="small")) == {"m-1": 1_000}


def test_or_with_that_of_its_strongest_neighbour() -> None:
    small, large = read("m-1", curve="small"), read("m-2")
    assert power_w(small, large, unheard("m-3"))["m-3"] == 3_000


def test_while_all_are_asked_for_the_first_time_the_meter_speaks() -> None:
    assert power_w(unheard("m-1", curve="k"), fleet_known=False) == {"m-1": 0}


def test_a_lock_of_a_miner_or_of_its_group_locks() -> None:
    readings = {"m-1": read("m-1"), "m-2": read("m-2", group="south")}
    for locked, expected in (
        ({"m-1"}, [True, False]),
        ({"south"}, [False, True]),
        (set[str](), [False, False]),
    ):
        found = miners(readings, CURVES, locked, fleet_known=True)
        assert [one.locked for one in found.values()] == expected


def test_people_put_ceilings_on_the_miners_of_their_scope() -> None:
    readings = {"m-1": read("m-1"), "m-2": read("m-2"), "m-3": read("m-3", group="south")}
    stop = order(limit_w=None, level="off", scope="north")
    found = miners(readings, CURVES, (), fleet_known=True, orders=[stop])
    assert {name: one.ceiling for name, one in found.items()} == {
        "m-1": "off",
        "m-2": "off",
        "m-3": "",
    }
    gathered = Gathering().cohorts(found)
    assert sorted((one.group, one.ceiling) for one in gathered.values()) == [
        ("north", "off"),
        ("south", ""),
    ]


async def test_an_order_counts_from_its_beginning_to_its_end() -> None:
    loop = Loop()
    desk = loop.control._parts.desk
    stop = order(limit_w=None, level="off", until=NOW + timedelta(minutes=5))
    await desk.order(stop)
    for seconds, ceilings in ((0, {"off"}), (299, {"off"}), (1, {""})):
        await loop.clock.advance(seconds)
        seen = observer(loop).look(["m-2"])
        assert {one.ceiling for one in seen.cohorts.values()} == ceilings
        assert {one.ceiling for one in seen.moving.values()} == ceilings


def test_a_failure_is_an_answer_too() -> None:
    assert not heard({"m-1": read("m-1"), "m-2": unheard("m-2")})
    assert heard({"m-1": read("m-1"), "m-2": unheard("m-2", failure="no route")})


def test_a_cohort_that_did_not_change_is_the_very_same() -> None:
    gathering = Gathering()
    readings = {name: read(name) for name in ("m-1", "m-2")}
    (before,) = gathering.cohorts(miners(readings, CURVES, (), fleet_known=True)).values()
    (after,) = gathering.cohorts(miners(readings, CURVES, (), fleet_known=True)).values()
    assert after is before
    readings["m-2"] = read("m-2", level="off")
    changed = gathering.cohorts(miners(readings, CURVES, (), fleet_known=True))
    assert len(changed) == 2
    assert before not in changed.values()


async def test_miners_in_motion_are_seen_by_themselves() -> None:
    loop = Loop()
    seen = observer(loop).look(["m-2", "m-gone"])
    assert list(seen.moving) == ["m-2"]
    (cohort,) = seen.cohorts.values()
    assert cohort.members == ("m-1", "m-3")
    assert cohort.standing is Standing.PRESENT


async def test_canaries_are_seen_apart_though_they_rest() -> None:
    loop = Loop()
    seen = observer(loop).look(["m-2"], ["m-3", "m-gone"])
    assert list(seen.canaries) == ["m-3"]
    assert list(seen.moving) == ["m-2"]
    (cohort,) = seen.cohorts.values()
    assert cohort.members == ("m-1", "m-3")


def test_miners_of_two_versions_are_two_cohorts() -> None:
    readings = {f"m-{n}": replace(read(f"m-{n}"), firmware=f"f {n}") for n in (1, 2)}
    found = miners(readings, CURVES, (), fleet_known=True)
    gathered = Gathering().cohorts(found).values()
    assert sorted((one.firmware, one.members) for one in gathered) == [
        ("f 1", ("m-1",)),
        ("f 2", ("m-2",)),
    ]


async def test_the_fleet_is_known_once_all_are_heard_or_had_their_time() -> None:
    loop = Loop()
    loop.fleet.unheard = {"m-3"}
    look = observer(loop)
    assert not look.look(()).fleet_known
    await loop.clock.advance(30)
    assert look.look(()).fleet_known


async def test_once_known_it_stays_known() -> None:
    loop = Loop()
    look = observer(loop)
    assert look.look(()).fleet_known
    loop.fleet.unheard = {"m-3"}
    assert look.look(()).fleet_known


async def test_what_was_never_heard_is_missing() -> None:
    seen = observer(Loop()).look(())
    assert isinstance(seen.price_per_mwh, Missing)
    assert isinstance(seen.hashprice_per_ph_day, Missing)
    assert isinstance(seen.meters_w["site"], Missing)


async def test_signals_and_public_conditions_are_seen() -> None:
    loop = Loop()
    bounds = SignalBounds(range=Range(low=Decimal(0), high=Decimal(100)), max_age_s=60)
    loop.board.adopt(
        BoardSettings(meter_max_w=1, signals={"inlet": bounds}, conditions={"grid": 60})
    )
    now = loop.clock.now()
    loop.board.offer("sensor", SignalSample(name="inlet", at=now, value="21.5"), now)
    loop.board.offer("iso", ConditionSample(name="grid", at=now, text="watch"), now)
    seen = observer(loop).look(())
    assert seen.signals == {"inlet": Fresh(value=Decimal("21.5"), at=now)}
    assert seen.conditions == {"grid": Fresh(value="watch", at=now)}


async def test_accepted_work_is_seen_by_group() -> None:
    loop = Loop()
    look = observer(loop)
    assert look.look(()).accepted_th == {}
    loop.fleet.accepted_difficulty = 5_000_000
    assert look.look(()).accepted_th == {"north": 0}
    loop.fleet.accepted_difficulty = 6_000_000
    assert look.look(()).accepted_th == {"north": 3 * 2**32 * 10**6 // 10**12}


async def test_outcomes_are_taken_once() -> None:
    loop = Loop()
    loop.meter()
    loop.hashprice()
    loop.price("3000")
    await loop.control.cycle()
    look = observer(loop)
    assert len(look.look(()).outcomes) == 3
    assert not look.look(()).outcomes


def observer(loop: Loop) -> Observer:
    return loop.control._parts.observer
