"""A recorded day decided again gives the same plans, or the report says where not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from controller.app.recorder import Recorder
from controller.app.replay import replay
from controller.core.decide import decide
from controller.model.plan import Plan
from controller.model.records import Record
from controller.model.seen import Snapshot, State
from tests.ledger.records import at, cycles, decide_simply, price, run, snapshot


def rows(*records: Record) -> Sequence[tuple[int, Record]]:
    return list(enumerate(records, start=1))


def changed(seen: Snapshot, state: State) -> tuple[Plan, State, datetime]:
    """Decides otherwise when power is dear."""
    plan, after, next_at = decide_simply(seen, state)
    if plan.target_w == 0:
        return replace(plan, target_w=100), after, next_at + timedelta(seconds=1)
    return plan, after, next_at


def test_the_same_code_gives_the_same_plans() -> None:
    day = rows(run(), price(0), *cycles(450), run(), *cycles(9))
    report = replay(day, decide_simply, code_version="1.0")
    assert report.ok
    assert report.compared == 459
    assert str(report) == "459 cycles decided again, 0 differ, 0 unreadable"


def test_the_decision_itself_replays() -> None:
    recorder, state, records = Recorder(keyframe_every=7), State(), []
    for number in range(40):
        seen = snapshot(30 * number, 2900 if number % 10 > 4 else 48)
        plan, after, next_at = decide(seen, state)
        records.append(recorder.record(seen, state, plan, after, next_at))
        state = after
    report = replay(rows(run(), *records), decide, code_version="1.0")
    assert report.ok, report
    assert report.compared == 40


def test_what_differs_is_named() -> None:
    report = replay(rows(run(), *cycles(9)), changed, code_version="1.0")
    assert not report.ok
    assert [difference.seq for difference in report.differences] == [4, 7, 10]
    assert report.differences[0].at == at(10)
    assert report.differences[0].paths == (
        "plan.target_w: recorded 0, replayed 100",
        'next: recorded "2023-09-06T19:00:15Z", replayed "2023-09-06T19:00:16Z"',
    )
    assert "9 cycles decided again, 3 differ, 0 unreadable" in str(report)


def test_what_came_or_went_is_named() -> None:
    def other(seen: Snapshot, state: State) -> tuple[Plan, State, datetime]:
        plan, after, next_at = decide_simply(seen, state)
        return replace(plan, shortfall_w=5), replace(after, other_w={}), next_at

    report = replay(rows(*cycles(1)), other, code_version="1.0")
    assert report.differences[0].paths == (
        "plan.shortfall_w: recorded nothing, replayed 5",
        'state.other_w: recorded {"site":70}, replayed nothing',
    )


def test_one_difference_does_not_breed_others() -> None:
    def forgetful(seen: Snapshot, state: State) -> tuple[Plan, State, datetime]:
        plan, after, next_at = decide_simply(seen, state)
        lost = replace(after, next_command=1) if after.next_command == 3 else after
        return plan, lost, next_at

    report = replay(rows(*cycles(6)), forgetful, code_version="1.0")
    assert [difference.seq for difference in report.differences] == [2]


def test_a_run_of_another_version_is_said_and_compared() -> None:
    day = rows(run(version="0.9"), *cycles(2), run(version="1.0"), *cycles(2))
    report = replay(day, decide_simply, code_version="1.0")
    assert report.ok
    assert report.other_versions == ((1, "0.9"),)
    assert "run 1 was decided by version 0.9" in str(report)
    assert report.compared == 4


def test_a_cycle_that_cannot_be_put_together_is_not_passed_over() -> None:
    _, second, third = cycles(3)
    report = replay(rows(run(), second, third), decide_simply, code_version="1.0")
    assert not report.ok
    assert report.compared == 0
    assert [each.seq for each in report.unreadable] == [2, 3]
    assert "is not a keyframe" in str(report)


def test_a_cycle_of_another_model_is_named_with_the_place() -> None:
    first, second = cycles(2)
    report = replay(
        rows(replace(first, seen=first.seen | {"moon": 1}), second), decide_simply, code_version="1"
    )
    assert not report.ok
    assert "moon" in str(report)


def test_a_decision_that_fails_says_at_which_cycle() -> None:
    def failing(seen: Snapshot, state: State) -> tuple[Plan, State, datetime]:
        raise AssertionError("impossible")

    with pytest.raises(AssertionError) as caught:
        replay(rows(run(), *cycles(1)), failing, code_version="1.0")
    assert caught.value.__notes__ == ["while cycle 2 was decided again"]
