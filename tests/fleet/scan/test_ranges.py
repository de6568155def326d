"""Addresses as ranges stand for just those addresses."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.fleet.addresses import expand
from controller.fleet.scan.ranges import in_ranges

NEAR = st.sets(st.integers(167_772_160, 167_772_560).map(lambda n: str(IPv4Address(n))))


@given(NEAR)
def test_expanded_again_they_are_the_same(addresses: set[str]) -> None:
    assert set(expand(in_ranges(addresses))) == addresses


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["10.0.0.2", "10.0.0.1", "10.0.0.3"], ["10.0.0.1-10.0.0.3"]),
        (["10.0.0.9", "10.0.0.10"], ["10.0.0.9-10.0.0.10"]),
        (["10.0.0.1", "10.0.0.3"], ["10.0.0.1", "10.0.0.3"]),
        (["255.255.255.255", "::1:0:0"], ["255.255.255.255", "::1:0:0"]),
        ([], []),
    ],
)
def test_what_follows_one_another_is_one(addresses: list[str], expected: list[str]) -> None:
    assert in_ranges(addresses) == expected
