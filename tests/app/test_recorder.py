"""Cycles become keyframes and patches that can be put together again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from controller.app import recorder as module
from controller.app.recorder import Recorder
from controller.core.recorded.chain import Whole, unfold
from controller.model.base import encode, to_plain
from controller.model.fleet import MinerSeen
from controller.model.records import CycleRecorded
from controller.model.seen import Snapshot, State
from tests.ledger.records import at, cycles, decide_simply, snapshot

MANY = tuple(f"m-{number:05}" for number in range(10_000))


def record(recorder: Recorder, seen: Snapshot, state: State) -> tuple[CycleRecorded, State]:
    plan, after, next_at = decide_simply(seen, state)
    return recorder.record(seen, state, plan, after, next_at), after


def last(records: Iterable[CycleRecorded]) -> Whole:
    whole = None
    for each in records:
        whole = unfold(whole, each)
    assert whole is not None
    return whole


def large(seconds: float) -> Snapshot:
    """One cohort of 10,000 miners, and one in motion."""
    seen = snapshot(seconds)
    cohort = replace(seen.cohorts["a/k/full"], members=MANY)
    moving = {"m-x": MinerSeen(group="a", curve="k", level="off", power_w=9)}
    return replace(seen, cohorts={"a/k/full": cohort}, moving=moving)


def test_a_patched_cycle_is_what_went_in_and_came_out() -> None:
    recorder, state, records = Recorder(), State(), []
    for number, seen in enumerate((large(0), snapshot(5, 2900), large(10), snapshot(15))):
        each, after = record(recorder, seen, state)
        records.append(each)
        whole = last(records)
        plan, _, next_at = decide_simply(seen, state)
        assert encode(whole.seen) == encode(seen)
        assert encode(whole.plan) == encode(plan)
        assert encode((whole.state_before, whole.state)) == encode((state, after))
        assert (each.at, each.next_at, each.keyframe) == (seen.now, next_at, number == 0)
        state = after


def test_a_quiet_cycle_is_small() -> None:
    recorder = Recorder()
    seen = large(0)
    first, state = record(recorder, seen, State())
    second, _ = record(recorder, replace(seen, now=at(5)), state)
    assert len(encode(first)) > 100_000
    assert len(encode(second)) < 400


def test_a_cohort_that_is_the_same_is_not_taken_apart_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[object] = []

    def noting(value: object) -> Any:
        taken.append(value)
        return to_plain(value)

    monkeypatch.setattr(module, "to_plain", noting)
    recorder, seen = Recorder(), large(0)
    cohort = seen.cohorts["a/k/full"]
    _, state = record(recorder, seen, State())
    for number in range(1, 4):
        _, state = record(recorder, replace(seen, now=at(number)), state)
    assert sum(value is cohort for value in taken) == 1
    other = replace(cohort, power_w=1)
    each, _ = record(recorder, replace(seen, now=at(9), cohorts={"a/k/full": other}), state)
    assert each.seen["cohorts"] == {"a/k/full": {"power_w": 1}}


def test_every_so_often_a_cycle_is_whole() -> None:
    keyframes = [each.keyframe for each in cycles(11, recorder=Recorder(keyframe_every=5))]
    assert [number for number, keyframe in enumerate(keyframes) if keyframe] == [0, 5, 10]


def test_after_a_lost_cycle_the_next_is_whole() -> None:
    recorder = Recorder()
    _, state = record(recorder, snapshot(0), State())
    _, state = record(recorder, snapshot(5), state)
    recorder.lost()
    whole, state = record(recorder, snapshot(10), state)
    patch, after = record(recorder, snapshot(15), state)
    assert (whole.keyframe, patch.keyframe) == (True, False)
    assert encode(last([whole, patch]).state) == encode(after)


def test_a_state_that_is_not_the_last_one_is_recorded_whole() -> None:
    recorder = Recorder()
    record(recorder, snapshot(0), State())
    each, _ = record(recorder, snapshot(5), State(next_command=77))
    assert each.keyframe
    assert each.state_before == {"next_command": 77}
