"""What people do to a running site: stop it, cap it, lock it, recall a dispatch, end the daemon."""

from __future__ import annotations

import signal
import time

from tests.e2e.conftest import NewSite
from tests.e2e.site import Site
from tests.e2e.truth import TruePower
from tests.e2e.waiting import until
from tests.e2e.web import answers, ask

ADA = ("--who", "Ada", "--why", "people at the fans")
SHADOW_PORT = 8471


def said(site: Site, *args: str) -> str:
    code, out = site.command(*args)
    assert code == 0, out
    return out


def rests_at(site: Site, **wanted: str) -> bool:
    """By group, the level that every miner has been planned for and proven at."""
    planned = {
        one["group"]: set(one["counts"])
        for group in site.state()["groups"]
        for one in group["allocations"]
    }
    return not site.in_flight() and all(planned[g] == {level} for g, level in wanted.items())


def test_a_person_stops_caps_and_resumes_through_the_running_daemon(site: Site) -> None:
    site.plain["pacing"]["minimum_off_s"] = 0
    site.farm()
    daemon = site.daemon()
    assert "hall-a stopped, by Ada" in said(site, "fleet", "stop", "hall-a", *ADA, "--for", "2d")
    until(lambda: rests_at(site, **{"hall-a": "off", "hall-b": "default"}), "the stop")
    said(site, "fleet", "level", "site", "265MHz", "--for", "2d", "--who", "Bob", "--why", "noise")
    until(lambda: rests_at(site, **{"hall-a": "off", "hall-b": "265MHz"}), "the cap")
    daemon.kill()
    daemon.wait()
    site.daemon()
    until(lambda: rests_at(site, **{"hall-a": "off", "hall-b": "265MHz"}), "the same, restarted")
    resumed = said(site, "fleet", "resume", "hall-a", "--who", "Cem", "--why", "fans are back")
    assert "site at most level 265MHz, by Bob" in resumed
    until(lambda: rests_at(site, **{"hall-a": "265MHz", "hall-b": "265MHz"}), "what is left")
    causes = {one["because"]["reason"] for one in site.state()["curtailed"]}
    assert causes == {"manual_order"}
    said(site, "fleet", "resume", "site", "--who", "Bob", "--why", "morning")
    until(lambda: rests_at(site, **{"hall-a": "default", "hall-b": "default"}), "all of it")
    assert_orders_are_in_the_books(site)
    site.assert_books_are_whole()


def assert_orders_are_in_the_books(site: Site) -> None:
    orders = [(o["scope"], o["level"], o["person"], o["why"]) for o in site.export("orders")]
    assert orders == [
        ("hall-a", "off", *ADA[1::2]),
        ("site", "265MHz", "Bob", "noise"),
        ("hall-a", "off", "Cem", "fans are back"),
        ("site", "265MHz", "Bob", "morning"),
    ]
    assert all(order["until"] > order["issued_at"] for order in site.export("orders"))
    reasons = {(c["group_id"], c["level"], c["reason"]) for c in site.export("commands")}
    assert reasons >= {("hall-a", "off", "manual_order"), ("hall-b", "265MHz", "manual_order")}


def test_a_level_that_nobody_has_is_refused_with_those_there_are(site: Site) -> None:
    site.farm()
    site.daemon()
    code, out = site.command("fleet", "level", "hall-a", "9GHz", *ADA, "--for", "1h")
    assert code == 1
    assert "no miner of hall-a has the level '9GHz'; levels there: off, 265MHz, 415MHz" in out
    assert site.state()["orders"] == []


def test_a_locked_place_stays_down_until_it_is_unlocked(site: Site) -> None:
    site.plain["pacing"]["minimum_off_s"] = 0
    site.farm()
    site.daemon()
    said(site, "fleet", "lock", "hall-b", *ADA)
    until(lambda: site.true_kw() < 37 and not site.in_flight(), "the lock")
    code, out = site.command("fleet", "lock", "hall-b", "--who", "Bob", "--why", "y")
    assert (code, "has been locked by Ada" in out) == (1, True)
    said(site, "fleet", "unlock", "hall-b", "--who", "Bob", "--why", "fans are back")
    until(lambda: site.true_kw() > 50, "what was locked")
    locks = [
        (one["person"], one["released_by"], one["released_why"]) for one in site.export("locks")
    ]
    assert locks == [("Ada", None, None), ("Ada", "Bob", "fans are back")]


def test_a_recall_by_voice_ends_a_dispatch_and_a_repeat_does_not_revive_it(site: Site) -> None:
    site.plain["pacing"]["minimum_off_s"] = 0
    site.farm()
    daemon = site.daemon()
    body = site.dispatch("held", 18, lasts_s=None)
    assert site.send(body).json["received"]
    until(lambda: site.true_kw() <= 18 and not site.in_flight(), "the dispatch")
    word = ("--who", "Ada", "--authority", "shift lead of the grid", "--reference", "call 17")
    assert "held is ended" in said(site, "dispatches", "recall", "held", *word)
    until(lambda: site.true_kw() > 50, "the return")
    for _ in range(2):
        again = site.send(body).json
        assert (again["received"], again["repeated"], again["limit_kw"]) == (True, True, None)
        assert shown(site, "dispatches") == []
        assert shown(site, "recalled") == ["held"]
        daemon.kill()
        daemon.wait()
        daemon = site.daemon()
    assert site.send(body | {"version": 2}).json["repeated"] is False
    until(lambda: shown(site, "dispatches") == ["held"], "the newer version")
    (recall,) = site.export("recalls")
    kept = (recall["id"], recall["person"], recall["authority"], recall["reference"])
    assert kept == ("held", *word[1::2])
    site.assert_books_are_whole()


def shown(site: Site, kind: str) -> list[str]:
    return [one["id"] for one in site.state()[kind]]


def test_a_second_daemon_is_refused_and_a_shadow_is_not(site: Site) -> None:
    site.farm()
    daemon = site.daemon()
    code, out = site.processes.finished("run", "--config", str(site.path))
    assert code == 1
    assert "Traceback" not in out
    assert f"process {daemon.pid} writes this ledger already" in out
    other = {"CURTAILD_HTTP__PORT": str(SHADOW_PORT)}
    beside = ("run", "--shadow", "--config", site.path)
    shadow = site.processes.curtaild(*beside, name="shadow", env=other)
    url = f"http://{site.block.host}:{SHADOW_PORT}"
    until(lambda: shadow.poll() is not None or answers(f"{url}/readyz"), "the shadow")
    assert ask(f"{url}/api/v1/state").json["shadow"]
    assert site.send(site.dispatch("asked", 20)).json["received"]
    until(lambda: site.true_kw() <= 20 and not site.in_flight(), "what the first one does")
    assert daemon.poll() is None
    assert shadow.poll() is None


def test_sigterm_in_a_dispatch_leaves_a_hundred_hung_miners_curtailed(new_site: NewSite) -> None:
    site = new_site(groups={"hall-a": 60, "hall-b": 40})
    site.farm()
    daemon = site.daemon()
    assert site.send(site.dispatch("held", 90, lasts_s=None)).json["received"]
    until(lambda: site.true_kw() <= 90 and not site.in_flight(), "the dispatch")
    for miner in site.miners():
        site.fault(miner, "hang")
    assert site.send(site.dispatch("more", 1, lasts_s=None)).json["received"]
    until(lambda: site.in_flight() > 0, "commands to those that hang")
    with TruePower(site) as truth:
        daemon.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert daemon.wait(10) == 0
        until(lambda: time.monotonic() - began > 1, "a look at the site on its own")
    assert truth.most_kw <= 90 * 1.01
    assert not truth.woken
    (run,) = site.export("runs")
    assert (run["why"], bool(run["stopped_at"])) == ("told to stop", True)
    site.assert_books_are_whole()
