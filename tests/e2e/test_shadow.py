"""Shadow mode and `curtaild plan` say what would be done, and do nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.configuration import CHEAP, DEAR, SIMULATED
from tests.e2e.site import Site
from tests.e2e.truth import TruePower
from tests.e2e.waiting import until

ALL_ON_KW = 55.0
COMMANDS = 22
"""Every miner is told to stop, after one of them went, and returned, as their canary."""


@pytest.fixture
def spiky(site: Site) -> Site:
    """Power is dear from the second interval on."""
    site.price_every(5, CHEAP, DEAR)
    return site


def test_shadow_does_everything_but_send(spiky: Site) -> None:
    spiky.farm()
    daemon = spiky.daemon("--shadow")
    with TruePower(spiky) as truth:
        until(lambda: spiky.state()["target_kw"] < 1, "the spike")
        assert spiky.send(spiky.dispatch("asked", 20)).json["received"]
        until(lambda: spiky.state()["money"]["avoided_cost"] > 1, "what would be avoided")
        state = spiky.state()
    daemon.terminate()
    assert daemon.wait(10) == 0
    assert min(truth.site_w) > 1000 * ALL_ON_KW
    assert state["shadow"]
    assert state["shadow_commands"] == COMMANDS
    assert state["fleet"]["sent"] == 0
    assert state["money"]["avoided_cost"] > state["money"]["foregone_revenue"]
    stopped = json.loads(spiky.processes.log("run").splitlines()[-1])
    assert stopped["withheld_commands"] == str(COMMANDS)
    assert float(stopped["net_gain"]) > 0.5
    assert_withheld(spiky)


def assert_withheld(site: Site) -> None:
    """The books of the shadow are beside those of what was done."""
    site.plain["state_dir"] += "/shadow"
    site.rewrite()
    commands = site.export("commands")
    assert len(commands) == COMMANDS
    assert all(one["withheld_at"] and not one["sent_at"] for one in commands)
    assert not [one for one in commands if one["grade"] not in (None, "inferred")]
    site.assert_books_are_whole()


def test_plan_without_a_daemon(site: Site) -> None:
    site.price_every(15, DEAR)
    site.plain["pacing"]["known_firmware"] = [SIMULATED]
    site.farm()
    with TruePower(site) as truth:
        code, said = site.command("plan")
    assert code == 0
    assert "its power costs more than it earns" in said
    assert "commands, not sent" in said
    plan = planned(site)
    assert plan["target_kw"] < 1
    assert plan["marginal_price_per_mwh"] == 3010
    assert sum(len(one["miners"]) for one in plan["commands"]) == 20
    assert min(truth.site_w) > 1000 * ALL_ON_KW
    assert site.command("ledger", "verify")[0] == 1  # there is none yet


def test_plan_beside_a_daemon(site: Site) -> None:
    site.farm()
    site.daemon()
    assert site.send(site.dispatch("asked", 20)).json["received"]
    until(lambda: site.true_kw() <= 20 and not site.in_flight(), "the dispatch")
    before = site.state()
    plan = planned(site)
    assert plan["mode"] == "normal"
    assert "asked" in {one["source"] for one in plan["limits"]}
    assert plan["target_kw"] <= 20
    assert plan["expected_kw"] == pytest.approx(site.true_kw(), rel=0.1)
    after = site.state()
    assert after["about"]["cycles"] > before["about"]["cycles"]
    assert after["fleet"]["failures"] == before["fleet"]["failures"]
    site.assert_books_are_whole()


def planned(site: Site) -> Any:
    code, said = site.command("plan", "--json")
    assert code == 0, said
    return json.loads(said[said.index("{\n") :])
