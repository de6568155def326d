"""What the page and the metrics say of feeds that fall silent, disagree, or have no price."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from controller.model.quality import Disagreement, Stale
from controller.model.view import AdapterHealth, Response
from controller.surfaces.present.attention import attention
from controller.surfaces.present.state import state
from tests.surfaces.exposition import key, samples_of, text_of
from tests.surfaces.views import NOW, a_view, seen_now

LATE = AdapterHealth(name="ercot", kind="feed", late=True, heard_at=NOW - timedelta(minutes=45))
NEVER = AdapterHealth(name="backup", kind="feed", late=True)
APART = Disagreement(
    about="price", acted_upon="ercot", other="backup", value=Decimal(40), other_value=Decimal(95)
)


def texts(**changes: Any) -> list[str]:
    return [one.text for one in attention(a_view(**changes), alive=True)]


def test_a_late_feed_is_named_with_the_time_of_its_silence() -> None:
    said = texts(adapters={"ercot": LATE, "backup": NEVER})
    assert "ercot is late: it has said nothing new for 45 min." in said
    assert "backup is late: it has said nothing new since the start." in said


def test_disagreement_names_both_and_who_is_acted_upon() -> None:
    (said,) = [text for text in texts(disagreements=(APART,)) if "disagree" in text]
    assert "ercot says 40, backup says 95. ercot is acted upon" in said


def test_a_price_that_is_assumed_is_said_only_while_there_is_none() -> None:
    stale = Stale(value=Decimal(30), at=NOW)
    seen = seen_now(price_per_mwh=stale, price_assumed_per_mwh=Decimal(105))
    assert any("the site acts upon 105 per MWh" in text for text in texts(seen=seen))
    assert state(a_view(seen=seen), alive=True).price_assumed_per_mwh == 105
    fresh = seen_now(price_assumed_per_mwh=Decimal(105))
    assert not any("acts upon 105" in text for text in texts(seen=fresh))
    assert state(a_view(seen=fresh), alive=True).price_assumed_per_mwh is None


def test_the_metrics_say_the_same() -> None:
    view = a_view(adapters={"ercot": LATE, "backup": NEVER}, disagreements=(APART,))
    found = samples_of(text_of(view))
    assert found[key("feed_late", feed="ercot")] == 1
    assert found[key("feed_heard_age_seconds", feed="ercot")] == 45 * 60 + 10
    assert key("feed_heard_age_seconds", feed="backup") not in found
    assert found[key("feeds_differ", about="price", feed="ercot", other="backup")] == 55


def test_the_state_says_whose_price_it_is() -> None:
    now = state(a_view(seen=seen_now(price_feed="ercot"), disagreements=(APART,)), alive=True)
    assert now.price_feed == "ercot"
    assert [one.other for one in now.disagreements] == ["backup"]


def test_how_fast_a_signal_was_obeyed_is_published() -> None:
    answered = {"outdoor_c": Response(times=3, last_s=1.5, worst_s=4.0)}
    view = a_view(responses=answered)
    found = samples_of(text_of(view))
    assert found[key("signal_response_seconds", signal="outdoor_c")] == 1.5
    assert found[key("signal_worst_response_seconds", signal="outdoor_c")] == 4.0
    assert found[key("signal_responses_total", signal="outdoor_c")] == 3
    (shown,) = [one for one in state(view, alive=True).signals if one.name == "outdoor_c"]
    assert (shown.response_s, shown.worst_response_s) == (1.5, 4.0)
