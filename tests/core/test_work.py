"""Accepted work in the books, and the check of what curtailment gave up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from controller.app.accepted_work import AcceptedWork
from controller.core.books.work import Work, work
from controller.model.books import CurtailedEnergy, Interval
from controller.model.fleet import Cohort, MinerReading
from controller.model.seen import Snapshot
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
    _, (settled,) = booked(list(counted(every(5, 0, QUARTER + 65), per_s=1900)))
    assert settled.interval.expected_th == 20 * 100 * QUARTER
    assert settled.interval.accepted_th == 1900 * QUARTER


def test_a_count_that_begins_anew_says_nothing_of_that_moment() -> None:
    before = list(counted(every(5, 0, 300), per_s=1000, begins=9_000_000))
    after = list(counted(every(5, 305, QUARTER + 65), per_s=1000))
    _, (settled,) = booked([*before, *after])
    assert settled.interval.expected_th == 2000 * (QUARTER - 5)
    assert settled.interval.accepted_th == 1000 * (QUARTER - 5)


def test_where_nobody_says_nothing_is_known() -> None:
    _, (settled,) = booked([*every(5, 0, QUARTER + 5), cycle(1000)])
    assert (settled.interval.expected_th, settled.interval.accepted_th) == (None, None)


def test_work_is_shared_out_over_the_end_of_an_interval() -> None:
    """A thousand terahashes become known 3 s after it, of the 7 s since the last look."""
    cycles = [
        (replace(seen, accepted_th={"north": 1000 if seen.now > moment(QUARTER) else 0}), plan)
        for seen, plan in every(7, 0, 7 * 268)
    ]
    _, settled = booked(cycles)
    shares = [one.interval.accepted_th for one in settled]
    assert shares == [Decimal("571.429"), Decimal("428.571")]


def test_a_silent_stretch_is_expected_of_nobody_and_shares_are_spread_over_it() -> None:
    """Ten minutes without a cycle: the first speaks for the minute after it, though its price holds
    for longer."""
    cycles = [*every(5, 0, 60, price_until=3600), *every(5, 660, QUARTER + 65)]
    _, (settled,) = booked(list(counted(cycles, per_s=1900)))
    known_s = QUARTER - 540
    assert settled.interval.expected_th == 2000 * known_s
    assert settled.interval.accepted_th == 1900 * known_s


def test_a_group_whose_count_begins_anew_hides_no_other() -> None:
    cycles = [
        (replace(seen, accepted_th={"east": -number, **seen.accepted_th}), plan)
        for number, (seen, plan) in enumerate(counted(every(5, 0, QUARTER + 65), per_s=1900))
    ]
    _, (settled,) = booked(cycles)
    assert settled.interval.accepted_th == 1900 * QUARTER


def test_work_that_nobody_accepts_is_expected_all_the_same() -> None:
    _, (settled,) = booked(list(counted(every(5, 0, QUARTER + 65), per_s=0)))
    assert settled.interval.expected_th == 2000 * QUARTER
    assert settled.interval.accepted_th == 0


def test_nothing_is_expected_where_nobody_runs() -> None:
    cycles = counted(every(5, 0, QUARTER + 65), per_s=0)
    _, (settled,) = booked([(replace(seen, cohorts={}), plan) for seen, plan in cycles])
    assert settled.interval.expected_th == 0


def test_groups_whose_miners_do_not_say_stand_on_neither_side() -> None:
    """The miners of `south` hash as well, and do not count what is accepted. Twice 2 PH/s at 50 a
    day, less 2 %, earn 2.04 in a quarter of an hour."""
    cycles = [
        (replace(seen, cohorts={**seen.cohorts, "south": southern(seen)}), plan)
        for seen, plan in counted(every(5, 0, QUARTER + 65), per_s=1900)
    ]
    _, (settled,) = booked(cycles)
    assert round(settled.interval.hash_revenue, 2) == Decimal("2.04")
    assert settled.interval.expected_th == 2000 * QUARTER


def southern(seen: Snapshot) -> Cohort:
    return replace(seen.cohorts["north"], group="south")


def test_a_group_that_is_paid_again_brings_no_work_of_before() -> None:
    """It had no income for five minutes in the middle."""
    cycles = [
        (seen, replace(plan, unpaid_since={"north": seen.now}) if 300 <= second < 600 else plan)
        for second, (seen, plan) in zip(
            range(0, QUARTER + 70, 5),
            counted(every(5, 0, QUARTER + 65), per_s=1900, begins=10**9),
            strict=True,
        )
    ]
    _, (settled,) = booked(cycles)
    known_s = QUARTER - 305
    assert settled.interval.expected_th == 2000 * known_s
    assert settled.interval.accepted_th == 1900 * known_s


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


def test_a_miner_that_began_anew_or_was_away_takes_nothing_back_and_adds_nothing() -> None:
    found = looks(AcceptedWork(), 5_000_000, 10, 1_000_010, None, 9_000_000, 10_000_000)
    assert found == [0, 0, 4294, 4294, 4294, 8589]
    assert looks(AcceptedWork(), None) == [-1]
