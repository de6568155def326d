"""What commands teach: response times in doubling buckets, failures, and how sure that makes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.obedience.command import event_of
from controller.core.obedience.learned import chance, failure_rate, learnt, start_s, stop_s
from controller.model.fleet import OFF, Command, EvidenceGrade, MinerSeen, Motion, Stage
from controller.model.remembered import Learned
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

KIND = "a/three"
ELEVEN = (0,) * 11
SITE = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=100_000,
    groups={"a": Group(stop_within_s=45, start_within_s=200), "b": Group()},
    pacing=Pacing(stop_within_s=30, start_within_s=300),
)
DOWN = Motion(
    command=Command(id="c1", miner="a1", level=OFF, reason=Reason.DISPATCH, at=NOW),
    stage=Stage.SENT,
    group="a",
    curve="three",
    from_level="default",
    proven_w=2_794,
    deadline=NOW + timedelta(seconds=30),
)
UP = replace(DOWN, command=replace(DOWN.command, level="default"), from_level=OFF, proven_w=25)
IS_OFF = MinerSeen(group="a", curve="three", level=OFF, power_w=25)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def after(
    motion: Motion,
    stage: Stage,
    *,
    heard_s: float = 5,
    goes_on: bool = False,
    known: Learned | None = None,
    grade: EvidenceGrade = EvidenceGrade.SELF_REPORT,
) -> Learned:
    """What is known of a kind after the look at 60 s found this of its only motion. `heard_s` is
    when its miner was read."""
    miner = replace(IS_OFF, at=later(heard_s), grade=grade)
    seen = Snapshot(now=later(60), site=SITE, curves=CURVES, moving={"a1": miner})
    state = State(motions={"a1": motion}, learned={KIND: known} if known else {})
    event = event_of(replace(motion, stage=stage), miner, seen.now, "")
    found = learnt(seen, state, {"a1": motion} if goes_on else {}, [event])
    return found.get(KIND, Learned())


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [(-3, 0), (1, 0), (1.1, 1), (2, 1), (4, 2), (5, 3), (512, 9), (512.5, 10), (90_000, 10)],
)
def test_a_response_time_goes_to_the_bucket_whose_bound_it_does_not_pass(
    seconds: float, bucket: int
) -> None:
    found = after(DOWN, Stage.CONFIRMED, heard_s=seconds)
    assert found.stops == tuple(int(place == bucket) for place in range(11))
    assert found.starts == ()


@pytest.mark.parametrize("bucket", range(10))
def test_each_bound_is_twice_the_one_before(bucket: int) -> None:
    assert after(DOWN, Stage.CONFIRMED, heard_s=2**bucket).stops[bucket] == 1
    assert after(DOWN, Stage.CONFIRMED, heard_s=2**bucket + 0.1).stops[bucket + 1] == 1


def test_up_and_down_are_told_apart() -> None:
    assert sum(after(UP, Stage.CONFIRMED).starts) == 1
    assert after(UP, Stage.CONFIRMED).stops == ()
    assert after(UP, Stage.FAILED).starts_failed == 1
    assert after(DOWN, Stage.FAILED).stops_failed == 1


def test_a_repeat_is_measured_from_the_first_telling() -> None:
    repeat = replace(
        DOWN, command=replace(DOWN.command, attempt=2, at=later(30)), from_command_at=NOW
    )
    assert after(repeat, Stage.CONFIRMED, heard_s=33).stops[6] == 1


def test_where_a_meter_has_to_show_it_the_moment_of_proof_counts() -> None:
    assert after(DOWN, Stage.CONFIRMED, grade=EvidenceGrade.GROUP_METER).stops[6] == 1


def test_a_word_teaches_nothing() -> None:
    assert after(DOWN, Stage.CONFIRMED, grade=EvidenceGrade.INFERRED) == Learned()


def test_an_attempt_that_is_repeated_is_no_failure_yet() -> None:
    assert after(DOWN, Stage.FAILED, goes_on=True) == Learned()


def test_whoever_was_given_up_before_or_is_contested_teaches_nothing() -> None:
    assert after(replace(DOWN, stage=Stage.FAILED), Stage.CONFIRMED) == Learned()
    contested = replace(DOWN, command=replace(DOWN.command, reason=Reason.CONTESTED))
    assert after(contested, Stage.CONFIRMED) == Learned()
    assert after(contested, Stage.FAILED) == Learned()


def test_who_teaches_nothing_keeps_nobody_else_from_teaching() -> None:
    """At one look a1 is sent on its way, a2 is off and was contested, and a3 is off as told."""
    motions = {
        name: replace(DOWN, command=replace(DOWN.command, miner=name, reason=reason))
        for name, reason in (
            ("a1", Reason.DISPATCH),
            ("a2", Reason.CONTESTED),
            ("a3", Reason.DISPATCH),
        )
    }
    miner = replace(IS_OFF, at=later(5))
    seen = Snapshot(now=later(60), site=SITE, curves=CURVES, moving=dict.fromkeys(motions, miner))
    sent, *confirmed = motions.values()
    events = [event_of(sent, miner, seen.now, "")]
    events += [
        event_of(replace(one, stage=Stage.CONFIRMED), miner, seen.now, "") for one in confirmed
    ]
    found = learnt(seen, State(motions=motions), {"a1": sent}, events)
    assert found == {KIND: Learned(stops=(0, 0, 0, 1, *ELEVEN[4:]))}


def test_one_that_nobody_watched_on_its_way_teaches_no_time() -> None:
    assert after(replace(DOWN, lost=True), Stage.CONFIRMED) == Learned()


def test_counts_fade_when_they_pass_256() -> None:
    known = Learned(stops=(200, 5, *ELEVEN[2:]), stops_failed=50, starts=(7, *ELEVEN[1:]))
    full = after(DOWN, Stage.FAILED, known=known)
    assert (full.stops, full.stops_failed) == (known.stops, 51)
    faded = after(DOWN, Stage.FAILED, known=full)
    assert (faded.stops, faded.stops_failed) == ((100, 2, *ELEVEN[2:]), 26)
    assert faded.starts == known.starts


def test_starts_fade_on_their_own() -> None:
    known = Learned(starts=(255, *ELEVEN[1:]), starts_failed=1, stops=(9, *ELEVEN[1:]))
    faded = after(UP, Stage.CONFIRMED, heard_s=1, known=known)
    assert (faded.starts, faded.starts_failed) == ((128, *ELEVEN[1:]), 0)
    assert faded.stops == known.stops


def test_they_fade_beyond_256_and_not_before() -> None:
    known = Learned(starts=(251, *ELEVEN[1:]), starts_failed=4)
    full = after(UP, Stage.CONFIRMED, heard_s=1, known=known)
    assert (full.starts[0], full.starts_failed) == (252, 4)
    faded = after(UP, Stage.CONFIRMED, heard_s=1, known=full)
    assert (faded.starts[0], faded.starts_failed) == (126, 2)


def stops_in_s(*times: int, kind: str = KIND) -> int:
    state = State(learned={kind: Learned(stops=times, starts=(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9))})
    return stop_s(Snapshot(now=NOW, site=SITE), state, kind)


def test_until_eight_are_known_what_is_declared_for_the_group_counts() -> None:
    assert stops_in_s(7, *ELEVEN[1:]) == 45
    assert stops_in_s(8, *ELEVEN[1:]) == 1
    assert stops_in_s(7, *ELEVEN[1:], kind="b/three") == 30
    assert stop_s(Snapshot(now=NOW, site=SITE), State(), KIND) == 45
    assert start_s(Snapshot(now=NOW, site=SITE), State(), KIND) == 200
    assert start_s(Snapshot(now=NOW, site=SITE), State(), "b/three") == 300


def test_a_response_time_covers_95_of_a_hundred() -> None:
    assert stops_in_s(0, 0, 19, 1, *ELEVEN[4:]) == 4
    assert stops_in_s(0, 0, 18, 2, *ELEVEN[4:]) == 8
    assert stops_in_s(0, 0, 16, 1, *ELEVEN[4:]) == 8, "16 of 17 are 94.1 of a hundred"
    assert stops_in_s(0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0) == 512


def test_beyond_the_last_bound_it_is_twice_that() -> None:
    state = State(learned={KIND: Learned(starts=(0,) * 9 + (18, 2))})
    assert start_s(Snapshot(now=NOW, site=SITE), state, KIND) == 1_024


def test_a_chance_is_the_lower_bound_of_the_wilson_interval() -> None:
    """By hand for 10 of 10: 1 / (1 + 3.8416 / 10) = 0.7224; for 38 of 40: (0.95 + 0.04802 -
    1.96 √(0.95 · 0.05 / 40 + 0.0006003)) / 1.09604 = 0.8349, rounded down."""
    ten = Learned(stops=(0, 0, 0, 10, *ELEVEN[4:]))
    assert chance(ten, 8, up=False) == Decimal("0.722")
    assert chance(ten, 7, up=False) == 0
    assert chance(ten, 8, up=True) == 0
    some = Learned(starts=(0, 0, 0, 38, *ELEVEN[4:]), starts_failed=2)
    assert chance(some, 10, up=True) == Decimal("0.834")
    slow = Learned(starts=(0, 0, 0, 38, 2, *ELEVEN[5:]))
    assert chance(slow, 15, up=True) == Decimal("0.834")
    assert chance(slow, 16, up=True) == Decimal("0.912")


def test_a_chance_never_counts_what_took_longer_than_the_last_bound() -> None:
    assert chance(Learned(stops=(*ELEVEN[1:], 10)), 100_000, up=False) == 0


def test_failure_rates_are_of_all_that_was_tried() -> None:
    some = Learned(stops=(6, *ELEVEN[1:]), stops_failed=3, starts=(1, *ELEVEN[1:]))
    assert failure_rate(some, up=False) == Decimal("0.333")
    assert failure_rate(some, up=True) == 0
    assert failure_rate(Learned(), up=False) == 0
