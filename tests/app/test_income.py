"""When the miners of a group last had a share accepted, by their own counters."""

from __future__ import annotations

from datetime import datetime, timedelta

from controller.app.income import Shares
from controller.model.fleet import OFF, MinerReading
from tests.core.dispatches import NOW


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def read(
    name: str, accepted: int | None, *, level: str = "full", reachable: bool = True
) -> MinerReading:
    return MinerReading(
        miner=name, group="north", level=level, reachable=reachable, accepted=accepted
    )


def look(shares: Shares, minutes: int, *readings: MinerReading) -> datetime | None:
    return shares.look({one.miner: one for one in readings}, at(minutes)).get("north")


def test_one_is_due_from_when_the_first_was_seen_to_run() -> None:
    shares = Shares()
    assert look(shares, 0, read("m-1", 7, level=OFF)) is None
    assert look(shares, 5, read("m-1", 7)) == at(5)
    assert look(shares, 9, read("m-1", 7), read("m-2", 3)) == at(5)


def test_any_counter_of_the_group_that_grows_is_income() -> None:
    shares = Shares()
    look(shares, 0, read("m-1", 7), read("m-2", 3))
    assert look(shares, 1, read("m-1", 7), read("m-2", 4)) == at(1)
    assert look(shares, 2, read("m-1", 7), read("m-2", 4)) == at(1)


def test_a_counter_that_falls_began_anew() -> None:
    shares = Shares()
    look(shares, 0, read("m-1", 900))
    assert look(shares, 1, read("m-1", 0)) == at(0)
    assert look(shares, 2, read("m-1", 1)) == at(2)


def test_who_does_not_count_or_cannot_be_read_is_not_judged() -> None:
    shares = Shares()
    assert look(shares, 0, read("m-1", None)) is None
    assert look(shares, 1, read("m-1", 7, reachable=False)) is None
