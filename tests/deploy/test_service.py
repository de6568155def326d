"""curtaild as a service of a real systemd: it is ready, watched, stopped, and back after a boot."""

from __future__ import annotations

import json

import pytest

from tests.deploy.station import OPERATORS_TOKEN, PROGRAM, Station
from tests.e2e.scrape import metric
from tests.e2e.truth import TruePower
from tests.e2e.waiting import until
from tests.e2e.web import ask

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
ALL_OFF_KW = 0.6
"""Less than one miner at its lowest level: nobody may wake, whatever happens."""


def curtailed(station: Station) -> None:
    """A dispatch without an end is in force, and the site has come down to it."""
    site = station.site
    assert site.send(site.dispatch("held", ALL_OFF_KW, lasts_s=None)).json["received"]
    until(lambda: site.true_kw() <= ALL_OFF_KW and not site.in_flight(), "the curtailment")


def test_start_returns_when_a_cycle_is_complete(station: Station) -> None:
    station.begin()
    about = station.site.state()["about"]
    assert about["cycles"] >= 1
    assert station.machine.show("curtaild", "ActiveState") == "active"
    assert "kW" in station.machine.show("curtaild", "StatusText")
    assert station.machine.ask("systemctl", "is-enabled", "curtaild").strip() == "enabled"


def test_a_start_that_fails_says_so(station: Station) -> None:
    station.plain["site"]["import_limt_kw"] = 5
    station.machine.file(
        "/etc/systemd/system/curtaild.service.d/once.conf", "[Service]\nRestart=no\n"
    )
    with pytest.raises(AssertionError, match="did you mean import_limit_kw"):
        station.begin()


def test_tokens_come_as_credentials(station: Station) -> None:
    station.begin()
    site, machine = station.site, station.machine
    assert site.send(site.dispatch("one", 20)).status == 201
    order = {"id": "o", "scope": "site", "limit_kw": 10, "person": "R. Ortiz", "why": "a test"}
    order["until"] = site.dispatch("any", 1)["end"]
    posted = ask(f"{site.url}/api/v1/orders", order, token=OPERATORS_TOKEN)
    assert posted.status == 201, posted.text
    environment = machine.do("cat", f"/proc/{machine.show('curtaild', 'MainPID')}/environ")
    assert OPERATORS_TOKEN not in environment + machine.journal()


def test_the_watchdog_kills_what_hangs_and_it_carries_on(station: Station) -> None:
    station.drop_in("WatchdogSec=3", "RestartSec=1")
    station.begin()
    curtailed(station)
    machine, site = station.machine, station.site
    before = machine.show("curtaild", "MainPID")
    with TruePower(site) as truth:
        machine.do("systemctl", "kill", "--kill-whom=main", "--signal=STOP", "curtaild")
        until(lambda: machine.show("curtaild", "NRestarts") == "1", "the restart")
        until(lambda: machine.show("curtaild", "ActiveState") == "active", "the next one")
        until(lambda: site.state()["about"]["cycles"] > 20, "some cycles more")
    assert machine.show("curtaild", "MainPID") != before
    assert "Watchdog timeout" in machine.journal()
    assert "most recent call first" in machine.journal(), "it does not say where it hung"
    assert station.in_force() == ["held"]
    assert not truth.woken
    assert machine.show("curtaild", "NRestarts") == "1"


def test_stop_in_a_dispatch(station: Station) -> None:
    station.begin()
    curtailed(station)
    machine, site = station.machine, station.site
    with TruePower(site) as truth:
        machine.do("systemctl", "stop", "curtaild", within_s=10)
        until(lambda: len(truth.site_w) > 20, "some samples of the site on its own")
    assert machine.show("curtaild", "Result") == "success"
    assert machine.show("curtaild", "ExecMainStatus") == "0"
    assert truth.most_kw <= ALL_OFF_KW
    assert not truth.woken
    assert json.loads(station.curtaild("ledger", "verify", "--json"))["ok"]
    runs = station.curtaild("ledger", "export", "runs", "--json").splitlines()
    assert json.loads(runs[-1])["why"] == "told to stop"


def test_a_reload_is_taken_over(station: Station) -> None:
    station.begin()
    process = station.machine.show("curtaild", "MainPID")
    station.plain["site"]["import_limit_kw"] = 39
    reload(station, "applied")
    until(lambda: station.site.state()["site"]["import_limit_kw"] == 39, "a cycle with it")
    assert station.machine.show("curtaild", "MainPID") == process


@pytest.mark.parametrize(("key", "value"), [("cycle_s", 3600), ("cycle_seconds", 5)])
def test_a_reload_is_refused_and_the_site_goes_on(station: Station, key: str, value: int) -> None:
    station.begin()
    machine, site = station.machine, station.site
    process = machine.show("curtaild", "MainPID")
    station.plain[key] = value
    reload(station, "refused")
    until(lambda: key in machine.journal(), "its name in the log")
    cycles = site.state()["about"]["cycles"]
    until(lambda: site.state()["about"]["cycles"] > cycles, "a cycle more")
    until(lambda: machine.show("curtaild", "ActiveState") == "active", "the end of the reload")
    assert machine.show("curtaild", "MainPID") == process


def reload(station: Station, result: str) -> None:
    """Write the configuration and have it read; returns when it came out so."""
    station.configure()
    station.machine.do("systemctl", "reload", "curtaild")

    def counted() -> float | None:
        shown = station.site.get("/metrics").text
        return metric(shown, "curtaild_reloads_total", result=result)

    until(lambda: counted() == 1, f"a reload that is {result}")


def test_stop_while_miners_come_down(station: Station) -> None:
    station.begin()
    machine, site = station.machine, station.site
    until(site.known, "the miners")
    for miner in site.miners():
        site.fault(miner, "hang")
    assert site.send(site.dispatch("in-vain", ALL_OFF_KW)).json["received"]
    until(lambda: site.state()["motions"]["total"] == 12, "commands to all that hang")
    machine.do("systemctl", "stop", "curtaild", within_s=10)
    assert machine.show("curtaild", "Result") == "success"
    station.curtaild("ledger", "verify")


@pytest.mark.parametrize("how", ["reboot", "power cut"])
def test_a_dispatch_outlives_the_machine(station: Station, how: str) -> None:
    station.begin()
    curtailed(station)
    machine, site = station.machine, station.site
    with TruePower(site) as truth:
        if how == "reboot":
            machine.reboot()
        else:
            machine.cut_power()
            machine.boot()
        until(lambda: machine.show("curtaild", "ActiveState") == "active", "the service", 60)
        until(lambda: site.state()["about"]["cycles"] > 20, "some cycles more")
    assert station.in_force() == ["held"]
    assert truth.most_kw <= ALL_OFF_KW
    assert not truth.woken
    assert machine.do(PROGRAM, "--version")
    station.curtaild("ledger", "verify")
