"""The contract of the `Ledger` port, on the database and on its simulation."""

from __future__ import annotations

import asyncio

import pytest

from controller.errors import TemporaryError
from controller.model.seen import State
from controller.ports import Recovered
from tests.ledger.conftest import Reopen
from tests.ledger.records import (
    at,
    cycles,
    dispatch,
    dispatched,
    hashprice,
    interval,
    lock,
    opted_out,
    order,
    price,
    recalled,
    run,
    state_after,
)


async def test_a_new_ledger_knows_nothing(reopen: Reopen) -> None:
    assert (await reopen()).recover() == Recovered()


async def test_the_last_state_comes_back(reopen: Reopen) -> None:
    ledger = await reopen()
    for cycle in cycles(7):
        await ledger.commit([cycle])
    assert (await reopen()).recover().state == state_after(7)


async def test_the_state_of_a_second_run_replaces_the_first(reopen: Reopen) -> None:
    ledger = await reopen()
    await ledger.commit([run(0), *cycles(7)])
    await ledger.commit([run(100), *cycles(2, start_s=100, state=State(next_command=50))])
    recovered = (await reopen()).recover()
    assert recovered.state == State(other_w={"site": 70}, next_command=52)
    assert [cycle.keyframe for cycle in recovered.cycles] == [True, *[False] * 6, True, False]


async def test_the_newest_version_of_a_dispatch_comes_back(reopen: Reopen) -> None:
    ledger = await reopen()
    cancelled = dispatch(3, cancelled=True)
    await ledger.commit([dispatched(1, dispatch(2)), dispatched(2, cancelled)])
    await ledger.commit([dispatched(3, None, "late"), dispatched(4, dispatch(1, name="d-2"))])
    await ledger.commit([dispatched(5, dispatch(1))])
    recovered = (await reopen()).recover()
    assert recovered.dispatches == {"d-1": cancelled, "d-2": dispatch(1, name="d-2")}


async def test_a_recall_ends_a_dispatch_until_a_newer_version(reopen: Reopen) -> None:
    ledger = await reopen()
    ended = recalled(2, dispatch(2))
    await ledger.commit([dispatched(1, dispatch(2)), dispatched(1, dispatch(1, name="d-2"))])
    await ledger.commit([ended])
    assert (await reopen()).recover().dispatches["d-1"] == ended.dispatch
    ledger = await reopen()
    await ledger.commit([dispatched(3, dispatch(2))])
    assert (await reopen()).recover().dispatches["d-1"] == ended.dispatch
    ledger = await reopen()
    await ledger.commit([dispatched(4, dispatch(3))])
    recovered = (await reopen()).recover()
    assert recovered.dispatches == {"d-1": dispatch(3), "d-2": dispatch(1, name="d-2")}


async def test_an_opt_out_holds_until_a_newer_version(reopen: Reopen) -> None:
    ledger = await reopen()
    out = opted_out(2, dispatch(2))
    await ledger.commit([dispatched(1, dispatch(2)), out])
    assert (await reopen()).recover().dispatches["d-1"] == out.dispatch
    ledger = await reopen()
    await ledger.commit([dispatched(3, dispatch(2))])
    assert (await reopen()).recover().dispatches["d-1"] == out.dispatch
    ledger = await reopen()
    ended = recalled(4, out.dispatch)
    await ledger.commit([ended])
    assert (await reopen()).recover().dispatches["d-1"] == ended.dispatch
    ledger = await reopen()
    await ledger.commit([dispatched(5, dispatch(3))])
    assert (await reopen()).recover().dispatches["d-1"] == dispatch(3)


async def test_a_level_comes_back_with_what_it_drew(reopen: Reopen) -> None:
    ledger = await reopen()
    await ledger.commit([order(1, "o-1", limit_w=None, level="265MHz", level_w=1080)])
    back = (await reopen()).recover().orders["o-1"]
    assert (back.limit_w, back.level, back.level_w) == (None, "265MHz", 1080)


async def test_orders_and_locks_stand_until_a_person_ends_them(reopen: Reopen) -> None:
    ledger = await reopen()
    await ledger.commit([order(1, "o-1"), order(1, "o-2"), lock(1, "a"), lock(1, "m-1")])
    await ledger.commit([order(2, "o-1", ended=True), lock(2, "a", released_by="Bob")])
    await ledger.commit([order(3, "o-2", limit_w=777), price(90_000)])
    recovered = (await reopen()).recover()
    assert {name: each.limit_w for name, each in recovered.orders.items()} == {"o-2": 777}
    assert [each.place for each in recovered.locks.values()] == ["m-1"]


async def test_prices_of_two_days_come_back_in_order_of_arrival(reopen: Reopen) -> None:
    ledger = await reopen()
    day = 86_400
    await ledger.commit([price(0, "1"), price(day + 1, "2"), hashprice(day)])
    await ledger.commit([price(3 * day, "3"), price(3 * day, "x", refused="not a number")])
    recovered = (await reopen()).recover()
    assert [sample for _, sample in recovered.prices] == [
        price(day + 1, "2").sample,
        hashprice(day).sample,
        price(3 * day, "3").sample,
    ]


async def test_two_hours_of_cycles_come_back_from_a_keyframe_on(reopen: Reopen) -> None:
    ledger = await reopen()
    await ledger.commit(list(cycles(450, step_s=30)))
    found = (await reopen()).recover().cycles
    assert found[0].keyframe
    assert found[0].at == at(200 * 30)
    assert found[-1].at == at(449 * 30)
    assert len(found) == 250


async def test_cycles_older_than_two_hours_stay_behind(reopen: Reopen) -> None:
    ledger = await reopen()
    await ledger.commit([*cycles(3), price(9000)])
    recovered = (await reopen()).recover()
    assert list(recovered.cycles) == []
    assert recovered.state == state_after(3)


async def test_the_newest_version_of_every_interval_comes_back(reopen: Reopen) -> None:
    ledger = await reopen()
    corrected = interval(0, 2, energy_wh=None, energy_cost=None)
    await ledger.commit([interval(1), interval(0)])
    await ledger.commit([corrected])
    found = (await reopen()).recover().intervals
    assert list(found) == [corrected.interval, interval(1).interval]


async def test_commits_made_together_are_all_there(reopen: Reopen) -> None:
    ledger = await reopen()
    await asyncio.gather(*(ledger.commit([price(n, str(n))]) for n in range(200)))
    health = ledger.health()
    assert (health.written, health.waiting, health.writable) == (200, 0, True)
    prices = [sample for _, sample in (await reopen()).recover().prices]
    assert list(prices) == [price(n, str(n)).sample for n in range(200)]


async def test_nothing_to_write_is_written_at_once(reopen: Reopen) -> None:
    ledger = await reopen()
    await ledger.commit([])
    assert ledger.health().written == 0


async def test_a_closed_ledger_says_so(reopen: Reopen) -> None:
    ledger = await reopen()
    await ledger.close()
    with pytest.raises(TemporaryError, match="closed"):
        await ledger.commit([price(0)])
    assert not ledger.health().writable
