"""Half of the miners misbehave, each in its own way, while the grid wants the site down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.conftest import sites_in
from tests.e2e.scrape import failures
from tests.e2e.site import Site
from tests.e2e.waiting import until

TARGET_KW = 25.0
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("die", {}),
    ("hang", {}),
    ("lie", {}),
    ("lie", {"lie_watts": True}),
    ("refuse", {}),
    ("reboot", {"seconds": 120}),
    ("slow", {"seconds": 0.3}),
    ("garbage", {}),
    ("endless", {}),
)


@dataclass
class Seen:
    site: Site
    exposition: str
    state: dict[str, Any]
    true_kw: float
    alive: bool


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    with sites_in(tmp_path_factory.mktemp("faults")) as new_site:
        yield misbehave(new_site())


def misbehave(site: Site) -> Seen:
    """The site once everything has been tried on it, and the dispatch is kept."""
    site.plain["fleet"] |= {
        "connect_timeout_s": 0.5,
        "reply_timeout_s": 0.5,
        "command_timeout_s": 3,
        "reply_limit_bytes": 262_144,
    }
    site.plain["pacing"] |= {"stop_within_s": 60, "start_within_s": 120}
    site.farm()
    daemon = site.daemon()
    for miner, (kind, more) in zip(site.miners(), FAULTS, strict=False):
        site.fault(miner, kind, **more)
    site.send(site.dispatch("kept", TARGET_KW))
    until(lambda: kept(site), "the dispatch to be kept for good", 40)
    until(lambda: failures(site.get("/metrics").text, "too_long"), "an endless reply")
    held = Seen(
        site=site,
        exposition=site.get("/metrics").text,
        state=site.state(),
        true_kw=site.true_kw(),
        alive=daemon.poll() is None,
    )
    daemon.terminate()
    daemon.wait(10)
    return held


def kept(site: Site) -> bool:
    """The reboot is over, nothing is on its way, and the truth is below the target."""
    away = [one for one in site.truth()["miners"].values() if one < 1]
    return len(away) == 1 and not site.in_flight() and site.true_kw() <= TARGET_KW


def test_others_stand_in_for_them(seen: Seen) -> None:
    assert seen.alive
    assert seen.true_kw <= TARGET_KW
    assert seen.state["target_kw"] <= TARGET_KW
    assert seen.state["expected_kw"] <= TARGET_KW


@pytest.mark.parametrize(
    "kind", ["no_connection", "no_reply", "refused", "garbage", "too_long", "contested"]
)
def test_each_kind_is_counted(seen: Seen, kind: str) -> None:
    assert failures(seen.exposition, kind) > 0


def test_the_page_says_so(seen: Seen) -> None:
    said = [one["text"] for one in seen.state["attention"] if one["about"] == "fleet"]
    assert any("Out of reach" in text for text in said)
    assert any("Did not do what was ordered" in text for text in said)
    assert seen.state["motions"]["by_stage"]["failed"] >= 2


def test_the_ledger_says_who_failed_and_why(seen: Seen) -> None:
    _, _, liar, _, refuser, *_ = seen.site.miners()
    failed = [one for one in seen.site.export("commands") if one["failed_at"]]
    assert {liar, refuser} <= {one["miner"] for one in failed}
    assert all(one["failure"] for one in failed)
    seen.site.assert_books_are_whole()
