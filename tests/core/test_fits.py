"""Group meters are split over the kinds of miners behind them by fitting the steps made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.core.counting.balance import learn
from controller.core.counting.fits import NOTHING, explained, ratios_permille, with_step
from controller.model.fleet import OFF, Cohort, EvidenceGrade, Standing
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.remembered import Fit
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group, Site
from tests.core.cases.chances import many
from tests.core.cases.sites import CURVES, NOW

TRUE = {"a/three": 900, "a/plain": 1100}
STEPS = [
    {"a/three": -20_000, "a/plain": 10_000},
    {"a/three": 15_000, "a/plain": -30_000},
    {"a/three": -5_000, "a/plain": 25_000},
    {"a/three": 25_000, "a/plain": 15_000},
]


def shown(step: Mapping[str, int], true: Mapping[str, int]) -> int:
    return sum(watts * true[kind] // 1000 for kind, watts in step.items())


def fitted(
    steps: Iterable[Mapping[str, int]], true: Mapping[str, int], wobble_w: Iterator[int]
) -> Fit:
    fit = NOTHING
    for step in steps:
        fit = with_step(fit, step, shown(step, true) + next(wobble_w))
    return fit


def test_two_kinds_that_step_together_are_both_found_exactly() -> None:
    exact = fitted(STEPS, TRUE, iter([0] * 4))
    assert ratios_permille(exact, 60_000) == {"a/plain": 1100, "a/three": 900}


def test_and_to_two_per_cent_where_the_meter_wobbles_by_half_of_one() -> None:
    for signs in ([1, -1, 1, -1], [1, 1, -1, -1], [-1, 1, 1, -1], [1, 1, 1, 1]):
        fit = fitted(STEPS, TRUE, iter([300 * sign for sign in signs]))
        found = ratios_permille(fit, 60_000)
        assert all(abs(found[kind] - TRUE[kind]) <= 20 for kind in TRUE), found


def test_after_one_mixed_step_both_share_what_was_missing() -> None:
    """10 kW of each were told to go, and 18 kW went: 0.9 of both is the least that explains it."""
    fit = with_step(NOTHING, {"a/three": -10_000, "a/plain": -10_000}, -18_000)
    assert ratios_permille(fit, 60_000) == {"a/plain": 900, "a/three": 900}


def test_a_kind_that_did_not_step_yet_is_not_named() -> None:
    fit = with_step(NOTHING, {"a/three": -10_000}, -9_000)
    assert ratios_permille(fit, 30_000) == {"a/three": 900}


def test_the_ridge_by_hand() -> None:
    """(10000 × 9000 + 300²) / (10000² + 300²) = 0.90009; at 600 kW 6000² weigh more."""
    fit = with_step(NOTHING, {"k": 10_000}, 9_000)
    assert ratios_permille(fit, 30_000) == {"k": 900}
    assert ratios_permille(fit, 600_000) == {"k": 926}


def test_older_steps_fade() -> None:
    fit = fitted([{"k": 10_000}] * 10, {"k": 900}, iter([0] * 10))
    for _ in range(20):
        fit = with_step(fit, {"k": 10_000}, 11_000)
    assert 1080 <= ratios_permille(fit, 20_000)["k"] <= 1100


def test_a_step_fades_by_an_eighth() -> None:
    once = with_step(NOTHING, {"k": 80}, 88)
    twice = with_step(once, {"k": 80}, 88)
    assert (once.products, once.shown) == ({"k|k": 6_400}, {"k": 7_040})
    assert (twice.products, twice.shown) == ({"k|k": 12_000}, {"k": 13_200})


def test_two_kinds_are_kept_as_one_pair_whichever_is_named_first() -> None:
    fit = with_step(NOTHING, {"b": 3, "a": 2}, 5)
    assert fit == Fit(products={"a|a": 4, "a|b": 6, "b|b": 9}, shown={"a": 10, "b": 15})


def test_kinds_that_never_stepped_together_say_nothing_of_each_other() -> None:
    """Faded by an eighth a made 87 and showed 43: (43 + 10²) / (87 + 10²) = 0.765. And b:
    (150 + 10²) / (100 + 10²) = 1.25."""
    fit = with_step(with_step(NOTHING, {"a": 10}, 5), {"b": 10}, 15)
    assert ratios_permille(fit, 0) == {"a": 765, "b": 1_250}


@pytest.mark.parametrize(
    ("shown_w", "good"), [(15_000, True), (15_001, False), (5_000, True), (4_999, False)]
)
def test_a_ratio_lies_between_a_half_and_one_and_a_half(shown_w: int, good: bool) -> None:
    assert explained({"k": 10_000}, shown_w) is good


def test_ratios_stay_within_these_whatever_was_fitted() -> None:
    """One kind gives what the other takes: the sum is right and neither can be."""
    wild = with_step(NOTHING, {"a": 10_000, "b": -9_000}, 10_000)
    found = ratios_permille(wild, 1_000)
    assert set(found.values()) <= set(range(500, 1501))
    assert ratios_permille(Fit(products={"k|k": 100}, shown={"k": 1_000}), 0)["k"] == 1_500


def test_more_kinds_than_a_dozen_are_not_told_apart() -> None:
    twelve = {f"k{n:02}": 1_000 for n in range(12)}
    fit = with_step(NOTHING, twelve, 12_000)
    assert len(fit.shown) == 12
    assert with_step(fit, {"k99": 1_000}, 1_000) is fit


ratios = st.integers(600, 1400)
watts = st.integers(-40, 40).map(lambda n: n * 1_000)


@many()
@given(
    st.tuples(ratios, ratios, ratios),
    st.lists(st.tuples(watts, watts, watts), min_size=1, max_size=8),
)
def test_it_is_defined_after_any_steps(true: tuple[int, ...], steps: list[tuple[int, ...]]) -> None:
    names = ("a", "b", "c")
    moved = [{k: w for k, w in zip(names, s, strict=True) if w} for s in steps]
    fit = fitted([m for m in moved if m], dict(zip(names, true, strict=True)), iter([0] * 9))
    found = ratios_permille(fit, 50_000)
    assert found.keys() == {kind for one in moved for kind in one}
    assert all(500 <= ratio <= 1500 for ratio in found.values())


# One hall with two kinds of miners without watts of their own, and one that knows its watts.

HALL = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=900_000,
    groups={"a": Group(breaker="main"), "b": Group(breaker="main")},
    breakers={"main": Breaker()},
)


def cohort(group: str, curve: str, running: int, grade: EvidenceGrade) -> Iterator[Cohort]:
    for level, count in ((CURVES[curve].top, running), (CURVES[curve].off, 20 - running)):
        if count:
            yield Cohort(
                group=group,
                curve=curve,
                level=level.name,
                standing=Standing.PRESENT,
                members=tuple(f"{group}-{curve}-{level.name}-{n}" for n in range(count)),
                power_w=count * level.power_w,
                grade=grade,
            )


def look(minute: int, running: tuple[int, int, int], scope: str, wobble_w: int = 0) -> Snapshot:
    """So many of twenty of each kind run: two without watts, in hall b one that reports them."""
    halls = [
        *cohort("a", "three", running[0], EvidenceGrade.INFERRED),
        *cohort("a", "plain", running[1], EvidenceGrade.INFERRED),
        *cohort("a" if scope == "a" else "b", "hollow", running[2], EvidenceGrade.SELF_REPORT),
    ]
    now = NOW + timedelta(minutes=minute)
    meter_w = 5_000 + wobble_w
    for one in halls:
        ratio = TRUE.get(f"{one.group}/{one.curve}", 1000) if one.level != OFF else 1000
        meter_w += one.power_w * ratio // 1000
    return Snapshot(
        now=now,
        site=HALL,
        meters_w={scope: Fresh(value=meter_w, at=now)},
        curves=CURVES,
        cohorts={str(n): one for n, one in enumerate(halls)},
        fleet_known=True,
    )


RUNNING = [
    *[(20, 20, 20), (8, 20, 14), (14, 6, 20), (20, 12, 16), (6, 20, 20)],
    *[(18, 4, 18), (4, 14, 20), (20, 20, 17), (10, 3, 20)],
]
WOBBLE = [0, 250, -180, 300, -90, -260, 210, -40, 120]
"""Of 60 to 170 kW."""


def after(state: State, *snapshots: Snapshot) -> State:
    for one in snapshots:
        learnt = learn(one, state, {}, None)
        state = State(
            balances=learnt.balances,
            fitted_permille=learnt.fitted_permille,
            ratio_permille=learnt.ratio_permille,
            fits=learnt.fits,
        )
    return state


@pytest.mark.parametrize("scope", ["a", "main", SITE])
def test_from_the_steps_of_a_day_both_kinds_are_found_to_two_per_cent(scope: str) -> None:
    """Miners that report their watts step in the same minutes, and disturb nothing."""
    looks = enumerate(zip(RUNNING, WOBBLE, strict=True))
    state = after(State(), *(look(minute, runs, scope, w) for minute, (runs, w) in looks))
    assert {scope} == state.fits.keys()
    found = state.fitted_permille
    assert found.keys() == TRUE.keys()
    assert all(abs(found[kind] - TRUE[kind]) <= 20 for kind in TRUE), found


def test_where_others_moved_by_more_than_half_of_the_step_it_shows_nothing() -> None:
    """A step of 12 × 3,140 W beside one of 8 or of 3 × 3,100 W."""
    begun = look(0, (20, 20, 20), "a")
    assert after(State(), begun, look(1, (8, 20, 12), "a")).fits == {}
    assert after(State(), begun, look(1, (8, 20, 17), "a")).fits != {}


@pytest.mark.parametrize("nearer", ["a", "main"])
def test_a_nearer_meter_knows_more_of_a_kind(nearer: str) -> None:
    begun, ended = look(0, (20, 20, 20), nearer), look(1, (8, 20, 20), nearer)
    near = after(State(), begun, ended)
    far = [look(2, (8, 20, 20), SITE), look(3, (20, 20, 20), SITE, wobble_w=4_000)]
    assert after(near, *far).fitted_permille == near.fitted_permille
    assert after(State(), *far).fitted_permille != {}
