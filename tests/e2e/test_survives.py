"""The daemon dies or is told to end in the middle of a dispatch; the farm lives on."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random

import pytest

from tests.e2e.configuration import TOKEN
from tests.e2e.conftest import NewSite
from tests.e2e.scrape import metric
from tests.e2e.site import Process, Site
from tests.e2e.truth import TruePower
from tests.e2e.waiting import until

TOLERANCE = 1.01
"""Of true power over the target: the wobble of miners."""
ALL_OFF_KW = 1.0
"""Less than one miner at its lowest level: nobody may wake, whatever happens."""
KILLS = 6


def curtailed(site: Site, target_kw: float) -> Process:
    """Farm and daemon, once the site has come down to a dispatch without an end."""
    site.farm()
    daemon = site.daemon()
    assert site.send(site.dispatch("held", target_kw, lasts_s=None)).json["received"]
    until(lambda: site.true_kw() <= target_kw and not site.in_flight(), "the curtailment")
    return daemon


@pytest.mark.long
@pytest.mark.parametrize("target_kw", [ALL_OFF_KW, 18.0])
def test_kill_9_wakes_nobody(site: Site, target_kw: float) -> None:
    moments = Random(20230906 + int(target_kw))
    daemon = curtailed(site, target_kw)
    with TruePower(site) as truth:
        for _ in range(KILLS):
            daemon.kill()
            daemon.wait()
            daemon = site.processes.curtaild("run", "--config", site.path)
            time.sleep(moments.uniform(0.2, 3.0))  # the moment of the next kill: any is right
            assert daemon.poll() is None, "the daemon ended"
        until(site.ready, "the last daemon")
        until(lambda: site.state()["about"]["cycles"] > 20, "some cycles more")
    assert truth.most_kw <= target_kw * TOLERANCE
    assert not (truth.woken and target_kw == ALL_OFF_KW)
    assert [one["id"] for one in site.state()["dispatches"] if one["in_force"]] == ["held"]
    assert metric(site.get("/metrics").text, "curtaild_fleet_probes_total") == 0
    daemon.kill()
    site.assert_books_are_whole()
    orders = [one["level"] for one in site.export("commands")]
    assert set(orders) == {"off"} or target_kw != ALL_OFF_KW


def test_a_receipt_outlives_kill_9(site: Site) -> None:
    site.farm()
    daemon = site.daemon()
    assert site.send(site.dispatch("promised", ALL_OFF_KW)).json["received"]
    daemon.kill()
    daemon.wait()
    site.daemon()
    until(lambda: site.true_kw() <= ALL_OFF_KW and not site.in_flight(), "the curtailment")
    assert [one["id"] for one in site.state()["dispatches"]] == ["promised"]
    site.assert_books_are_whole()


def test_sigterm_leaves_miners_curtailed(site: Site) -> None:
    daemon = curtailed(site, ALL_OFF_KW)
    with TruePower(site) as truth:
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(10) == 0
        until(lambda: len(truth.site_w) > 20, "some samples of the site on its own")
    assert truth.most_kw <= ALL_OFF_KW * TOLERANCE
    assert not truth.woken
    assert '"event": "stopped"' in site.processes.log("run")


def test_sigterm_while_a_hundred_miners_hang(new_site: NewSite) -> None:
    site = new_site(groups={"hall-a": 60, "hall-b": 40})
    site.farm()
    daemon = site.daemon()
    for miner in site.miners():
        site.fault(miner, "hang")
    site.send(site.dispatch("in-vain", ALL_OFF_KW))
    until(lambda: site.state()["motions"]["total"] == 100, "commands to all that hang")
    with lingering(site):
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(10) == 0


@contextmanager
def lingering(site: Site) -> Iterator[None]:
    """Clients that follow the events, and some that never end what they say."""
    host = f"Host: {site.block.host}\r\n"
    requests = (
        f"GET /api/v1/events HTTP/1.1\r\n{host}\r\n",
        f"POST /api/v1/dispatches HTTP/1.1\r\n{host}Authorization: Bearer {TOKEN}\r\n"
        "Content-Length: 1000\r\n\r\n{",
        "GET / HT",
    )
    with ExitStack() as clients:
        for request in requests * 5:
            client = socket.create_connection((site.block.host, site.block.http))
            clients.enter_context(client).sendall(request.encode())
        yield
