"""What the site knows of its signals and of public conditions."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from controller.app.board import Board, BoardSettings
from controller.core.observations.heard import SignalBounds
from controller.core.observations.quality import Range, Refusal
from controller.model.quality import Fresh, Missing, Stale
from controller.model.samples import ConditionSample, SignalSample
from tests.core.prices import clock

NOW = clock("14:00")
INLET = SignalBounds(range=Range(low=Decimal(-40), high=Decimal(120)), max_age_s=30)
SETTINGS = BoardSettings(meter_max_w=1, signals={"inlet": INLET}, conditions={"grid": 900})


@pytest.fixture
def board() -> Board:
    return Board(SETTINGS)


def signal(value: str, at: datetime = NOW, name: str = "inlet") -> SignalSample:
    return SignalSample(name=name, at=at, value=value)


def word(text: str, at: datetime = NOW, name: str = "grid") -> ConditionSample:
    return ConditionSample(name=name, at=at, text=text)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_what_is_declared_is_missing_until_it_is_heard(board: Board) -> None:
    assert board.signals(NOW) == {"inlet": Missing(why="no value of inlet has arrived")}
    assert board.conditions(NOW) == {"grid": Missing(why="no word on grid has arrived")}


def test_good_words_are_seen_until_they_are_too_old(board: Board) -> None:
    assert board.offer("sensor", signal("21.5"), NOW) is None
    assert board.offer("iso", word("watch"), NOW) is None
    assert board.signals(later(29)) == {"inlet": Fresh(value=Decimal("21.5"), at=NOW)}
    assert board.signals(later(30)) == {"inlet": Stale(value=Decimal("21.5"), at=NOW)}
    assert board.conditions(later(899)) == {"grid": Fresh(value="watch", at=NOW)}
    assert board.conditions(later(900)) == {"grid": Stale(value="watch", at=NOW)}


def test_a_signal_that_falls_silent_changes_what_is_seen_by_itself(board: Board) -> None:
    board.offer("sensor", signal("21.5"), NOW)
    assert board.next_change(NOW) == later(30)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (signal("121"), Refusal.OUT_OF_RANGE),
        (signal("broken"), Refusal.NOT_A_NUMBER),
        (signal("20", name="outlet"), Refusal.UNKNOWN_NAME),
        (word("a\nb"), Refusal.NOT_A_WORD),
        (word("calm", name="elsewhere"), Refusal.UNKNOWN_NAME),
        (signal("20", at=later(-60)), Refusal.OUT_OF_ORDER),
        (word("calm", at=later(-60)), Refusal.OUT_OF_ORDER),
    ],
)
def test_a_bad_word_is_counted_and_changes_nothing(
    board: Board, bad: SignalSample | ConditionSample, why: Refusal
) -> None:
    board.offer("any", signal("21.5", at=later(-30)), NOW)
    board.offer("any", word("watch", at=later(-30)), NOW)
    before = board.signals(NOW), board.conditions(NOW)
    assert board.offer("any", bad, NOW) is why
    assert (board.signals(NOW), board.conditions(NOW)) == before
    assert board.refused == {"any": {why.value: 1}}


def test_a_reload_forgets_what_is_gone_and_keeps_the_rest(board: Board) -> None:
    board.offer("sensor", signal("21.5"), NOW)
    board.offer("iso", word("watch"), NOW)
    board.adopt(BoardSettings(meter_max_w=1, signals={"inlet": INLET}))
    assert board.signals(NOW) == {"inlet": Fresh(value=Decimal("21.5"), at=NOW)}
    assert board.conditions(NOW) == {}
    board.adopt(BoardSettings(meter_max_w=1))
    assert board.next_change(NOW) is None
    board.adopt(SETTINGS)
    assert board.signals(NOW) == {"inlet": Missing(why="no value of inlet has arrived")}
