"""A hashprice that a person set."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from decimal import Decimal

import pytest
from pydantic import ValidationError

from controller.model.samples import HashpriceSample
from controller.signals.mining.fixed import HashpriceFixed, HashpriceFixedSettings
from tests.virtual_clock import VirtualClock


def settings(**changes: object) -> HashpriceFixedSettings:
    plain = {"adapter": "hashprice_fixed", "per_ph_day": 56.67, "origin": "2023-09-06", **changes}
    return HashpriceFixedSettings.model_validate(plain)


async def test_it_says_its_hashprice_once() -> None:
    clock = VirtualClock()
    async with aclosing(HashpriceFixed("hashprice", settings(), clock).samples()) as samples:
        assert await anext(samples) == HashpriceSample(at=clock.now(), per_ph_day="56.67")
        following = asyncio.ensure_future(anext(samples))
        await clock.advance(86_400)
        assert not following.done()
        following.cancel()
        await asyncio.wait({following})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("per_ph_day", 0),
        ("per_ph_day", -1),
        ("per_ph_day", float("nan")),
        ("per_ph_day", float("inf")),
        ("per_ph_day", 10_001),
        ("per_ph_day", "a lot"),
        ("origin", ""),
        ("note", "misspelt"),
    ],
)
def test_wrong_settings_name_their_key(key: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**{key: value})
    assert [error["loc"] for error in caught.value.errors()] == [(key,)]


def test_the_figure_of_the_demonstration_follows_from_the_block_chain() -> None:
    """The formula of configs/data/ORIGIN.md."""
    bitcoin_per_ph_day = 6.25 * 86_400 * 1e15 / (5.7119871e13 * 2**32)
    assert round(Decimal(bitcoin_per_ph_day * 25_748), 2) == Decimal("56.67")
