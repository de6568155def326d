"""When a meter is compared with its miners, which steps count, and how long a bound holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.core.counting.balance import learn
from controller.core.counting.nameplate import weighed
from controller.core.counting.proof import proven
from controller.model.fleet import (
    OFF,
    Cohort,
    Command,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Stage,
    Standing,
)
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.remembered import Balance, Fit
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

HALLS = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=900_000,
    groups={"a": Group(breaker="main"), "b": Group(breaker="main"), "c": Group()},
    breakers={"main": Breaker(), "west": Breaker()},
    settle_s=10,
)
KIND = "a/plain"
FULL_W, OFF_W = 2_794, 25
INFERRED, OWN = EvidenceGrade.INFERRED, EvidenceGrade.SELF_REPORT
EVERYWHERE = {SITE: 50_000, "main": 40_000, "a": 30_000, "b": 5_000, "c": 10_000}


def running(
    power_w: int, group: str = "a", curve: str = "plain", grade: EvidenceGrade = INFERRED
) -> Cohort:
    return Cohort(
        group=group,
        curve=curve,
        level="default",
        standing=Standing.PRESENT,
        members=(f"{group}-{curve}",),
        power_w=power_w,
        grade=grade,
    )


def own(power_w: int) -> Cohort:
    """They know their watts."""
    return running(power_w, grade=OWN)


IDLE = replace(running(1_000), level=OFF)
"""Forty that say they are off."""


def look(meters_w: Mapping[str, int], *cohorts: Cohort, **miners: MinerSeen) -> Snapshot:
    return Snapshot(
        now=NOW,
        site=HALLS,
        meters_w={scope: Fresh(value=watts, at=NOW) for scope, watts in meters_w.items()},
        curves=CURVES,
        cohorts={str(number): one for number, one in enumerate(cohorts)},
        moving=miners,
        fleet_known=True,
    )


def miner(level: str, grade: EvidenceGrade = INFERRED, group: str = "a") -> MinerSeen:
    power_w = CURVES["plain"].level(level).power_w
    return MinerSeen(group=group, curve="plain", level=level, power_w=power_w, at=NOW, grade=grade)


def told_off(stage: Stage, group: str = "a") -> Motion:
    return Motion(
        command=Command(
            id="c", miner="m1", level=OFF, reason=Reason.DISPATCH, at=NOW - timedelta(seconds=60)
        ),
        stage=stage,
        group=group,
        curve="plain",
        from_level="default",
        proven_w=FULL_W,
        deadline=NOW,
    )


def after(state: State, *looks: Snapshot, **motions: Motion) -> State:
    for one in looks:
        learnt = learn(one, state, motions, None)
        state = State(
            balances=learnt.balances,
            fitted_permille=learnt.fitted_permille,
            ratio_permille=learnt.ratio_permille,
            fits=learnt.fits,
        )
    return state


def balance(unexplained_w: int = 0, *, clean: bool = True, **nameplate_w: int) -> Balance:
    plates = {f"a/{curve}": watts for curve, watts in nameplate_w.items()}
    return Balance(
        unexplained_w=unexplained_w,
        meter_w=sum(plates.values()),
        own_w=0,
        nameplate_w=plates,
        clean=clean,
    )


# Which scopes have one, and when.


@pytest.mark.parametrize(
    ("moved_s", "metered_s", "known", "compared"),
    [
        (10, 0, True, True),
        (9, 0, True, False),
        (10, 10, True, False),
        (10, 9, True, True),
        (600, 0, False, False),
    ],
)
def test_a_meter_is_compared_once_all_has_settled_and_it_was_read_since(
    moved_s: int, metered_s: int, known: bool, compared: bool
) -> None:
    """So many seconds ago something moved and the meter was read; ten are needed."""
    meter = Fresh(value=30_000, at=NOW - timedelta(seconds=metered_s))
    seen = replace(look({}, running(20_000)), meters_w={"a": meter}, fleet_known=known)
    found = learn(seen, State(), {}, NOW - timedelta(seconds=moved_s))
    assert ("a" in found.balances) is compared


def test_whoever_is_on_his_way_disturbs_only_the_meters_that_show_him() -> None:
    seen = look(EVERYWHERE, running(20_000), running(5_000, "c"), m1=miner("default", group="c"))
    assert after(State(), seen, m1=told_off(Stage.SENT, "c")).balances.keys() == {"a", "main"}


def test_where_all_miners_know_their_watts_only_switches_need_a_meter_to_be_compared() -> None:
    seen = look(EVERYWHERE, own(20_000), running(5_000, "c", grade=OWN))
    assert after(State(), seen).balances == {}
    switched = replace(HALLS, groups={**HALLS.groups, "a": Group(breaker="main", switched=True)})
    assert after(State(), replace(seen, site=switched)).balances.keys() == {SITE, "main", "a"}


# What is behind it.


@pytest.mark.parametrize(
    ("level", "grade", "own_w", "nameplate_w"),
    [
        ("default", INFERRED, 1_000, {KIND: FULL_W}),
        (OFF, INFERRED, 1_000 + OFF_W, {}),
        ("default", OWN, 1_000 + FULL_W, {}),
    ],
)
def test_a_miner_that_rests_after_its_command_stands_by_its_word_or_its_plate(
    level: str, grade: EvidenceGrade, own_w: int, nameplate_w: dict[str, int]
) -> None:
    """Others, behind another meter, are named before it and have no part in it."""
    neighbours, behind_c = running(9_000, "c"), miner("default", group="c")
    seen = look({"a": 5_000}, neighbours, IDLE, m0=behind_c, m1=miner(level, grade))
    state = State(balances={"a": balance(clean=False)})
    motions = {"m0": told_off(Stage.CONFIRMED, "c"), "m1": told_off(Stage.CONFIRMED)}
    assert after(state, seen, **motions).balances["a"] == Balance(
        unexplained_w=5_000 - own_w - sum(nameplate_w.values()),
        meter_w=5_000,
        own_w=own_w,
        nameplate_w=nameplate_w,
    )


@pytest.mark.parametrize(
    ("stage", "unexplained_w"), [(Stage.CONFIRMED, 3_000 - 2_514), (Stage.FAILED, 3_000 - FULL_W)]
)
def test_one_that_was_given_up_counts_in_full_though_its_kind_draws_less(
    stage: Stage, unexplained_w: int
) -> None:
    """2,794 × 0.9 = 2,514.6."""
    ratio = {KIND: 900}
    before = State(
        balances={"a": balance(-9_000, clean=False)}, fitted_permille=ratio, ratio_permille=ratio
    )
    found = after(before, look({"a": 3_000}, m1=miner("default")), m1=told_off(stage))
    assert found.balances["a"].unexplained_w == unexplained_w


@pytest.mark.parametrize(("grade", "begins"), [(INFERRED, False), (OWN, True)])
def test_no_balance_begins_while_one_without_watts_is_unproven(
    grade: EvidenceGrade, begins: bool
) -> None:
    """The next one is proven, which makes good nothing of that."""
    seen = look({"a": 30_000}, running(20_000), m1=miner(OFF, grade), m2=miner(OFF))
    motions = {"m1": told_off(Stage.FAILED), "m2": told_off(Stage.CONFIRMED)}
    assert ("a" in after(State(), seen, **motions).balances) is begins


@pytest.mark.parametrize(
    ("stage", "counts_w", "beyond_w", "unexplained_w"),
    [
        (Stage.FAILED, FULL_W, 900, 900),
        (Stage.FAILED, FULL_W, 100, 500),
        (Stage.CONFIRMED, OFF_W, 900, 900),
        (Stage.CONFIRMED, OFF_W, 100, 100),
    ],
)
def test_while_one_is_unproven_a_balance_rises_and_does_not_fall(
    stage: Stage, counts_w: int, beyond_w: int, unexplained_w: int
) -> None:
    """It may be just that miner whose power is missing."""
    seen = look({"a": counts_w + beyond_w}, m1=miner(OFF))
    found = after(State(balances={"a": balance(500)}), seen, m1=told_off(stage))
    assert found.balances["a"].unexplained_w == unexplained_w


# Which steps count.


def stepped(*steps_w: int) -> Fit:
    """What is kept of steps that the meter showed to the watt: the older one fades by an eighth."""
    product = 0
    for step_w in steps_w:
        product = product * 7 // 8 + step_w**2
    return Fit(products={f"{KIND}|{KIND}": product}, shown={KIND: product})


@pytest.mark.parametrize(("meter_w", "large"), [(10_000, True), (10_001, False)])
@pytest.mark.parametrize("down", [True, False])
def test_a_step_counts_from_a_tenth_of_the_larger_reading_on(
    meter_w: int, large: bool, down: bool
) -> None:
    """The only running ones, 1 kW, stop or start."""
    looks = [look({"a": meter_w}, IDLE, running(1_000)), look({"a": meter_w - 1_000}, IDLE)]
    found = after(State(), *(looks if down else reversed(looks)))
    assert found.fits == ({"a": stepped(1_000)} if large else {})


@pytest.mark.parametrize(("others_w", "counts"), [(3_000, True), (3_001, False)])
def test_a_step_counts_where_others_moved_by_no_more_than_half_of_it(
    others_w: int, counts: bool
) -> None:
    before = look({"a": 30_000}, IDLE, own(20_000), running(6_000))
    behind = look({"a": 24_000 - others_w}, IDLE, own(20_000 - others_w))
    assert after(State(), before, behind).fits == ({"a": stepped(6_000)} if counts else {})


def test_what_others_drew_more_before_a_step_is_no_part_of_it() -> None:
    """Nobody moved while the meter rose by 5 kW; then 10 kW stopped and were shown."""
    looks = [
        look({"a": 40_000}, running(20_000)),
        look({"a": 45_000}, running(20_000)),
        look({"a": 35_000}, running(10_000)),
    ]
    assert after(State(), *looks).fits == {"a": stepped(10_000)}


def test_each_large_step_is_measured_from_the_one_before() -> None:
    looks = [
        look({"a": 40_000}, running(20_000)),
        look({"a": 30_000}, running(10_000)),
        look({"a": 40_000}, running(20_000)),
    ]
    assert after(State(), *looks).fits == {"a": stepped(10_000, 10_000)}


def test_a_kind_that_stood_still_was_shown_nothing_of() -> None:
    still = running(8_000, curve="three")
    looks = [
        look({"a": 40_000}, still, running(20_000)),
        look({"a": 30_000}, still, running(10_000)),
    ]
    assert after(State(), *looks).fits == {"a": stepped(10_000)}


@pytest.mark.parametrize(("was", "stage"), [(False, Stage.CONFIRMED), (True, Stage.FAILED)])
def test_no_step_is_measured_from_or_to_where_one_is_unproven(was: bool, stage: Stage) -> None:
    state = State(balances={"a": balance(clean=was, plain=20_000)})
    seen = look({"a": 10_000}, running(10_000), m1=miner(OFF))
    assert after(state, seen, m1=told_off(stage)).fits == {}


def test_a_kind_that_draws_what_its_plate_says_is_known_to() -> None:
    """Its ratio is published as 1, and not left out."""
    looks = [look({"a": 40_000}, running(20_000)), look({"a": 30_000}, running(10_000))]
    assert after(State(), *looks).ratio_permille == {KIND: 1_000}


# How much a kind can draw at most.


@pytest.mark.parametrize(
    ("meters_w", "others_w", "permille"),
    [
        ({"a": 9_000}, 0, {KIND: 900}),
        ({"a": 10_000}, 0, {}),
        ({"a": 14_000}, 5_000, {KIND: 900}),
        ({"a": 4_000}, 5_000, {KIND: 500}),  # no ratio is less than a half
        ({"main": 8_000, "a": 9_000}, 0, {KIND: 800}),
        ({"main": 9_000, "a": 8_000}, 0, {KIND: 800}),
        ({SITE: 9_000}, 0, {}),  # generation behind the site's meter would make room
    ],
)
def test_a_kind_draws_no_more_than_the_meters_around_it_leave(
    meters_w: dict[str, int], others_w: int, permille: dict[str, int]
) -> None:
    seen = look(meters_w, running(10_000), own(others_w))
    assert after(State(), seen).ratio_permille == permille


def test_one_that_counts_in_full_and_may_be_off_leaves_the_others_their_watts() -> None:
    """Nine run and the tenth is off, as it says and no meter has shown."""
    seen = look({"a": 9 * FULL_W + OFF_W}, running(9 * FULL_W), m1=miner(OFF))
    assert after(State(), seen, m1=told_off(Stage.FAILED)).ratio_permille == {}


def test_plates_that_say_nothing_bound_nothing() -> None:
    assert after(State(), look({"a": 3_000}, running(0))).ratio_permille == {}


BOUND = State(fitted_permille={KIND: 1_000}, ratio_permille={KIND: 800})
"""Ten draw 800 W each of their 1,000, as the meter around them leaves no more."""


@pytest.mark.parametrize("elsewhere_w", [{}, {"b": 5_000}])
def test_a_bound_holds_until_the_next_one(elsewhere_w: dict[str, int]) -> None:
    """While one of them is on its way no meter around them is compared; another hall's is."""
    seen = look(elsewhere_w, running(9_000), running(5_000, "b"), m1=miner("default"))
    found = after(BOUND, seen, m1=told_off(Stage.SENT))
    assert found.ratio_permille == {KIND: 800}
    at_rest = look({"a": 9_500}, running(10_000))
    assert after(found, at_rest).ratio_permille == {KIND: 950}


def test_nothing_is_proven_by_a_meter_that_stands_where_a_bound_explained_it() -> None:
    """One of eleven says it is off and is not: the meter goes on showing 0.8 of all plates."""
    full_w = 11 * FULL_W * 800 // 1_000
    at_rest = look({"a": full_w, "b": 5_000}, running(11 * FULL_W), running(5_000, "b"))
    state = after(replace(BOUND, ratio_permille={KIND: 1_000}), at_rest)
    assert state.ratio_permille == {KIND: 800}
    motions = {"m1": replace(told_off(Stage.SENT), proven_w=FULL_W * 800 // 1_000)}
    lying = look(
        {"a": full_w, "b": 5_000}, running(10 * FULL_W), running(5_000, "b"), m1=miner(OFF)
    )
    state = replace(after(state, lying, **motions), motions=motions)
    assert proven(weighed(lying, state.ratio_permille, frozenset()), state) == {}


# Of two meters the nearer one.


def fit_of(*kinds: str) -> Fit:
    """Each has made a step of 10 kW by itself, of which 9 were shown."""
    return Fit(
        products={f"{kind}|{kind}": 10_000**2 for kind in kinds},
        shown=dict.fromkeys(kinds, 10_000 * 9_000),
    )


def test_a_breaker_that_a_group_lies_behind_no_more_says_nothing_of_it() -> None:
    """West's meter knew `a` once; now `a` has shown a step to its own, and c one to west's."""
    west = replace(HALLS, groups={**HALLS.groups, "c": Group(breaker="west")})
    fits = {"a": fit_of(KIND), "west": fit_of(KIND, "c/plain")}
    before = Balance(unexplained_w=0, meter_w=40_000, own_w=0, nameplate_w={"c/plain": 20_000})
    known = {KIND: 1_100, "c/plain": 1_000}
    state = State(fits=fits, fitted_permille=known, balances={"west": before})
    seen = replace(look({"west": 31_000}, running(10_000, "c")), site=west)
    found = after(state, seen).fitted_permille
    assert found == {KIND: 1_100, "c/plain": 900}
