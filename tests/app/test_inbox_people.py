"""Orders and locks of people at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from controller.errors import PermanentError, TemporaryError
from controller.model.records import LockArrived, OrderArrived
from controller.ports import Recovered
from tests.app.office import Office, lock, order
from tests.core.dispatches import NOW, at, sent


async def test_an_order_is_set_replaced_and_ended() -> None:
    office = Office()
    await office.desk.order(order())
    await office.desk.order(order(limit_w=60_000))
    assert office.desk.active_orders(NOW)["o-1"].limit_w == 60_000
    await office.desk.order(order(limit_w=60_000), ended=True)
    assert not office.desk.active_orders(NOW)
    assert [r.ended for r in office.ledger.records if isinstance(r, OrderArrived)] == [0, 0, 1]
    assert office.woken == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scope": "south"}, "there are: north"),
        ({"until": NOW}, "until"),
        ({"issued_at": NOW + timedelta(hours=2)}, "until"),
        ({"limit_w": -1}, "limit_w"),
        ({"limit_w": None}, "a floor or a hold; give one of the four"),
        ({"level": "off"}, "a floor or a hold; give one of the four"),
        ({"floor_w": 5_000}, "a floor or a hold; give one of the four"),
        ({"hold": True, "scope": "site"}, "a floor or a hold; give one of the four"),
        ({"limit_w": None, "hold": True}, "a hold is for the whole site"),
        ({"limit_w": None, "floor_w": 0}, "floor_w is not above 0"),
        ({"limit_w": None, "floor_w": 5_000, "scope": "m-1"}, "neither 'site' nor a group"),
        ({"limit_w": None, "floor_w": 5_000, "emergency": True}, "only a limit can be"),
        ({"limit_w": None, "level": "off", "emergency": True}, "only a limit can be"),
        ({"scope": "m-1"}, "neither 'site' nor a group"),
        ({"limit_w": None, "level": "off", "scope": "m-9"}, "nor a group nor a miner"),
        ({"limit_w": None, "level": "300MHz"}, "levels there: off, 265MHz"),
        ({"limit_w": None, "level": "265MHz", "scope": "m-2"}, "none is known yet"),
        ({"person": "  "}, "person"),
    ],
)
async def test_a_wrong_order_is_refused(changes: dict[str, Any], words: str) -> None:
    office = Office()
    with pytest.raises(PermanentError, match=words):
        await office.desk.order(order(**changes))
    assert not office.ledger.records
    assert not office.desk.active_orders(NOW)


@pytest.mark.parametrize(
    ("level", "scope", "level_w"),
    [("265MHz", "site", 1080), ("265MHz", "m-1", 1080), ("off", "north", 0), ("off", "m-2", 0)],
)
async def test_a_level_is_kept_with_what_it_draws(level: str, scope: str, level_w: int) -> None:
    office = Office()
    await office.desk.order(order(limit_w=None, level=level, scope=scope, level_w=7))
    assert office.desk.active_orders(NOW)["o-1"].level_w == level_w
    assert office.ledger.recover().orders["o-1"].level_w == level_w
    assert office.desk.next_change(NOW) == order().until


@pytest.mark.parametrize(
    "said",
    [
        {"limit_w": None, "floor_w": 1},
        {"limit_w": None, "floor_w": 5_000, "scope": "site"},
        {"limit_w": None, "hold": True, "scope": "site"},
        {"limit_w": 0, "emergency": True},
    ],
)
async def test_floors_holds_and_emergencies_survive_a_restart(said: dict[str, Any]) -> None:
    office = Office()
    await office.desk.order(order(**said))
    assert office.desk.active_orders(NOW) == {"o-1": order(**said)}
    assert office.ledger.recover().orders == {"o-1": order(**said)}


async def test_an_order_that_is_not_in_force_cannot_be_ended() -> None:
    with pytest.raises(PermanentError, match="there are: none"):
        await Office().desk.order(order(), ended=True)


async def test_an_order_that_has_expired_cannot_be_ended() -> None:
    office = Office(Recovered(orders={"o-1": order()}))
    await office.clock.advance(3600)
    with pytest.raises(PermanentError, match="no order o-1"):
        await office.desk.order(order(), ended=True)


async def test_a_lock_holds_until_it_is_released_by_name() -> None:
    office = Office()
    await office.desk.lock(lock())
    await office.desk.lock(lock(since=NOW + timedelta(hours=1)))
    await office.clock.advance(365 * 86400)
    assert office.desk.locks == {"m-1": lock()}
    with pytest.raises(PermanentError, match="locked by Ada"):
        await office.desk.lock(lock(person="Bob"))
    with pytest.raises(PermanentError, match="person"):
        await office.desk.release("m-1", "")
    await office.desk.release("m-1", "Bob")
    assert not office.desk.locks
    released = [r.released_by for r in office.ledger.records if isinstance(r, LockArrived)]
    assert released == ["", "Bob"]


async def test_a_place_that_is_not_there_cannot_be_locked_and_a_free_one_not_released() -> None:
    office = Office()
    with pytest.raises(PermanentError, match="neither a group nor a miner"):
        await office.desk.lock(lock(place="m-9"))
    with pytest.raises(PermanentError, match="not locked"):
        await office.desk.release("north", "Ada")


async def test_people_hear_of_it_when_their_word_is_not_committed() -> None:
    office = Office(Recovered(orders={"o-1": order()}, locks={"m-1": lock()}))
    office.ledger.broken = "the disk is full"
    for word in (
        office.desk.order(order(id="o-2")),
        office.desk.order(order(), ended=True),
        office.desk.lock(lock(place="north")),
        office.desk.release("m-1", "Ada"),
    ):
        with pytest.raises(TemporaryError):
            await word
    assert set(office.desk.active_orders(NOW)) == {"o-1"}
    assert set(office.desk.locks) == {"m-1"}
    assert office.woken == 0


async def test_the_next_change_is_the_soonest_start_or_end() -> None:
    office = Office()
    await office.desk.dispatch(sent(start=at(10), end=at(70)), "grid")
    await office.desk.order(order(until=NOW + timedelta(minutes=20)))
    for minutes, change in ((0, 10), (10, 20), (20, 70)):
        now = NOW + timedelta(minutes=minutes)
        assert office.desk.next_change(now) == NOW + timedelta(minutes=change)
    assert office.desk.next_change(NOW + timedelta(minutes=70)) is None
