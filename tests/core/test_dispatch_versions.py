"""Repeats, updates, cancels, and dispatches that arrive out of order."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.dispatches.acceptance import Refused, Repeated
from controller.model.grid import Dispatch, Recall
from controller.model.quality import Fresh, Missing
from tests.core.dispatches import NOW, SITE, accepted, at, by_kw, by_percent, judged, sent


def test_the_same_again_is_a_repeat_even_when_it_is_over_or_the_meter_is_gone() -> None:
    body = sent(target=by_kw(30))
    first = accepted(body)
    for now in (NOW, NOW + timedelta(hours=5)):
        again = judged(body, first, now=now, power_w=Missing(why="gone"))
        assert again == Repeated(dispatch=first)


def test_the_same_in_other_words_is_a_repeat() -> None:
    first = accepted(sent())
    other_words = sent(
        start="2023-09-06T14:10:00-05:00",
        target={"kind": "reduce_to_kw", "kw": "40.0"},
        cancelled=False,
    )
    assert judged(other_words, first) == Repeated(dispatch=first)


def recalled(dispatch: Dispatch) -> Dispatch:
    word = Recall(person="Ada", authority="desk of grid", reference="call 17", at=NOW)
    return replace(dispatch, cancelled=True, recall=word)


def test_what_was_ended_by_voice_is_not_revived_by_a_repeat() -> None:
    ended = recalled(accepted(sent(end=None)))
    for later in (NOW, NOW + timedelta(days=400)):
        assert judged(sent(end=None), ended, now=later) == Repeated(dispatch=ended)
    other = judged(sent(end=None, target=by_kw(1)), ended)
    assert isinstance(other, Refused)
    assert other.code == "contradictory"


def test_what_was_ended_by_voice_comes_back_by_a_newer_version() -> None:
    again = accepted(sent(version=2), recalled(accepted(sent())))
    assert (again.cancelled, again.recall) == (False, None)


def test_a_cancel_by_its_sender_follows_a_recall() -> None:
    cancel = accepted(sent(version=2, cancelled=True), recalled(accepted(sent())))
    assert (cancel.cancelled, cancel.recall) == (True, None)


def test_the_same_version_with_other_content_contradicts() -> None:
    refused = judged(sent(end=at(80)), accepted(sent()))
    assert isinstance(refused, Refused)
    assert refused.code == "contradictory"
    assert "version 2" in refused.problem


def test_an_id_of_another_program_contradicts() -> None:
    refused = judged(sent(program="plain", version=2), accepted(sent()), authority="utility")
    assert isinstance(refused, Refused)
    assert refused.code == "contradictory"
    assert "new id" in refused.problem


def test_a_lower_version_is_stale() -> None:
    refused = judged(sent(version=2), accepted(sent(version=3)))
    assert isinstance(refused, Refused)
    assert refused.code == "stale_version"
    assert "version 4" in refused.problem


@pytest.mark.parametrize("target", [by_kw(30), by_percent(12.5), by_kw(0.0004), by_percent(33.3)])
def test_an_update_keeps_the_reference_that_was_frozen(target: dict[str, Any]) -> None:
    first = accepted(sent(target=target))
    curtailed = Fresh(value=first.limit_w - 50_000, at=NOW)
    longer = accepted(sent(version=2, end=at(100), target=target), first, power_w=curtailed)
    assert longer.limit_w == first.limit_w
    deeper = accepted(sent(version=3, target=by_kw(60)), longer, power_w=curtailed)
    assert deeper.limit_w == pytest.approx(140_000, abs=2)


def test_an_update_with_another_reference_is_measured_from_that() -> None:
    first = accepted(sent(target=by_kw(30)))
    assert accepted(sent(version=2, target=by_kw(30, "contract")), first).limit_w == 150_000


def test_an_update_from_another_reference_is_not_measured_from_that() -> None:
    first = accepted(sent(target=by_kw(30, "contract")))
    assert accepted(sent(version=2, target=by_kw(30)), first).limit_w == 170_000


@pytest.mark.parametrize("target", [by_kw(500), by_percent(100)])
def test_a_reference_that_was_reduced_to_nothing_is_still_the_reference(
    target: dict[str, Any],
) -> None:
    first = accepted(sent(target=target))
    assert first.limit_w == 0
    assert accepted(sent(version=2, target=by_kw(5)), first).limit_w == 195_000


def test_a_dispatch_called_back_to_life_freezes_its_reference_anew() -> None:
    first = accepted(sent(target=by_kw(30)))
    cancelled = accepted(sent(version=2, target=by_kw(30), cancelled=True), first)
    higher = Fresh(value=230_000, at=NOW)
    revived = accepted(sent(version=3, target=by_kw(30)), cancelled, power_w=higher)
    assert revived.limit_w == 200_000


def test_a_dispatch_that_was_ended_by_voice_freezes_its_reference_anew() -> None:
    ended = recalled(accepted(sent(target=by_kw(30))))
    higher = Fresh(value=230_000, at=NOW)
    revived = accepted(sent(version=2, target=by_kw(30)), ended, power_w=higher)
    assert (revived.reference_w, revived.limit_w) == (230_000, 200_000)


def test_a_reference_that_is_known_by_the_name_in_the_target_alone_is_kept() -> None:
    """So an earlier release wrote it."""
    first = replace(accepted(sent(target=by_kw(30))), reference="")
    lower = Fresh(value=120_000, at=NOW)
    again = accepted(sent(version=2, target=by_kw(40)), first, power_w=lower)
    assert (again.reference_w, again.limit_w) == (200_000, 160_000)


def test_a_cancel_ends_a_dispatch_and_needs_no_meter() -> None:
    first = accepted(sent(start=at(-5), end=None, target=by_kw(30)), now=NOW)
    cancel = sent(version=2, target=by_kw(30), cancelled=True)
    ended = accepted(cancel, first, power_w=Missing(why="gone"))
    assert ended.over(NOW)


def test_a_cancel_that_comes_first_keeps_the_original_from_starting() -> None:
    cancel = accepted(sent(version=2, cancelled=True))
    original = judged(sent(version=1), cancel)
    assert isinstance(original, Refused)
    assert original.code == "stale_version"


def test_the_late_word_that_a_dispatch_has_ended_ends_it() -> None:
    first = accepted(sent(start=at(-60), end=at(60)))
    shortened = accepted(sent(version=2, start=at(-60), end=at(-1)), first)
    assert shortened.over(NOW)


def test_a_new_version_of_what_is_over_is_over_too() -> None:
    first = accepted(sent(), now=NOW)
    later = NOW + timedelta(hours=3)
    refused = judged(sent(version=2, end=at(90)), first, now=later)
    assert isinstance(refused, Refused)
    assert refused.code == "over"


def test_versions_in_any_order_end_with_the_highest() -> None:
    bodies = [sent(version=n, end=at(60 + n), cancelled=n == 2) for n in (1, 2, 3, 4)]
    for order in permutations(bodies):
        known: dict[str, Dispatch] = {}
        for body in order:
            judgement = judged(body, *known.values())
            if isinstance(judgement, Dispatch):
                known[judgement.id] = judgement
        assert known["e-1"] == accepted(bodies[-1])


def test_a_cancelled_dispatch_limits_nothing() -> None:
    assert accepted(sent(cancelled=True)).limit_w == SITE.import_limit_w
