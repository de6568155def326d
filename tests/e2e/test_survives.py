"""The daemon dies or is told to end in the middle of a dispatch; the farm lives on."""

from __future__ import annotations

import signal
import time
from random import Random
from typing import Any

import pytest

from tests.e2e.scrape import metric
from tests.e2e.site import Process, Site
from tests.e2e.truth import TruePower
from tests.e2e.waiting import until

TARGET_KW = 18.0
"""In the middle between two numbers of miners, so that wobble alone moves nobody."""
TOLERANCE = 1.01
KILLS = 6


def curtailed(site: Site) -> Process:
    """Farm and daemon, once the site has come down to a dispatch without an end."""
    site.farm()
    daemon = site.daemon()
    assert site.send(site.dispatch("held", TARGET_KW, lasts_s=None)).json["received"]
    until(lambda: settled(site), "the curtailment")
    return daemon


def settled(site: Site) -> bool:
    stages = site.state()["motions"]["by_stage"]
    return site.true_kw() <= TARGET_KW and not stages["intended"] + stages["sent"]


@pytest.mark.long
def test_kill_9_wakes_nobody(site: Site) -> None:
    moments = Random(20230906)
    daemon = curtailed(site)
    with TruePower(site) as truth:
        for _ in range(KILLS):
            daemon.kill()
            daemon.wait()
            daemon = site.processes.curtaild("run", "--config", site.path)
            time.sleep(moments.uniform(0.2, 3.0))  # the moment of the next kill: any is right
            assert daemon.poll() is None, site.processes.log("run")
        until(site.ready, "the last daemon")
        until(lambda: site.state()["about"]["cycles"] > 20, "some cycles more")
        held = site.state()
    assert truth.most_kw <= TARGET_KW * TOLERANCE
    assert not truth.woken
    assert [one["id"] for one in held["dispatches"] if one["in_force"]] == ["held"]
    assert metric(site.get("/metrics").text, "curtaild_fleet_probes_total") == 0
    daemon.kill()
    assert_books_are_whole(site)


def assert_books_are_whole(site: Site) -> None:
    assert not [one for one in site.export("commands") if woke(one)]
    code, out, _ = site.command("ledger", "verify")
    assert code == 0, out
    code, out, _ = site.command("replay")
    assert code == 0, out


def woke(command: dict[str, Any]) -> bool:
    return command["level"] != "off" and command["reason"] == "profitable"


def test_sigterm_leaves_miners_curtailed(site: Site) -> None:
    daemon = curtailed(site)
    with TruePower(site) as truth:
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(10) == 0
        until(lambda: len(truth.site_w) > 20, "some samples of the site on its own")
    assert truth.most_kw <= TARGET_KW * TOLERANCE
    assert not truth.woken
    assert '"event": "stopped"' in site.processes.log("run")


def test_sigterm_while_every_miner_hangs(site: Site) -> None:
    site.farm()
    daemon = site.daemon()
    for miner in site.miners():
        site.fault(miner, "hang")
    site.send(site.dispatch("in-vain", TARGET_KW))
    until(lambda: site.state()["motions"]["total"] == 20, "commands to all that hang")
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(10) == 0
