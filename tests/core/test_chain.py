"""Recorded cycles put together again: keyframes stand alone, patches on what was before."""

from __future__ import annotations

from typing import Any

import pytest

from controller.core.recorded.chain import Whole, unfold
from controller.model.records import CycleRecorded
from tests.core.cases.sites import NOW

BEFORE = Whole(
    seen={"price": 40, "meter": 9},
    state_before={"moved": 0},
    plan={"target": 9},
    state={"moved": 1, "rose": 1},
)


def recorded(*, keyframe: bool, state_before: Any = None) -> CycleRecorded:
    return CycleRecorded(
        at=NOW,
        keyframe=keyframe,
        seen={"price": 80},
        state_before=state_before,
        plan={"target": 3},
        state={"moved": 2},
        next_at=NOW,
    )


@pytest.mark.parametrize("before", [None, BEFORE])
def test_a_keyframe_says_all_whatever_was_before(before: Whole | None) -> None:
    found = unfold(before, recorded(keyframe=True, state_before={"moved": 7}))
    assert found == Whole({"price": 80}, {"moved": 7}, {"target": 3}, {"moved": 2})


def test_any_other_says_what_changed() -> None:
    found = unfold(BEFORE, recorded(keyframe=False))
    assert found == Whole(
        seen={"price": 80, "meter": 9},
        state_before={"moved": 1, "rose": 1},
        plan={"target": 3},
        state={"moved": 2, "rose": 1},
    )


def test_what_changed_means_nothing_without_what_was_before() -> None:
    with pytest.raises(ValueError, match="not a keyframe"):
        unfold(None, recorded(keyframe=False))
