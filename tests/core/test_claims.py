"""Reductions of several programs together: no kW is counted twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.core.limits.claims import Claim, Stack, claim_of, claims_of, delivered_w, stacked
from tests.core.cases.chances import many
from tests.core.contracts import dispatch

REFERENCES = st.integers(0, 12).map(lambda tens: 10_000 * tens)
CLAIMS = st.lists(
    st.builds(
        Claim,
        reference_w=REFERENCES,
        reduction_w=st.integers(1, 60_000),
        program=st.sampled_from("abc"),
        id=st.uuids().map(str),
    ),
    min_size=1,
    max_size=7,
)


def laid(*claims: tuple[str, int, int]) -> Stack:
    """Of program, reference and reduction; each claim is called by its place."""
    made = (Claim(top, less, whose, str(place)) for place, (whose, top, less) in enumerate(claims))
    found = stacked(made)
    assert found is not None
    return found


def test_without_claims_there_is_no_stack() -> None:
    assert stacked([]) is None


def test_one_claim_is_its_reference_less_its_reduction() -> None:
    assert laid(("a", 100, 30)) == Stack(100, {"0": 70}, 70)


def test_two_programs_with_the_same_reference_add_up() -> None:
    assert laid(("a", 100, 30), ("b", 100, 20)) == Stack(100, {"0": 70, "1": 50}, 50)


def test_claims_of_one_program_do_not_add_up() -> None:
    assert laid(("a", 100, 30), ("a", 100, 20)) == Stack(100, {"0": 70}, 70)


def test_of_equal_claims_of_one_program_the_last_by_name_is_laid_down() -> None:
    equal = [Claim(100, 30, "a", name) for name in "fed"]
    assert stacked(equal) == stacked(equal[::-1]) == Stack(100, {"f": 70}, 70)


def test_of_equal_reductions_of_one_program_the_one_with_the_higher_reference_is_laid_down() -> (
    None
):
    found = laid(("a", 90, 30), ("b", 95, 20), ("c", 100, 40), ("a", 100, 30))
    assert found == Stack(100, {"3": 70, "2": 30, "1": 10}, 10)


def test_a_smaller_reduction_of_the_same_program_takes_nothing_off_whatever_its_reference() -> None:
    found = laid(("a", 90, 30), ("a", 100, 20), ("b", 100, 50))
    assert found == Stack(100, {"2": 50, "0": 20}, 20)


def test_the_lower_reference_goes_on_where_the_higher_claim_ends() -> None:
    assert laid(("b", 90, 30), ("a", 100, 20)) == Stack(100, {"1": 80, "0": 50}, 50)


def test_claims_that_lie_apart_do_not_touch() -> None:
    assert laid(("a", 100, 10), ("b", 50, 10)) == Stack(50, {"1": 40}, 40)
    assert laid(("a", 100, 50), ("b", 50, 10)) == Stack(100, {"0": 50, "1": 40}, 40)


def test_more_than_there_is_comes_to_nothing_left() -> None:
    assert laid(("a", 100, 80), ("b", 100, 50)) == Stack(100, {"0": 20, "1": 0}, 0)


def test_a_cap_or_a_reference_no_higher_than_the_limit_claims_nothing() -> None:
    assert claim_of(dispatch("e", 40)) is None
    assert claim_of(dispatch("e", 40, 40)) is None
    assert claim_of(dispatch("e", 40, 41)) == Claim(41, 1, "a", "e")


@pytest.mark.parametrize(
    ("power_w", "taken_w"), [(120, 0), (100, 0), (99, 1), (71, 29), (70, 30), (60, 30), (0, 30)]
)
def test_the_meter_shows_of_claims_what_it_has_come_down(power_w: int, taken_w: int) -> None:
    assert delivered_w(power_w, [dispatch("e", 70, 100)]) == taken_w


def test_nothing_is_delivered_where_nothing_is_claimed() -> None:
    assert delivered_w(50, [dispatch("e", 70)]) == 0


@many()
@given(CLAIMS, REFERENCES)
def test_with_equal_references_the_claims_are_the_drop(claims: list[Claim], top_w: int) -> None:
    found = stacked(one._replace(reference_w=top_w) for one in claims)
    largest: dict[str, int] = {}
    for one in claims:
        largest[one.program] = max(one.reduction_w, largest.get(one.program, 0))
    assert found is not None
    assert found.top_w - found.limit_w == min(top_w, sum(largest.values()))


@many()
@given(CLAIMS)
def test_one_claim_more_never_raises_the_limit(claims: list[Claim]) -> None:
    all_of_them = stacked(claims)
    assert all_of_them is not None
    for left_out in range(len(claims)):
        fewer = stacked(claims[:left_out] + claims[left_out + 1 :])
        assert fewer is None or all_of_them.limit_w <= fewer.limit_w


@many()
@given(CLAIMS)
def test_neither_order_nor_names_change_a_kw(claims: list[Claim]) -> None:
    names = {"a": "z", "b": "y", "c": "x"}
    renamed = [one._replace(program=names[one.program], id=f"{k}") for k, one in enumerate(claims)]
    first, second = stacked(claims), stacked(renamed[::-1])
    assert first is not None
    assert second is not None
    assert (first.top_w, first.limit_w) == (second.top_w, second.limit_w)


@many()
@given(CLAIMS)
def test_the_limit_is_the_lowest_of_one_claim_from_each_program(claims: list[Claim]) -> None:
    """The rule as it is said, laid down claim by claim, for every choice."""
    found = stacked(claims)
    assert found is not None
    lowest = min(_laid_down(choice) for choice in _choices(claims))
    assert found.limit_w == max(0, lowest)


def _choices(claims: list[Claim]) -> list[list[Claim]]:
    choices: list[list[Claim]] = [[]]
    for name in sorted({one.program for one in claims}):
        mine = [one for one in claims if one.program == name]
        choices = [[*chosen, one] for chosen in choices for one in mine]
    return choices


def _laid_down(chosen: list[Claim]) -> int:
    end_w = 10**9
    for one in sorted(chosen, key=lambda one: -one.reference_w):
        end_w = min(end_w, one.reference_w) - one.reduction_w
    return end_w


@many()
@given(CLAIMS)
def test_each_claim_of_the_stack_lies_below_the_one_before(claims: list[Claim]) -> None:
    found = stacked(claims)
    assert found is not None
    ends = [found.top_w, *found.below_w.values()]
    assert ends == sorted(ends, reverse=True)
    assert ends[-1] == found.limit_w
    of_claims = {one.id: one for one in claims}
    assert len({of_claims[name].program for name in found.below_w}) == len(found.below_w)


def test_claims_of_dispatches() -> None:
    assert [one.id for one in claims_of([dispatch("e", 1), dispatch("f", 1, 2)])] == ["f"]
