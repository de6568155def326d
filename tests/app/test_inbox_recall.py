"""A dispatch ended by voice: written down first, ended at once, and not revived by a repeat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from controller.app.inbox import KEPT, RECALLS_SHOWN
from controller.errors import PermanentError, TemporaryError
from controller.model.grid import Recall
from controller.model.records import DispatchRecalled
from controller.ports import Recovered
from tests.app.office import Office
from tests.core.dispatches import NOW, sent

WORD = Recall(person="Ada", authority="desk of grid", reference="call 17", at=NOW)


async def office_with(**changes: object) -> Office:
    office = Office()
    await office.desk.dispatch(sent(**changes), "grid")
    return office


async def test_it_ends_now_and_is_written_down() -> None:
    office = await office_with(end=None)
    await office.desk.recall("e-1", WORD)
    assert not office.active()
    record = office.ledger.records[-1]
    assert isinstance(record, DispatchRecalled)
    assert (record.dispatch.id, record.dispatch.version, record.dispatch.recall) == ("e-1", 1, WORD)
    assert office.desk.recalled(NOW)["e-1"].recall == WORD
    assert not office.desk.recalled(NOW + RECALLS_SHOWN)
    assert office.woken == 2


async def test_one_to_come_can_be_recalled_too() -> None:
    office = await office_with()
    assert not office.active()["e-1"].in_force(NOW)
    await office.desk.recall("e-1", WORD)
    assert not office.active()


async def test_the_same_again_is_a_repeat_and_revives_nothing_a_newer_version_does() -> None:
    office = await office_with(end=None)
    await office.desk.recall("e-1", WORD)
    again = await office.desk.dispatch(sent(end=None), "grid")
    assert (again.received, again.repeated, again.limit_kw) == (True, True, None)
    assert not office.active()
    assert (await office.desk.dispatch(sent(version=2), "grid")).received
    assert office.active()["e-1"].version == 2
    assert not office.desk.recalled(NOW)


async def test_a_broker_that_keeps_an_open_dispatch_never_revives_it() -> None:
    office = await office_with(end=None)
    await office.desk.recall("e-1", WORD)
    for _ in range(3):
        await office.clock.advance(KEPT.total_seconds())
        assert (await office.desk.dispatch(sent(end=None), "grid")).repeated
    assert not office.active()


async def test_a_restarted_desk_keeps_to_it() -> None:
    office = await office_with(end=None)
    await office.desk.recall("e-1", WORD)
    after = Office(Recovered(dispatches=office.ledger.recover().dispatches))
    assert not after.active()
    assert (await after.desk.dispatch(sent(end=None), "grid")).repeated
    assert not after.active()
    assert after.desk.recalled(NOW).keys() == {"e-1"}


async def test_before_the_commit_it_stays_in_force() -> None:
    office = await office_with(end=None)
    office.ledger.broken = "the disk is full"
    with pytest.raises(TemporaryError, match="the disk is full"):
        await office.desk.recall("e-1", WORD)
    assert office.active()
    assert not office.desk.recalled(NOW)


@pytest.mark.parametrize("empty", ["person", "authority", "reference"])
async def test_all_three_are_named(empty: str) -> None:
    office = await office_with()
    words = {"person": "Ada", "authority": "desk", "reference": "17", empty: "  "}
    with pytest.raises(PermanentError, match=f"{empty} is empty"):
        await office.desk.recall("e-1", Recall(**words, at=NOW))
    assert office.active()


async def test_what_is_not_there_or_over_cannot_be_recalled() -> None:
    office = await office_with()
    with pytest.raises(PermanentError, match=r"no dispatch e-9 .* there are: e-1"):
        await office.desk.recall("e-9", WORD)
    await office.desk.recall("e-1", WORD)
    with pytest.raises(PermanentError, match="there are: none"):
        await office.desk.recall("e-1", WORD)
    late = Recall(person="A", authority="b", reference="c", at=NOW + timedelta(hours=2))
    other = await office_with()
    with pytest.raises(PermanentError, match="no dispatch e-1"):
        await other.desk.recall("e-1", late)
