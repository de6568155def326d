"""Accepted work in the books, and the check of what curtailment gave up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.app.accepted_work import AcceptedWork
from controller.core.books.work import Work, work
from controller.model.books import CurtailedEnergy, Interval
from controller.model.fleet import MinerReading
from controller.reasons import Reason
from tests.core.cycles import Cycle, booked, cycle, every, moment

QUARTER = 900


def counted(cycles: list[Cycle], *, per_s: int, begins: int = 0) -> Iterator[Cycle]:
    """With work that grows by so many terahashes a second."""
    for seen, plan in cycles:
        grown = begins + per_s * round((seen.now - moment(0)).total_seconds())
        yield replace(seen, accepted_th={"north": grown}), plan


def test_work_is_set_beside_the_hashes_of_the_same_time() -> None:
    """20 miners of 100 TH/s for a quarter of an hour, of whose work 95 per cent is accepted."""
    _, (settled,) = booked(list(counted(every(5, 0, QUARTER + 5), per_s=1900)))
    assert settled.interval.expected_th == 20 * 100 * QUARTER
    assert settled.interval.accepted_th == 1900 * QUARTER


def test_a_count_that_begins_anew_says_nothing_of_that_moment() -> None:
    before = list(counted(every(5, 0, 300), per_s=1000, begins=9_000_000))
    after = list(counted(every(5, 305, QUARTER + 5), per_s=1000))
    _, (settled,) = booked([*before, *after])
    assert settled.interval.expected_th == 2000 * (QUARTER - 5)
    assert settled.interval.accepted_th == 1000 * (QUARTER - 5)


def test_where_nobody_says_nothing_is_known() -> None:
    _, (settled,) = booked([*every(5, 0, QUARTER + 5), cycle(1000)])
    assert (settled.interval.expected_th, settled.interval.accepted_th) == (None, None)


def test_work_is_shared_out_over_the_end_of_an_interval() -> None:
    _, settled = booked(list(counted(every(7, 0, 2 * QUARTER + 7), per_s=500)))
    assert [float(one.interval.accepted_th or 0) for one in settled] == pytest.approx([450_000] * 2)


def interval(foregone: str, expected: int | None, accepted: int | None) -> Interval:
    gone = CurtailedEnergy(
        energy_wh=Decimal(1), avoided_cost=Decimal(1), foregone_revenue=Decimal(foregone)
    )
    return Interval(
        start=moment(0),
        end=moment(QUARTER),
        curtailed={Reason.UNPROFITABLE: gone},
        expected_th=None if expected is None else Decimal(expected),
        accepted_th=None if accepted is None else Decimal(accepted),
    )


def test_what_was_foregone_is_checked_by_the_work_of_those_that_ran() -> None:
    found = work([interval("10", 1000, 950), interval("2", None, None), interval("8", 3000, 2850)])
    assert found == Work(Decimal(4000), Decimal(3800), Decimal(20))
    assert (found.ratio, found.foregone_checked) == (Decimal("0.95"), Decimal(19))
    assert work([]).ratio is None
    assert work([interval("3", None, None)]).foregone_checked is None


def reading(miner: str, difficulty: int | None, group: str = "north") -> MinerReading:
    return MinerReading(miner=miner, group=group, accepted_difficulty=difficulty)


def looks(sums: AcceptedWork, *difficulties: int | None) -> list[int]:
    return [sums.look({"a": reading("a", one)}).get("north", -1) for one in difficulties]


def test_difficulties_become_terahashes_from_the_first_look_on() -> None:
    th = 2**32 * 1_000_000 // 10**12
    found = looks(AcceptedWork(), 5_000_000, 6_000_000, 6_000_000, 7_000_000)
    assert found == [0, th, th, 2 * 2**32 * 1_000_000 // 10**12]


def test_a_miner_that_began_anew_or_is_away_takes_nothing_back() -> None:
    assert looks(AcceptedWork(), 5_000_000, 10, None, 1_000_010) == [0, 0, 0, 4294]
    assert looks(AcceptedWork(), None) == [-1]
