"""The ledger cannot write in mid-run: control goes on and says so, and writing resumes by itself.

A limit on the size of files stands for the full disk: it needs no root, and can be lifted.
"""

from __future__ import annotations

import resource

import pytest

from tests.e2e.scrape import metric
from tests.e2e.site import Process, Site
from tests.e2e.waiting import until

ROOM = 64 * 1024
"""Less than the ledger holds by then, and more than the log."""
HELD_KW, WANTED_KW = 1.0, 0.8
"""Less than one miner draws: all are off."""


@pytest.fixture
def full(site: Site) -> Process:
    """A daemon that keeps a dispatch, and whose disk has just filled up."""
    site.farm()
    daemon = site.daemon()
    assert site.send(site.dispatch("held", HELD_KW)).json["received"]
    until(lambda: site.true_kw() <= HELD_KW and not site.in_flight(), "the curtailment")
    limit(daemon, ROOM)
    until(lambda: not writable(site), "the full disk")
    return daemon


def limit(daemon: Process, most_bytes: int) -> None:
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))


def writable(site: Site) -> bool:
    return metric(site.get("/metrics").text, "curtaild_ledger_writable") == 1


def test_it_says_so_and_accepts_nothing(site: Site, full: Process) -> None:
    ready = site.get("/readyz")
    assert ready.status == 503
    assert any("the ledger cannot write" in text for text in ready.json["missing"])
    assert any(one["about"] == "ledger" for one in site.state()["attention"])
    assert site.get("/healthz").status == 200

    body = site.dispatch("wanted", WANTED_KW)
    refused = site.send(body)
    assert refused.status == 503
    assert refused.json["code"] == "not_committed"
    assert not refused.json["received"]
    assert [one["id"] for one in site.state()["dispatches"]] == ["held"]

    limit(full, resource.RLIM_INFINITY)
    until(lambda: writable(site), "the ledger to write again")
    assert site.get("/readyz").status == 200
    assert site.send(body).json["received"]
    until(lambda: site.true_kw() <= WANTED_KW, "the curtailment")
    full.terminate()
    assert full.wait(10) == 0
    site.assert_books_are_whole()


def test_control_goes_on(site: Site, full: Process) -> None:
    back, told = site.miners()[0], site.state()["fleet"]["sent"]
    site.fault(back, "reboot", seconds=30)
    until(lambda: site.state()["fleet"]["sent"] > told, "a word to a miner that came back")
    until(lambda: site.true_kw() <= HELD_KW and not site.in_flight(), "it to be sent off")
    assert not writable(site)
    limit(full, resource.RLIM_INFINITY)
    until(lambda: writable(site), "the ledger to write again")
    full.terminate()
    assert full.wait(10) == 0
    (late,) = [one for one in site.export("commands") if one["late"]]
    assert (late["miner"], late["level"], late["reason"]) == (back, "off", "dispatch")
    assert late["confirmed_at"]
    site.assert_books_are_whole()


def test_it_starts_on_a_full_disk(site: Site, full: Process) -> None:
    full.kill()
    full.wait()
    daemon = site.processes.curtaild("run", "--config", site.path, file_limit=ROOM)
    until(lambda: daemon.poll() is not None or site.known(), "control without a ledger")
    assert daemon.poll() is None, "the daemon ended"
    assert not writable(site)
    assert site.state()["dispatches"][0]["in_force"]
    assert site.true_kw() <= HELD_KW
    limit(daemon, resource.RLIM_INFINITY)
    until(site.ready, "the ledger to write")
    daemon.terminate()
    assert daemon.wait(10) == 0
    site.assert_books_are_whole()
