"""Faults by rate: whom they befall and when, in theory and on a farm."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise, takewhile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.simulator.fault_rate import FaultRate
from controller.simulator.faults import MinerFault
from controller.simulator.misfortunes import Misfortune, from_the_start, now_and_then
from controller.simulator.settings import SimulationSettings

from .help import Client, HandClock, free_address, free_port, running, small_site, until

NAMES = [f"127.1.{number // 250}.{number % 250}" for number in range(1000)]


def rate(kind: str, **details: Any) -> FaultRate:
    return FaultRate.model_validate({"kind": kind, **details})


def site_with(*faults: dict[str, Any], miners: int = 20, **changes: Any) -> SimulationSettings:
    address = free_address()
    port = free_port(address)
    group = {"id": "hall", "miners": miners, "address": address, "port": port, "faults": faults}
    return small_site(groups=[{**group, **changes}])


@given(st.lists(st.integers(1, 300), max_size=3), st.integers(1, 400), st.text(max_size=5))
def test_shares_are_exact_and_no_miner_has_two(
    thousandths: list[int], miners: int, seed: str
) -> None:
    rates = [rate("hang", share=number / 1000) for number in thousandths]
    chosen = from_the_start(seed, NAMES[:miners], rates)
    assert len({one.miner for one in chosen}) == len(chosen)
    assert abs(len(chosen) - miners * sum(thousandths) / 1000) <= 0.51


def test_another_seed_chooses_other_miners() -> None:
    half = [rate("hang", share=0.5)]
    assert from_the_start("a", NAMES, half) == from_the_start("a", NAMES, half)
    assert from_the_start("a", NAMES, half) != from_the_start("b", NAMES, half)


def first_day(seed: str, *rates: FaultRate) -> list[Misfortune]:
    return list(takewhile(lambda one: one.after_s < 86_400, now_and_then(seed, NAMES, rates)))


def test_a_rate_is_kept_over_many_miners_and_comes_in_order() -> None:
    seldom, often = rate("hang", per_hour=0.05, lasts_s=60), rate("reboot", per_hour=0.2, seconds=9)
    day = first_day("a", seldom, often)
    assert day == first_day("a", seldom, often)
    assert all(before.after_s <= after.after_s for before, after in pairwise(day))
    count = Counter(one.rate for one in day)
    assert count[seldom] == pytest.approx(1200, rel=0.1)
    assert count[often] == pytest.approx(4800, rel=0.05)
    assert len({one.miner for one in day}) > 950


def test_one_miner_more_changes_nothing_for_the_others() -> None:
    some = [rate("hang", per_hour=1, lasts_s=60)]
    less = list(takewhile(lambda one: one.after_s < 3600, now_and_then("a", NAMES[:9], some)))
    more = list(takewhile(lambda one: one.after_s < 3600, now_and_then("a", NAMES[:10], some)))
    assert less == [one for one in more if one.miner != NAMES[9]]


async def test_a_share_is_faulty_from_the_start(clock: HandClock) -> None:
    faults = ({"kind": "die", "share": 0.1}, {"kind": "hang", "share": 0.25})
    async with running(site_with(*faults), clock) as farm:
        kinds = Counter(server.miner.fault.kind for server in farm.miners.values())
        assert kinds == {"die": 2, "hang": 5, "clear": 13}
        dead = [one.miner for one in farm.miners.values() if one.miner.fault.kind == "die"]
        with pytest.raises(ConnectionRefusedError):
            await Client(dead[0].address, dead[0].port).watts()


async def test_a_fault_comes_at_its_time_and_ends_by_itself(clock: HandClock) -> None:
    each = {"kind": "die", "per_hour": 60, "lasts_s": 600}
    async with running(site_with(each, miners=1), clock) as farm:
        server = next(iter(farm.miners.values()))
        first = next(
            now_and_then(farm.settings.seed, list(farm.miners), [FaultRate.model_validate(each)])
        )
        clock.move(first.after_s - 0.01)
        assert server.miner.fault.kind == "clear"
        await until(lambda: clock.sleepers > 0, "the farm to wait")
        clock.move(0.02)
        await until(lambda: server.miner.fault.kind == "die", "the fault")
        await until(lambda: clock.sleepers > 1, "its end to be awaited")
        clock.move(600)
        await until(lambda: server.miner.physics.powered, "its end")


async def test_what_a_person_sets_is_left_alone(clock: HandClock) -> None:
    each = {"kind": "die", "per_hour": 60, "lasts_s": 600}
    async with running(site_with(each, miners=1), clock) as farm:
        server = next(iter(farm.miners.values()))
        await server.inject(MinerFault(kind="refuse"))
        await until(lambda: clock.sleepers > 0, "the farm to wait")
        clock.move(3600)
        await until(lambda: clock.sleepers > 0, "the farm to wait again")
        assert server.miner.fault.kind == "refuse"


async def test_every_reply_of_a_group_waits_for_its_delay(clock: HandClock) -> None:
    async with running(site_with(miners=1, reply_delay_s=3600), clock) as farm:
        server = next(iter(farm.miners.values()))
        client = Client(server.miner.address, server.miner.port)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await client.watts()
