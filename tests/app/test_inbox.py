"""Dispatches at the desk: nothing counts before it is committed, then it counts at once."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from controller.app.inbox import KEPT
from controller.model.base import encode
from controller.model.records import DispatchArrived
from controller.ports import Recovered
from tests.app.office import Office
from tests.core.dispatches import at, by_kw, sent


async def test_a_dispatch_is_received_once_it_is_committed() -> None:
    office = Office()
    receipt = await office.desk.dispatch(sent(), "grid")
    assert (receipt.received, receipt.id, receipt.version) == (True, "e-1", 1)
    assert receipt.limit_kw == Decimal(40)
    (record,) = office.ledger.records
    assert isinstance(record, DispatchArrived)
    assert record.dispatch == office.active()["e-1"]
    assert record.body == sent()
    assert office.woken == 1


async def test_before_the_commit_returns_nothing_is_answered_or_obeyed() -> None:
    office = Office()
    office.ledger.flowing.clear()
    answer = asyncio.create_task(office.desk.dispatch(sent(), "grid"))
    await office.clock.advance(1)
    assert not answer.done()
    assert not office.active()
    office.ledger.flowing.set()
    assert (await answer).received
    assert office.active()


async def test_what_cannot_be_committed_is_not_received() -> None:
    office = Office()
    office.ledger.broken = "the disk is full"
    receipt = await office.desk.dispatch(sent(), "grid")
    assert (receipt.received, receipt.code) == (False, "not_committed")
    assert "the disk is full" in receipt.problem
    assert not office.active()
    assert office.woken == 0
    assert office.desk.refused == {"not_committed": 1}
    office.ledger.broken = ""
    assert (await office.desk.dispatch(sent(), "grid")).received


async def test_a_repeat_is_answered_alike_and_changes_nothing() -> None:
    office = Office()
    first = await office.desk.dispatch(sent(target=by_kw(30)), "grid")
    office.ledger.broken = "the disk is full"
    again = await office.desk.dispatch(sent(target=by_kw(30)), "grid")
    assert again.received
    assert again.repeated
    assert again.limit_kw == first.limit_kw == Decimal(170)
    assert len(office.ledger.records) == office.woken == 1


async def test_the_same_dispatch_sent_many_times_at_once_is_committed_once() -> None:
    office = Office()
    office.ledger.flowing.clear()
    answers = [asyncio.create_task(office.desk.dispatch(sent(), "grid")) for _ in range(8)]
    await office.clock.advance(1)
    office.ledger.flowing.set()
    receipts = await asyncio.gather(*answers)
    assert all(receipt.received for receipt in receipts)
    assert sum(not receipt.repeated for receipt in receipts) == len(office.ledger.records) == 1


async def test_a_sender_that_hangs_up_during_the_commit_is_obeyed_all_the_same() -> None:
    office = Office()
    office.ledger.flowing.clear()
    answer = asyncio.create_task(office.desk.dispatch(sent(), "grid"))
    await office.clock.advance(1)
    answer.cancel()
    await office.clock.advance(1)
    office.ledger.flowing.set()
    await office.clock.advance(1)
    assert answer.cancelled()
    assert len(office.ledger.records) == len(office.active()) == 1


async def test_a_refusal_is_recorded_and_counted() -> None:
    office = Office()
    receipt = await office.desk.dispatch(sent(target={"kind": "stop"}), "grid")
    assert (receipt.received, receipt.code, receipt.id) == (False, "malformed", "e-1")
    (record,) = office.ledger.records
    assert isinstance(record, DispatchArrived)
    assert record.dispatch is None
    assert record.refused == f"malformed: {receipt.problem}"
    assert office.desk.refused == {"malformed": 1}
    assert office.woken == 0


async def test_a_refusal_is_answered_even_if_it_cannot_be_recorded() -> None:
    office = Office()
    office.ledger.broken = "the disk is full"
    assert (await office.desk.dispatch(sent(program="x"), "grid")).code == "unknown_program"


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "body",
    [
        {"id": "\ud800", "version": 1},
        {"id": ["x"], "version": 10**40},
        {"kw": float("nan"), "version": True},
        {"deep": nested(3_000)},
    ],
)
async def test_a_body_that_no_ledger_can_keep_is_refused_and_its_text_kept(
    body: dict[str, Any],
) -> None:
    office = Office()
    receipt = await office.desk.dispatch(body, "grid")
    assert receipt.code == "malformed"
    assert encode(receipt)
    assert len(office.ledger.records) == 1


async def test_a_restarted_desk_goes_on_with_what_was_committed() -> None:
    office = Office()
    await office.desk.dispatch(sent(target=by_kw(30)), "grid")
    after = Office(Recovered(dispatches=office.active()))
    assert after.active() == office.active()
    assert (await after.desk.dispatch(sent(target=by_kw(30)), "grid")).repeated


async def test_an_update_replaces_and_a_cancel_ends() -> None:
    office = Office()
    await office.desk.dispatch(sent(), "grid")
    await office.desk.dispatch(sent(version=2, end=at(90)), "grid")
    assert office.active()["e-1"].version == 2
    receipt = await office.desk.dispatch(sent(version=3, cancelled=True), "grid")
    assert (receipt.received, receipt.limit_kw) == (True, None)
    assert not office.active()
    assert (await office.desk.dispatch(sent(), "grid")).code == "stale_version"


async def test_a_dispatch_long_over_is_forgotten_and_a_replay_of_it_still_refused() -> None:
    office = Office()
    await office.desk.dispatch(sent(), "grid")
    await office.clock.advance(KEPT.total_seconds())
    assert (await office.desk.dispatch(sent(), "grid")).repeated
    await office.clock.advance(2 * 3600)
    assert (await office.desk.dispatch(sent(), "grid")).code == "over"
